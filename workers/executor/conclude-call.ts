import { type Fault, toDetail } from "../../shared/base/fault.ts";
import { decideEscalation, type EscalationDecision, type ScoreCalibration } from "../../shared/run/escalate.ts";
import { parseMerged } from "../../shared/run/merge.ts";
import type { CallFailure, CallOutcome, ModelAnswer } from "../../shared/run/model-call.ts";
import { LONGEST_WAIT_MS, toNextAttempt, toRetryWaitMs } from "../../shared/run/next-attempt.ts";
import { type PlanDraft, parsePlannedParts, toPlanDraft, writePlanDraft } from "../../shared/run/planned-parts.ts";
import { toSettlement } from "../../shared/run/price-call.ts";
import { parseVerdict } from "../../shared/run/verdict.ts";
import { isGoverned, toAskable } from "./prepare-call.ts";
import { exhaustedOutcome, type PreparedCall, plainOutcome, type Turn, type TurnOutcome } from "./turn.ts";

interface Ended {
  readonly turn: Turn;
  readonly prepared: PreparedCall;
  readonly callId: string;
  /** Of a judge: what its scores have meant so far; null where too little is known. */
  readonly calibration: ScoreCalibration | null;
  readonly nowMs: number;
  /** In [0,1). */
  readonly chance: number;
}

type Booking = NonNullable<TurnOutcome["booking"]>;

/** What the books say of an answer, or of a failure that may have been billed. */
function toBooking({ prepared, callId, nowMs }: Ended, outcome: CallOutcome): Booking {
  const { microUsd: reserved, model, pick } = prepared;
  const base = { callId, nowMs, model: pick.model, provider: pick.provider, usage: null, overrunMicroUsd: 0 };
  if (!outcome.ok) {
    const { sent, class: failure } = outcome.failure;
    if (!sent) return { ...base, state: "released", settledMicroUsd: 0, failure };
    return { ...base, state: "unknown", settledMicroUsd: reserved, failure };
  }
  const { usage } = outcome.answer;
  const { microUsd, basis } = toSettlement(usage, reserved, model.prices);
  if (basis === "reserved") return { ...base, state: "unknown", settledMicroUsd: reserved, failure: null };
  const settledMicroUsd = Math.min(microUsd, reserved);
  const overrunMicroUsd = microUsd - settledMicroUsd;
  return { ...base, state: "settled", settledMicroUsd, overrunMicroUsd, failure: null, usage };
}

/** What is left of a failure: another try after a wait, or the end of the step. */
function toFailed(ended: Ended, booking: Booking, failure: CallFailure): TurnOutcome {
  const { turn, prepared } = ended;
  const { stepId } = turn;
  const asked = failure.retryAfterMs ?? 0;
  const after = (seen: CallFailure["class"]) => {
    const past = [...prepared.past, { pick: prepared.pickIndex, failure: seen }];
    return { seen, past, next: toNextAttempt(past, toAskable(turn), { isGoverned: isGoverned(turn) }) };
  };
  const isLong = failure.class === "rate_limited" && asked > LONGEST_WAIT_MS;
  // A long wait is left to the next of the list, of the same key too: most limits are of one model, and one of the whole key
  // shows by every model being limited. Then it is sat out in the queue, if it ends within the run's own time.
  const elsewhere = after(isLong ? "rate_limited_long" : failure.class);
  const leftMs = (turn.loaded.row.deadlineAtMs ?? Number.POSITIVE_INFINITY) - ended.nowMs;
  const isSatOut = isLong && elsewhere.next.kind !== "call" && asked < leftMs;
  const { seen, past, next } = isSatOut ? after("rate_limited") : elsewhere;
  const booked = { ...booking, failure: seen };
  const told = { failure: seen, status: failure.status };
  if (next.kind === "ask_person")
    return { ...exhaustedOutcome(stepId, next, failure.detail), booking: booked, failure: seen };
  if (next.kind === "give_up") {
    const outcome = { ...plainOutcome({ kind: "failed", stepId }), booking: booked, failure: seen };
    return { ...outcome, lastError: failure.detail };
  }
  const backoffMs = toRetryWaitMs(past, { retryAfterMs: failure.retryAfterMs, chance: ended.chance });
  const waitMs = isSatOut ? asked : next.isRetry ? backoffMs : 0;
  return {
    ...plainOutcome({ kind: "returned", stepId }),
    ...{ booking: booked, failure: seen, lastError: failure.detail, waitMs },
    note: { kind: "step_retry", data: { ...told, waitMs, isRetry: next.isRetry } },
  };
}

const unusable = (failure: CallFailure["class"], detail: string): CallFailure => ({
  class: failure,
  status: null,
  retryAfterMs: null,
  sent: true,
  detail,
});

/** Whether an answer to this question could not be read before: it is asked for anew once only. */
const wasUnreadable = ({ past }: PreparedCall): boolean => past.some(({ failure }) => failure === "bad_response");

/** Asked for once more, and told what was wrong: our own words on the form, no word of the answer. */
function toAskedAgain(
  ended: Ended,
  booking: Booking,
  { what, fault }: { readonly what: string; readonly fault: Fault },
) {
  const outcome = toFailed(ended, booking, unusable("bad_response", `${what} cannot be read: ${toDetail(fault)}`));
  return fault.kind === "malformed_data" ? { ...outcome, complaint: fault.detail } : outcome;
}

/** Whether the next model tries, by the one rule. `score` null = no verdict could be read. */
function toDecision({ turn, calibration }: Ended, score: number | null): EscalationDecision {
  const { escalation, stepId } = turn.planned;
  if (escalation === null) throw new Error(`judge ${stepId} has no terms`);
  const finding = score === null ? { kind: "unreadable" as const } : { kind: "score" as const, score, calibration };
  return decideEscalation(finding, escalation);
}

function toJudged(ended: Ended, booking: Booking, answer: ModelAnswer): TurnOutcome {
  const { turn, prepared } = ended;
  const verdict = parseVerdict(answer.text, prepared.seal);
  if (!verdict.ok && !wasUnreadable(prepared))
    return toAskedAgain(ended, booking, { what: "the verdict", fault: verdict.fault });
  const score = verdict.ok ? verdict.value.score : null;
  const decision = toDecision(ended, score);
  const { escalate } = decision;
  const text = verdict.ok ? verdict.value.reasons.map((reason) => `- ${reason}`).join("\n") : "";
  return {
    ...plainOutcome({ kind: "done", stepId: turn.stepId, escalate, whole: true }),
    booking,
    output: text === "" ? null : { name: String(prepared.attempt), text },
    finding: { kind: score === null ? "unreadable" : "score", score, accepted: null, decision },
    note: {
      kind: "verdict_given",
      data: { score, escalate, reason: decision.reason, uncalibrated: decision.uncalibrated },
    },
  };
}

/** A plan is asked for anew once; then the task's own structure stands in for it. */
function toPlanned(ended: Ended, booking: Booking, answer: ModelAnswer): TurnOutcome {
  const { turn, prepared } = ended;
  const parts = parsePlannedParts(answer.text, prepared.seal);
  if (!parts.ok && !wasUnreadable(prepared))
    return toAskedAgain(ended, booking, { what: "the plan", fault: parts.fault });
  const draft: PlanDraft = parts.ok ? toPlanDraft(parts.value) : { by: "splitter", reason: "unreadable" };
  const done = plainOutcome({ kind: "done", stepId: turn.stepId, escalate: null, whole: true });
  return { ...done, booking, output: { name: String(prepared.attempt), text: writePlanDraft(draft) } };
}

function toAnswered(ended: Ended, booking: Booking, answer: ModelAnswer): TurnOutcome {
  const { turn, prepared } = ended;
  if (answer.end === "content_filter" || answer.end === "refusal")
    return toFailed(ended, booking, unusable("content_filter", `the answer ended as ${answer.end}`));
  if (answer.text.trim() === "")
    return toFailed(ended, booking, unusable("output_cap", "no text within the token limit"));
  if (turn.planned.kind === "judge") return toJudged(ended, booking, answer);
  if (turn.planned.kind === "plan") return toPlanned(ended, booking, answer);
  const done = plainOutcome({ kind: "done", stepId: turn.stepId, escalate: null, whole: answer.end === "complete" });
  const name = String(prepared.attempt);
  if (turn.planned.kind !== "merge") return { ...done, booking, output: { name, text: answer.text } };
  const { text, notes } = parseMerged(answer.text, prepared);
  return {
    ...done,
    booking,
    output: { name, text: text === "" ? answer.text : text },
    notes: notes === null ? null : JSON.stringify(notes),
  };
}

/**
 * What a call's end means for its step and for the books: pure, so that every failure class can be tried on every kind
 * of step.
 */
export function concludeCall(ended: Ended, outcome: CallOutcome): TurnOutcome {
  const booking = toBooking(ended, outcome);
  return outcome.ok ? toAnswered(ended, booking, outcome.answer) : toFailed(ended, booking, outcome.failure);
}
