import { ok, type Result } from "../../base/result.ts";
import { modelsOf } from "./follow-entry.ts";
import type { AgentQuery } from "./resolve-agent.ts";
import { type RiskReview, resolveReviewed } from "./review-tier.ts";
import type { RoutingFile } from "./routing-file.ts";

export const WAITING_APPROVAL = "WAITING_APPROVAL";
/** How many fallbacks of an entry are tried at most. */
export const MODEL_UNAVAILABLE_MAX = 2;

/** The models of an entry that are ever tried, in order: for advice as for runs. */
export const triedModels = (entry: Parameters<typeof modelsOf>[0], maxFallbacks = MODEL_UNAVAILABLE_MAX) =>
  modelsOf(entry).slice(0, maxFallbacks + 1);

export type FallbackStep =
  | { readonly engaged: false; readonly reason: "auto_delegates_to_platform" }
  /** `attempt` is the model's place in the list: 0 = the primary. */
  | { readonly engaged: true; readonly next: string; readonly attempt: number }
  | { readonly engaged: true; readonly next: null; readonly state: typeof WAITING_APPROVAL };

export interface FallbackQuery extends AgentQuery {
  readonly risks: readonly RiskReview[];
  /** Names as the file spells them. */
  readonly unavailable: readonly string[];
  readonly maxFallbacks?: number;
}

/**
 * The next model of an agent whose models have become unavailable: the first of the same effective tier's list that is
 * not, in order, never one outside it. All gone = waiting for approval. In auto mode the platform sees to it.
 * Advice by the names that its asker spells, with no catalogue and no cap (that is capDispatch()): what a run is made on
 * says pickGoverned(), which walks the same list by ids and by what can be reached here.
 */
export function walkFallbacks(file: RoutingFile, query: FallbackQuery): Result<FallbackStep> {
  const found = resolveReviewed(file, query);
  if (!found.ok) return found;
  if (query.mode === "auto") return ok({ engaged: false, reason: "auto_delegates_to_platform" });
  const models = triedModels(found.value, query.maxFallbacks);
  const attempt = models.findIndex((model) => !query.unavailable.includes(model));
  const next = models[attempt];
  return ok(
    next === undefined ? { engaged: true, next: null, state: WAITING_APPROVAL } : { engaged: true, next, attempt },
  );
}
