import type { DecisionCore, Pick } from "../policy/decision.ts";

/**
 * The models a decision tries in order when attempts are rejected: its chain first (in single mode that is the pick
 * alone), then the escalation list. A (model, effort) is tried once.
 */
export function attemptSequence(core: DecisionCore): readonly Pick[] {
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
  | { readonly status: "next"; readonly next: Pick; readonly reason: string };

const percent = (p: number): string => `${Math.round(p * 100)} %`;
const usd = (microUsd: number): string => `$${(microUsd / 1_000_000).toFixed(2)}`;

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
  const reason =
    `${triedName} was rejected; ${next.model} was expected to succeed in about ${percent(next.expected.success)} of ` +
    `such tasks before that, for about ${usd(next.expected.costMicroUsd)}.`;
  return { status: "next", next, reason };
}
