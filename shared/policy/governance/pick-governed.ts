import type { GovernanceConstraints } from "../decision.ts";
import { isDearer, type ModelCost, toPriceCeiling } from "./cost-tier.ts";
import { GOVERNANCE_LIMITS } from "./governance-limits.ts";
import type { Reachability, Unreachable } from "./reachability.ts";
import type { GovernedResolution } from "./resolve-governed.ts";
import type { CostTier, LatencyTier } from "./routing-file.ts";

export type GovernedReason =
  | "primary"
  | "fallback"
  | "unreachable"
  | "capped"
  | "review_lifted"
  | "auto"
  | "assumed_cost"
  | "models_exhausted"
  | "main_model_unreachable";

export interface GovernedReasonLine {
  readonly code: GovernedReason;
  readonly model: string | null;
  readonly detail: Unreachable | CostTier | null;
}

export interface GovernedCap {
  readonly asked: { readonly model: string; readonly costTier: CostTier };
  /** What it runs on instead; null where the model is left to the rule, under a lower ceiling. */
  readonly effectiveModel: string | null;
  /** Of the cap. */
  readonly costTier: CostTier;
  /** True where one of the two tiers is an entry's word and no price. */
  readonly assumed: boolean;
}

export interface GovernedPick {
  /** For decide(); null only where the work waits for approval. */
  readonly constraints: GovernanceConstraints | null;
  /** null where the rule picks, or nothing may run. */
  readonly model: ModelCost | null;
  /** Place in the resolution's list, 0 = the primary; null where the rule picks, or nothing may run. */
  readonly attempt: number | null;
  readonly usedFallback: boolean;
  readonly capped: GovernedCap | null;
  /** None of the configured models can be run, and no other may be. */
  readonly waitingApproval: boolean;
  readonly reasons: readonly GovernedReasonLine[];
}

/**
 * The model a resolution comes to now: the first of its list that can be run, in order and never one outside it, or the
 * orchestrator's where that is dearer than the orchestrator's. A list that is gone waits for approval. Total.
 * Beside the advice of walkFallbacks() and capDispatch(), which know only what they are told: here a model counts by id
 * and price, the orchestrator's is the one it really runs on, and where none of its can be run nothing dearer may be.
 */
export function pickGoverned(resolution: GovernedResolution, reachability: Reachability): GovernedPick {
  const lifted = resolution.overrideReason === null ? [] : [toReason("review_lifted", null)];
  if (resolution.isAuto) return pickAuto(resolution, { reachability, reasons: lifted });
  const { models } = resolution;
  const attempt = models.findIndex((one) => whyNot(one, reachability) === null);
  const chosen = models[attempt];
  const gone = chosen === undefined ? models : models.slice(0, attempt);
  const unreachable = gone.map((one) => toReason("unreachable", one.model, whyNot(one, reachability)));
  const reasons = [...lifted, ...unreachable];
  if (chosen === undefined) return waitFor("models_exhausted", { capped: null, reasons });
  const said = [...reasons, toReason(attempt === 0 ? "primary" : "fallback", chosen.model, chosen.costTier)];
  return capPick({ chosen, attempt, resolution, reachability, reasons: withAssumed(said, chosen) });
}

/** Why a model of a list cannot be run; a name without an id never can, whatever is said of the others. */
const whyNot = ({ modelId }: ModelCost, reachability: Reachability): Unreachable | null =>
  modelId === null ? "not_in_catalogue" : reachability(modelId);

interface Chosen {
  readonly chosen: ModelCost;
  readonly attempt: number;
  readonly resolution: GovernedResolution;
  readonly reachability: Reachability;
  readonly reasons: readonly GovernedReasonLine[];
}

function capPick({ chosen, attempt, resolution, reachability, reasons }: Chosen): GovernedPick {
  const { main, role } = resolution;
  const lead = mainModel(resolution, reachability);
  const cap = lead?.costTier ?? main?.costTier ?? null;
  const place = { attempt, usedFallback: attempt > 0, waitingApproval: false };
  if (cap === null || !isDearer(chosen.costTier, cap))
    return { constraints: toPin(role, chosen), model: chosen, ...place, capped: null, reasons };
  const asked = { model: chosen.model, costTier: chosen.costTier };
  const assumed = chosen.assumed || isAssumed(lead);
  const capped = { asked, effectiveModel: lead?.model ?? null, costTier: cap, assumed };
  const said = [...reasons, toReason("capped", lead?.model ?? null, cap)];
  // An orchestrator on "auto" names no model to run on instead: its tier is the ceiling.
  if (lead === null) return { constraints: toCeiling(resolution, cap), model: null, ...place, capped, reasons: said };
  if (whyNot(lead, reachability) !== null) return waitFor("main_model_unreachable", { capped, reasons: said });
  return { constraints: toPin(role, lead), model: lead, ...place, capped, reasons: withAssumed(said, lead) };
}

function pickAuto(
  resolution: GovernedResolution,
  { reachability, reasons }: Pick<Chosen, "reachability" | "reasons">,
): GovernedPick {
  const lead = mainModel(resolution, reachability);
  const cap = lead?.costTier ?? resolution.main?.costTier ?? null;
  const isCapped = cap !== null && isDearer(resolution.costTier, cap);
  const costTier = isCapped ? cap : resolution.costTier;
  const asked = { model: resolution.primary, costTier: resolution.costTier };
  const capped = isCapped ? { asked, effectiveModel: null, costTier, assumed: isAssumed(lead) } : null;
  return {
    constraints: toCeiling(resolution, costTier),
    ...{ model: null, attempt: null, usedFallback: false, capped, waitingApproval: false },
    reasons: [...reasons, toReason("auto", null, costTier), ...(isCapped ? [toReason("capped", null, costTier)] : [])],
  };
}

/** What the orchestrator runs on: the first of its own list that can be run, else its primary, which then only caps. */
const mainModel = ({ main }: GovernedResolution, reachability: Reachability): ModelCost | null =>
  main?.models.find((one) => whyNot(one, reachability) === null) ?? main?.models[0] ?? null;

const isAssumed = (lead: ModelCost | null): boolean => lead?.assumed ?? true;

const toReason = (
  code: GovernedReason,
  model: string | null,
  detail: GovernedReasonLine["detail"] = null,
): GovernedReasonLine => ({ code, model, detail });

const withAssumed = (reasons: readonly GovernedReasonLine[], { assumed, model, costTier }: ModelCost) =>
  assumed ? [...reasons, toReason("assumed_cost", model, costTier)] : reasons;

const waitFor = (
  code: "models_exhausted" | "main_model_unreachable",
  { capped, reasons }: Pick<GovernedPick, "capped" | "reasons">,
): GovernedPick => ({
  ...{ constraints: null, model: null, attempt: null, usedFallback: false, capped, waitingApproval: true },
  reasons: [...reasons, toReason(code, null)],
});

/** A model that can be run has an id, and its price is not asked. */
function toPin(role: string, { modelId, model }: ModelCost): GovernanceConstraints {
  if (modelId === null) throw new Error(`"${model}" was picked without an id`);
  return { role, allow: [modelId], maxPromptMicroUsdPerMillion: null, minOutputTokensPerSecond: null };
}

const toCeiling = ({ role, latencyTier }: GovernedResolution, costTier: CostTier): GovernanceConstraints => ({
  role,
  allow: [],
  maxPromptMicroUsdPerMillion: toPriceCeiling(costTier, GOVERNANCE_LIMITS),
  minOutputTokensPerSecond: toLeastSpeed(latencyTier),
});

/** The output speed a latency tier asks for; null = any. */
export function toLeastSpeed(latencyTier: LatencyTier): number | null {
  if (latencyTier === "slow") return null;
  const { fastFromTokensPerSecond, mediumFromTokensPerSecond } = GOVERNANCE_LIMITS;
  return latencyTier === "fast" ? fastFromTokensPerSecond : mediumFromTokensPerSecond;
}
