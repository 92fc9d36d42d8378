import type { DecisionBody, PickBody } from "../../shared/contract/decisions.ts";
import { toUsd } from "../../shared/contract/fields.ts";
import type { Attempt, Expected, Pick } from "../../shared/policy/decision.ts";
import { attemptSequence } from "../../shared/run/attempts.ts";
import type { DecisionSummary } from "../platform/d1/decisions-store.ts";

const toExpectedBody = (expected: Expected): PickBody["expected"] => ({
  success: expected.success,
  cost_usd: toUsd(expected.costMicroUsd),
  minutes: expected.minutes,
  utility_usd: expected.utilityUsd,
});

export const toPickBody = (pick: Pick): PickBody => ({
  model: pick.model,
  effort: pick.effort,
  provider: pick.provider,
  driverKind: pick.driverKind,
  price_tier: pick.priceTier,
  expected: toExpectedBody(pick.expected),
  flags: [...pick.flags],
});

const toAttemptBody = (attempt: Attempt): PickBody => ({
  ...toPickBody(attempt),
  expected_in_turn: toExpectedBody(attempt.expectedInTurn),
});

/** A stored decision as the doors show it; after a rejected attempt the top-level pick is the next model's. */
export function toDecisionBody(record: DecisionSummary, approvalId: string | null): DecisionBody {
  const { core } = record;
  const current = attemptSequence(core)[record.attempt];
  return {
    id: record.id,
    task_id: record.taskId,
    ...toPickBody(current ?? core.pick),
    // A first attempt of a chain is expected to reach what the whole chain reaches; a later one is judged in its turn.
    expected: toExpectedBody(record.attempt === 0 ? core.expected : (current?.expectedInTurn ?? core.expected)),
    mode: core.mode,
    rationale: core.rationale,
    gate: { requires_approval: core.gate.requiresApproval, reason: core.gate.reason, approval_id: approvalId },
    fallbacks: core.fallbacks.map(toPickBody),
    alternatives: core.alternatives.map(toPickBody),
    chain: core.chain.map(toAttemptBody),
    mode_comparison: {
      reason: core.modeComparison.reason,
      single_utility_usd: core.modeComparison.singleUtilityUsd,
      cascade_utility_usd: core.modeComparison.cascadeUtilityUsd,
    },
    classification: { ...record.classification, abstained_heads: [...record.classification.abstained_heads] },
    domain: core.domain,
    value: { usd: toUsd(core.value.microUsd), from: core.value.from, weighted: core.value.weighted },
    attempt: record.attempt,
    state: record.state,
    policy_version: record.policyVersion,
    catalog_version: record.catalogVersion,
    created_at: new Date(record.createdAtMs).toISOString(),
  };
}
