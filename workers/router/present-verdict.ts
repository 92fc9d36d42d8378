import type { VerdictAnswer } from "../../shared/contract/decisions.ts";
import { toUsd } from "../../shared/contract/fields.ts";
import type { DecisionCore } from "../../shared/policy/decision.ts";
import { toAttemptCosts } from "../../shared/run/attempt-costs.ts";
import type { AttemptStep } from "../../shared/run/attempts.ts";
import type { PaidMicroUsd } from "../../shared/run/spent-on-attempts.ts";

export interface JudgedAttempt {
  readonly core: DecisionCore;
  readonly attempt: number;
  /** The gate asks for a person and nobody has approved yet. */
  readonly isHeld: boolean;
  readonly evidence: string | null;
  readonly paid: PaidMicroUsd;
}

/** The step as it is answered; where nobody approved yet, the next model stands in the decision but is not called for. */
export function toVerdictAnswer(step: AttemptStep, judged: JudgedAttempt): VerdictAnswer {
  const { core, attempt, isHeld, evidence, paid } = judged;
  const { attemptsMicroUsd, paidAttempts, nextMicroUsd, strongest } = toAttemptCosts(core, attempt, paid);
  const cost = {
    attempts_usd: toUsd(attemptsMicroUsd),
    paid_attempts: paidAttempts,
    next_usd: step.next === null || isHeld || nextMicroUsd === null ? null : toUsd(nextMicroUsd),
    max_usd: core.maxMicroUsd === null ? null : toUsd(core.maxMicroUsd),
    strongest_model: strongest.model,
    strongest_usd: toUsd(strongest.microUsd),
  };
  const { status, reason, next } = step;
  if (next === null) {
    const ended_by = step.status === "exhausted" ? step.endedBy : null;
    return { status, next: null, reason, ended_by, cost, evidence: null };
  }
  if (isHeld) {
    const held = `This attempt was rejected. Another model stands by, and may start only after an approval: ${core.gate.reason}`;
    return { status: "approval_required", next: null, reason: held, ended_by: null, cost, evidence };
  }
  const { provider, model, effort, driverKind } = next;
  return { status, next: { provider, model, effort, driverKind }, reason, ended_by: null, cost, evidence };
}
