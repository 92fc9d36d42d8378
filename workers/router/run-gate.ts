import type { Gate } from "../../shared/policy/decision.ts";
import type { CastPart } from "../../shared/run/plan/decompose.ts";

/** What may hold a run back until a person has looked. */
export interface GateFacts {
  /** Of the decision on the whole. */
  readonly whole: Gate;
  readonly parts: readonly CastPart[];
  /** Models that are out of reach, in words; null = none that the run needs. */
  readonly waits: string | null;
}

/** Why a person has to look at the work itself: at the whole, or else at a part; null where nobody has to. */
export function toRiskReason({ whole, parts }: Pick<GateFacts, "whole" | "parts">): string | null {
  if (whole.requiresApproval) return whole.reason;
  const risky = parts.find(({ decision }) => decision.gate.requiresApproval);
  return risky === undefined ? null : `a part of the task requires approval: ${risky.decision.gate.reason}`;
}

/** Every reason that there is: whoever approves lifts them all. null where there is none. */
export const joinReasons = (...reasons: readonly (string | null)[]): string | null =>
  reasons.filter((reason) => reason !== null).join("; ") || null;

/** Whether a run waits for a person before it starts, and why. */
export function toRunGate(facts: GateFacts): Gate {
  const reason = joinReasons(toRiskReason(facts), facts.waits);
  return reason === null ? facts.whole : { requiresApproval: true, reason };
}
