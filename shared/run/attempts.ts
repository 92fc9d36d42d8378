import { formatPercent, formatUsd } from "../base/format.ts";
import type { Attempt, DecisionCore, EscalationEnd } from "../policy/decision.ts";
import { type PaidMicroUsd, toSpentMicroUsd } from "./spent-on-attempts.ts";

/**
 * The models a decision tries in order when attempts are rejected: its chain first (in single mode that is the pick
 * alone), then the escalation list. A (model, effort) is tried once.
 */
export function attemptSequence(core: DecisionCore): readonly Attempt[] {
  const seen = new Set<string>();
  return [...core.chain, ...core.escalation].filter((pick) => {
    const key = `${pick.model} ${pick.effort}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Why nothing follows the last of `count` attempts. */
const ENDS: Readonly<Record<EscalationEnd, (count: number) => string>> = {
  limit: (count) => `the last of the ${count} models that this decision names`,
  not_worth_its_cost: () => "and where it failed no further attempt is worth its cost",
  budget: () => "and no further attempt fits into max_usd and is worth its cost",
  none_left: () => "and no other model is left within this decision's constraints and floor",
};

/** Where a decision stands after a verdict on one attempt. */
export type AttemptStep =
  | { readonly status: "accepted"; readonly next: null; readonly reason: string }
  | { readonly status: "exhausted"; readonly next: null; readonly reason: string; readonly endedBy: EscalationEnd }
  | { readonly status: "next"; readonly next: Attempt; readonly reason: string };

const ANEW =
  "Routing the task anew at another value, with a higher max_usd, under other constraints or with a clearer text may find another model.";

interface JudgedAttempt {
  readonly attempt: number;
  readonly accepted: boolean;
  /** Known costs of the attempts so far; the others count as they were expected, and together those fit into max_usd. */
  readonly paid: PaidMicroUsd;
}

/**
 * Acceptance ends the task; rejection moves to the next model of the sequence, if one is left and what the attempts cost
 * leaves enough of max_usd for it.
 */
export function advanceAttempt(core: DecisionCore, verdict: JudgedAttempt): AttemptStep {
  const sequence = attemptSequence(core);
  const tried = sequence[verdict.attempt];
  const triedName = tried === undefined ? "this attempt" : tried.model;
  if (verdict.accepted) return { status: "accepted", next: null, reason: `${triedName} was accepted.` };
  const next = sequence[verdict.attempt + 1];
  if (next === undefined) {
    return {
      status: "exhausted",
      next: null,
      endedBy: core.escalationEnd,
      reason: `${triedName} was rejected, ${ENDS[core.escalationEnd](sequence.length)}. ${ANEW}`,
    };
  }
  const spent = toSpentMicroUsd(sequence, verdict.attempt, verdict.paid);
  if (core.maxMicroUsd !== null && spent + next.expectedInTurn.costMicroUsd > core.maxMicroUsd) {
    const left = `the attempts came to ${formatUsd(spent / 1_000_000)}, which leaves too little of max_usd for ${next.model}`;
    return {
      status: "exhausted",
      next: null,
      endedBy: "budget",
      reason: `${triedName} was rejected, and ${left}. ${ANEW}`,
    };
  }
  return { status: "next", next, reason: describeAttempt(sequence, verdict.attempt + 1) };
}

/** Who is tried at `at` and what is expected of it where every model before it failed. */
export function describeAttempt(sequence: readonly Attempt[], at: number): string {
  const [before, current] = [sequence[at - 1], sequence[at]];
  if (before === undefined || current === undefined) throw new RangeError(`no attempt ${at} after another`);
  const { success, costMicroUsd } = current.expectedInTurn;
  return (
    `${before.model} was rejected; where every model before it failed, ${current.model}, run by ${current.driverKind}, ` +
    `is expected to succeed in about ${formatPercent(success)} of such tasks, for about ${formatUsd(costMicroUsd / 1_000_000)}.`
  );
}
