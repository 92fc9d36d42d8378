import { fail, ok, type Result } from "../../base/result.ts";
import { type EntrySource, modelsOf } from "./follow-entry.ts";
import { resolveAgent } from "./resolve-agent.ts";
import { type ReviewedResolution, type RiskReview, resolveReviewed } from "./review-tier.ts";
import type { DispatchMode, RoutingFile } from "./routing-file.ts";
import { triedModels, WAITING_APPROVAL } from "./walk-fallbacks.ts";

export interface Dispatch {
  readonly mode: DispatchMode;
  /** undefined = the caller says nothing of it; null = no tier is known yet. */
  readonly tier: string | null | undefined;
  readonly risks: readonly RiskReview[];
  readonly unavailable: readonly string[];
  /** What the call itself names, as against what its payload says. */
  readonly outer: { readonly agentName?: string; readonly model?: string };
  readonly payload: { readonly mode?: string; readonly model?: string };
}

export type DispatchViolation =
  | "missing_outer_agentName"
  | "missing_outer_model"
  | "payload_only_model"
  | "omitted_model_missing_tier_context"
  | "auto_outer_model_present"
  | "auto_mode_requires_runtime_marker"
  | "mode_mismatch"
  | "payload_model_missing"
  | "payload_model_mismatch"
  | "wrong_effective_review_tier"
  | "unconfigured_fallback"
  | "model_mismatch"
  | "models_exhausted";

export type DispatchVerdict =
  | { readonly accepted: true; readonly resolution: EntrySource | "platform_auto" }
  | {
      readonly accepted: false;
      readonly violation: DispatchViolation;
      readonly correctModel?: string;
      readonly effectiveReviewTier?: string | null;
      readonly allowed?: readonly string[];
      readonly state?: typeof WAITING_APPROVAL;
    };

type Refusal = Extract<DispatchVerdict, { readonly accepted: false }>;
const refuse = (violation: DispatchViolation, more: Omit<Refusal, "accepted" | "violation"> = {}): Refusal => ({
  accepted: false,
  violation,
  ...more,
});

/**
 * Whether a dispatch keeps the delegation contract. Deterministic: agent and model are named by the call itself, the
 * payload repeats the model, and it is the first model still available of the effective tier's list. Auto: no model by
 * the call, and the payload says that it is auto. Faults as resolveAgent().
 */
export function checkDispatch(file: RoutingFile, dispatch: Dispatch): Result<DispatchVerdict> {
  const { mode, outer, payload } = dispatch;
  const agent = outer.agentName;
  if (!isNamed(agent)) return ok(refuse("missing_outer_agentName"));
  const query = { agent, tier: dispatch.tier ?? null, mode, risks: dispatch.risks };
  const resolved = resolveReviewed(file, query);
  if (!resolved.ok) return resolved;
  if (mode === "auto") return ok(checkAuto(dispatch));
  if (payload.mode !== undefined && payload.mode !== mode) return ok(refuse("mode_mismatch"));
  if (!isNamed(outer.model)) return ok(refuseModelless(dispatch, resolved.value));
  if (!isNamed(payload.model)) return ok(refuse("payload_model_missing"));
  if (payload.model !== outer.model) return ok(refuse("payload_model_mismatch"));
  const nominal = resolveAgent(file, query);
  if (!nominal.ok) return fail(nominal.fault);
  return ok(checkModel(dispatch, { model: outer.model, resolved: resolved.value, nominal: modelsOf(nominal.value) }));
}

/** An empty name names nothing. */
const isNamed = (name: string | undefined): name is string => name !== undefined && name !== "";

function checkAuto({ outer, payload }: Dispatch): DispatchVerdict {
  if (isNamed(outer.model)) return refuse("auto_outer_model_present");
  if (!isNamed(payload.mode)) return refuse("auto_mode_requires_runtime_marker");
  return payload.mode === "auto" ? { accepted: true, resolution: "platform_auto" } : refuse("mode_mismatch");
}

/** A model in the payload alone is read by nobody; an unknown tier is no reason to leave it out. */
function refuseModelless({ payload, tier }: Dispatch, { primary }: ReviewedResolution): Refusal {
  if (isNamed(payload.model)) return refuse("payload_only_model");
  return refuse(tier === null ? "omitted_model_missing_tier_context" : "missing_outer_model", {
    correctModel: primary,
  });
}

interface Chosen {
  readonly model: string;
  readonly resolved: ReviewedResolution;
  /** Models of the tier that no risk has lifted. */
  readonly nominal: readonly string[];
}

function checkModel({ unavailable }: Dispatch, { model, resolved, nominal }: Chosen): DispatchVerdict {
  const allowed = triedModels(resolved);
  const correct = allowed.find((one) => !unavailable.includes(one));
  if (correct === undefined) return refuse("models_exhausted", { state: WAITING_APPROVAL });
  if (model === correct) return { accepted: true, resolution: resolved.source };
  // The lifted tier's fallbacks may hold the plain tier's primary, which is wrong all the same.
  const isPlainTier =
    unavailable.length === 0 ? model === nominal[0] : !allowed.includes(model) && nominal.includes(model);
  if (resolved.overrideReason !== null && isPlainTier)
    return refuse("wrong_effective_review_tier", { effectiveReviewTier: resolved.tierUsed, correctModel: correct });
  if (unavailable.length > 0 && !allowed.includes(model))
    return refuse("unconfigured_fallback", { allowed: resolved.fallbacks, correctModel: correct });
  return refuse("model_mismatch", { correctModel: correct });
}
