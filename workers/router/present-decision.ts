import type { DecisionBody, PickBody } from "../../shared/contract/decisions.ts";
import { toUsd } from "../../shared/contract/fields.ts";
import type { Attempt, DecisionCore, Expected, Pick } from "../../shared/policy/decision.ts";
import { attemptSequence, describeAttempt } from "../../shared/run/attempts.ts";
import type { DecisionRecord, DecisionSummary } from "../platform/d1/decisions-store.ts";
import { toGovernedBody } from "./present-governed.ts";

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

/**
 * The decision as it stands at an attempt; at the first it is what was decided at the kickoff. After a rejection every
 * figure is one given the failures before it, and the alternatives are the models that would follow in their turn.
 */
function toStanding(core: DecisionCore, at: number) {
  const sequence = attemptSequence(core);
  const current = sequence[at];
  if (current === undefined) throw new RangeError(`the decision has no attempt ${at}`);
  const { mode, rationale, alternatives, expected } = core;
  const { fallbacks } = current;
  if (at === 0) return { current: core.pick, mode, rationale, fallbacks, alternatives, expected };
  return {
    current,
    // Past its chain a cascade is one more attempt by one model; every other mode runs each of its attempts.
    mode: mode === "cascade" && at >= core.chain.length ? ("single" as const) : mode,
    rationale: `${describeAttempt(sequence, at)} Decided at the kickoff: ${rationale}`,
    fallbacks,
    alternatives: sequence.slice(at).map((pick) => ({ ...pick, expected: pick.expectedInTurn })),
    expected: current.expectedInTurn,
  };
}

/** A stored decision as the doors show it; after a rejected attempt the top-level pick is the next model's. */
export function toDecisionBody(
  record: DecisionSummary & { readonly governed?: DecisionRecord["governed"] },
  approvalId: string | null,
): DecisionBody {
  const { core } = record;
  const standing = toStanding(core, record.attempt);
  return {
    id: record.id,
    task_id: record.taskId,
    ...toPickBody(standing.current),
    // A first attempt of a chain is expected to reach what the whole chain reaches; a later one is judged in its turn.
    expected: toExpectedBody(standing.expected),
    mode: standing.mode,
    rationale: standing.rationale,
    gate: { requires_approval: core.gate.requiresApproval, reason: core.gate.reason, approval_id: approvalId },
    fallbacks: standing.fallbacks.map(toPickBody),
    alternatives: standing.alternatives.map(toPickBody),
    chain: core.chain.map(toAttemptBody),
    mode_comparison: {
      reason: core.modeComparison.reason,
      single_utility_usd: core.modeComparison.singleUtilityUsd,
      cascade_utility_usd: core.modeComparison.cascadeUtilityUsd,
    },
    classification: { ...record.classification, abstained_heads: [...record.classification.abstained_heads] },
    domain: core.domain,
    value: { usd: toUsd(core.value.microUsd), from: core.value.from, weighted: core.value.weighted },
    max_usd: core.maxMicroUsd === null ? null : toUsd(core.maxMicroUsd),
    ...(record.governed === undefined ? {} : { governance: toGovernedBody(record.governed) }),
    attempt: record.attempt,
    state: record.state,
    policy_version: record.policyVersion,
    catalog_version: record.catalogVersion,
    created_at: new Date(record.createdAtMs).toISOString(),
  };
}
