import { formatPercent, formatUsd } from "../base/format.ts";
import type { Attempt, DecisionCore } from "../policy/decision.ts";

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

/** Where a decision stands after a verdict on one attempt. */
export type AttemptStep =
  | { readonly status: "accepted"; readonly next: null; readonly reason: string }
  | { readonly status: "exhausted"; readonly next: null; readonly reason: string }
  | { readonly status: "next"; readonly next: Attempt; readonly reason: string };

/** Acceptance ends the task; rejection moves to the next model of the sequence, if one is left. */
export function advanceAttempt(core: DecisionCore, verdict: { attempt: number; accepted: boolean }): AttemptStep {
  const sequence = attemptSequence(core);
  const tried = sequence[verdict.attempt];
  const triedName = tried === undefined ? "this attempt" : tried.model;
  if (verdict.accepted) return { status: "accepted", next: null, reason: `${triedName} was accepted.` };
  const next = sequence[verdict.attempt + 1];
  if (next === undefined) {
    return {
      status: "exhausted",
      next: null,
      reason: `${triedName} was rejected and no further model is left to try.`,
    };
  }
  const { success, costMicroUsd } = next.expectedInTurn;
  const reason =
    `${triedName} was rejected; where every model before it failed, ${next.model} is expected to succeed in about ` +
    `${formatPercent(success)} of such tasks, for about ${formatUsd(costMicroUsd / 1_000_000)}.`;
  return { status: "next", next, reason };
}
