import { ok, type Result } from "../../shared/base/result.ts";
import type { RouteRequest } from "../../shared/policy/decision.ts";
import { splitTask } from "../../shared/prompt/splitter.ts";
import { decompose, toPartTexts, toPlanParts } from "../../shared/run/plan/decompose.ts";
import type { PlanPart } from "../../shared/run/plan/swarm.ts";
import type { RouterDeps } from "./deps.ts";
import { withUnreachable } from "./unreachable.ts";

/** A task whose parts are to be done by a run. */
export interface PartsCommand {
  readonly tenantId: string;
  readonly task: string;
  readonly stack: readonly string[];
  readonly request: RouteRequest;
  readonly unreachable: readonly string[];
}

/**
 * The parts of a task, each classified and decided under the tenant's policy; none where it is one piece of work.
 * Fault: no_candidates of the first part without a model.
 */
export async function decideParts(command: PartsCommand, deps: RouterDeps): Promise<Result<readonly PlanPart[]>> {
  const { tenantId, task, stack, unreachable } = command;
  const split = splitTask(task);
  if (split.by === null) return ok([]);
  const [world, classified] = await Promise.all([
    deps.readWorld(tenantId),
    deps.classifier.classify(toPartTexts(split, stack)),
  ]);
  if (!world.ok) return world;
  if (!classified.ok) return classified;
  const { policy, digests: _, ...seen } = world.value;
  // A part is one call; how the parts hang together is the run's mode.
  const request: RouteRequest = { ...command.request, mode: "single", verifier: null };
  const providerState = withUnreachable(seen.providerState, unreachable);
  const decided = { ...seen, providerState, policy: policy.policy, request, governance: null };
  return toPlanParts(decompose(split, classified.value, decided));
}
