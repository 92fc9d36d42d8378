import { ok, type Result } from "../../shared/base/result.ts";
import { toWords } from "../../shared/contract/context-tags.ts";
import type { DecomposeRequest } from "../../shared/contract/decompose.ts";
import type { ModelBody } from "../../shared/contract/models.ts";
import { PLAIN_REQUEST } from "../../shared/policy/decision.ts";
import { readContextTags } from "../../shared/policy/domain-mix.ts";
import type { Band } from "../../shared/policy/policy.ts";
import { type Split, splitTask } from "../../shared/prompt/splitter.ts";
import { type Decomposition, decompose, toPartTexts } from "../../shared/run/plan/decompose.ts";
import type { RouterDeps } from "./deps.ts";
import { toRankPolicy } from "./select-models.ts";

export interface DecomposeCommand {
  readonly tenantId: string;
  readonly body: DecomposeRequest;
}

/** A task in decided parts; `bodies` are the rows of the catalogue that the decisions were made on. */
export interface DecomposedTask {
  readonly split: Split;
  readonly band: Band;
  /** null where the task is one piece of work. */
  readonly plan: Decomposition | null;
  readonly bodies: readonly ModelBody[];
}

/**
 * The spine of decompose and swarm: split -> classify all parts at once -> decide each -> link. A budget that is asked
 * for goes above the shipped policy's, as in pick.
 */
export async function decomposeTask(command: DecomposeCommand, deps: RouterDeps): Promise<Result<DecomposedTask>> {
  const { task, budget, context } = command.body;
  const band = budget ?? "medium";
  const split = splitTask(task);
  if (split.by === null) return ok({ split, band, plan: null, bodies: [] });
  const tags = [...new Set(toWords(context ?? []).map((tag) => tag.toLowerCase()))];
  const { acting, needs } = readContextTags(tags);
  const [world, classified] = await Promise.all([
    deps.readWorld(command.tenantId),
    deps.classifier.classify(toPartTexts(split, acting)),
  ]);
  if (!world.ok) return world;
  if (!classified.ok) return classified;
  const { policy, digests: _, ...seen } = world.value;
  const request = { ...PLAIN_REQUEST, band, needs: [...new Set(needs)] };
  const plan = decompose(split, classified.value, { ...seen, policy: toRankPolicy(policy), request, governance: null });
  const bodies = await deps.recallModelBodies(seen.catalog);
  return bodies.ok ? ok({ split, band, plan, bodies: bodies.value }) : bodies;
}
