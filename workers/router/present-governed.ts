import { toUsd } from "../../shared/contract/fields.ts";
import type { GovernedBody } from "../../shared/contract/governance-answers.ts";
import type { GovernanceAskBody } from "../../shared/contract/governance-ask.ts";
import type { ModelCost } from "../../shared/policy/governance/cost-tier.ts";
import { describeGoverned } from "../../shared/policy/governance/describe-governed.ts";
import type { GovernanceAsk, GovernedRecord } from "../../shared/policy/governance/governed-record.ts";

/** What of a body governance reads; a role's own models are what is wanted where no mode is named. */
export const toGovernanceAsk = ({ agent, role, tier, mode }: GovernanceAskBody): GovernanceAsk => ({
  agent: agent ?? null,
  role: role ?? null,
  tier: tier ?? null,
  mode: mode ?? "deterministic",
});

const toCosted = ({ model, modelId, costTier, assumed }: ModelCost) => ({
  model,
  model_id: modelId,
  cost_tier: costTier,
  cost_assumed: assumed,
});

function toCapped({ capped }: GovernedRecord["pick"]): GovernedBody["capped"] {
  if (capped === null) return null;
  const { asked, effectiveModel, costTier, assumed } = capped;
  return {
    asked: { model: asked.model, cost_tier: asked.costTier },
    effective_model: effectiveModel,
    cost_tier: costTier,
    assumed,
  };
}

function toConstraints({ constraints }: GovernedRecord["pick"]): GovernedBody["constraints"] {
  if (constraints === null) return null;
  const { allow, maxPromptMicroUsdPerMillion: most, minOutputTokensPerSecond } = constraints;
  return {
    allow: [...allow],
    max_prompt_usd_per_million: most === null ? null : toUsd(most),
    min_output_tokens_per_second: minOutputTokensPerSecond,
  };
}

/** What a routing file says of a role, as the doors show it. */
export function toGovernedBody({ version, resolution, pick }: Omit<GovernedRecord, "ask">): GovernedBody {
  const { agent, role, tierAsked, tierUsed, overrideReason, mode, isAdvisory, source, primary, models } = resolution;
  return {
    ...{ version, agent, role, tier: tierAsked, effective_tier: tierUsed, override_reason: overrideReason, mode },
    ...{ is_advisory: isAdvisory, source, primary },
    model: pick.model === null ? null : toCosted(pick.model),
    attempt: pick.attempt,
    used_fallback: pick.usedFallback,
    fallbacks: models.slice(1).map(toCosted),
    // The model's own, where one was picked: an entry's tier only says what it was meant to cost.
    cost_tier: pick.model?.costTier ?? resolution.costTier,
    latency_tier: resolution.latencyTier,
    reasoning_effort_hint: resolution.reasoningEffortHint,
    capped: toCapped(pick),
    constraints: toConstraints(pick),
    state: pick.waitingApproval ? "WAITING_APPROVAL" : "READY",
    reasons: pick.reasons.map(({ code, model, detail }) => ({ code, model, detail })),
    says: describeGoverned(resolution, pick),
  };
}
