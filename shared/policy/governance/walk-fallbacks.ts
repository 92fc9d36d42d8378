import { ok, type Result } from "../../base/result.ts";
import { modelsOf } from "./follow-entry.ts";
import type { AgentQuery } from "./resolve-agent.ts";
import { type RiskReview, resolveReviewed } from "./review-tier.ts";
import type { RoutingFile } from "./routing-file.ts";

export const WAITING_APPROVAL = "WAITING_APPROVAL";
/** How many fallbacks of an entry are tried at most. */
export const MODEL_UNAVAILABLE_MAX = 2;

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
 */
export function walkFallbacks(file: RoutingFile, query: FallbackQuery): Result<FallbackStep> {
  const found = resolveReviewed(file, query);
  if (!found.ok) return found;
  if (query.mode === "auto") return ok({ engaged: false, reason: "auto_delegates_to_platform" });
  const models = modelsOf(found.value);
  const max = query.maxFallbacks ?? MODEL_UNAVAILABLE_MAX;
  const attempt = models.slice(0, max + 1).findIndex((model) => !query.unavailable.includes(model));
  const next = models[attempt];
  return ok(
    next === undefined ? { engaged: true, next: null, state: WAITING_APPROVAL } : { engaged: true, next, attempt },
  );
}
