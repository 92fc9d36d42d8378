import { ok, type Result } from "../../shared/base/result.ts";
import type { GovernanceConstraints, RouteRequest } from "../../shared/policy/decision.ts";
import { splitTask } from "../../shared/prompt/splitter.ts";
import {
  type CastPart,
  type DecomposeWorld,
  decompose,
  toPartTexts,
  toPlanParts,
} from "../../shared/run/plan/decompose.ts";
import { decomposePlanned, toPlannedTexts } from "../../shared/run/plan/llm-decompose.ts";
import type { PlannedPart } from "../../shared/run/planned-parts.ts";
import type { RouterDeps, World } from "./deps.ts";
import { lasting } from "./govern-task.ts";
import { withUnreachable } from "./unreachable.ts";

/** A task whose parts are to be done by a run. */
export interface PartsCommand {
  /** One view of the world for all parts. */
  readonly world: World;
  readonly task: string;
  readonly stack: readonly string[];
  readonly request: RouteRequest;
  readonly governance: GovernanceConstraints | null;
  readonly unreachable: readonly string[];
  /** Outages that pass leave nobody out: a role's list says who does the parts, and the run awaits an approval where all are gone. */
  readonly mayWait: boolean;
}

/** What the parts are decided in, and what each text is classified as, in one go. */
async function seeParts(
  { world, unreachable, governance, mayWait, ...asked }: PartsCommand,
  texts: readonly string[],
  deps: Pick<RouterDeps, "classifier">,
) {
  const classified = await deps.classifier.classify(texts);
  if (!classified.ok) return classified;
  const { policy, digests: _, ...seen } = world;
  // A part is one call; how the parts hang together is the run's mode.
  const request: RouteRequest = { ...asked.request, mode: "single", verifier: null };
  const providerState = withUnreachable(seen.providerState, unreachable);
  const view: DecomposeWorld = { ...seen, providerState, policy: policy.policy, request, governance };
  return ok({ view: mayWait ? lasting(view) : view, classifications: classified.value });
}

/**
 * The parts of a task, each classified and decided under the tenant's policy; none where it is one piece of work.
 * Fault: no_candidates of the first part without a model.
 */
export async function decideParts(command: PartsCommand, deps: RouterDeps): Promise<Result<readonly CastPart[]>> {
  const split = splitTask(command.task);
  if (split.by === null) return ok([]);
  const seen = await seeParts(command, toPartTexts(split, command.stack), deps);
  return seen.ok ? toPlanParts(decompose(split, seen.value.classifications, seen.value.view)) : seen;
}

/** The same for parts that a model made. */
export async function decidePlannedParts(
  command: PartsCommand,
  parts: readonly PlannedPart[],
  deps: RouterDeps,
): Promise<Result<readonly CastPart[]>> {
  const seen = await seeParts(command, toPlannedTexts(parts, command.stack), deps);
  return seen.ok ? toPlanParts(decomposePlanned(parts, seen.value.classifications, seen.value.view)) : seen;
}
