import type { LedgerState } from "./budget.ts";
import type { Plan } from "./job.ts";

/** Steps that are attempts of the decision, in order: those of a single run and of a cascade. */
const attemptSteps = ({ mode, steps }: Plan): readonly string[] =>
  mode === "cascade" || mode === "single"
    ? steps.filter(({ kind }) => kind === "call").map(({ stepId }) => stepId)
    : [];

/**
 * Which attempt of its decision a step is, or judges; `firstAttempt` is where the decision stood when the run took it up.
 * null for what several models make together: no attempt's model answers for that.
 */
export function attemptOfStep(plan: Plan, stepId: string, firstAttempt: number): number | null {
  const step = plan.steps.find((one) => one.stepId === stepId);
  const answerId = step?.kind === "judge" || step?.kind === "verdict" ? step.dependsOn[0] : stepId;
  const at = answerId === undefined ? -1 : attemptSteps(plan).indexOf(answerId);
  return at === -1 ? null : firstAttempt + at;
}

/** A provider call as far as it says who answered and what it cost. Integer micro-dollars. */
export interface BookedCall {
  readonly stepId: string;
  /** Counts the calls of its step. */
  readonly attempt: number;
  readonly model: string;
  readonly effort: string;
  readonly state: LedgerState;
  readonly failure: string | null;
  readonly settledMicroUsd: number;
  readonly overrunMicroUsd: number;
}

/** What a run did of one attempt of its decision. */
export interface AttemptWork {
  /** Everything its calls were booked at, failed ones included; a check's own calls are not among them. */
  readonly costMicroUsd: number;
  /** Who answered: the attempt's model, or one of its fallbacks. null = nobody yet, or several together. */
  readonly author: { readonly model: string; readonly effort: string } | null;
}

/** How a call that answered stands in the books, where it did not fail. */
export const ANSWERED_STATES = ["settled", "unknown"] as const satisfies readonly LedgerState[];

/**
 * The model that answered a step: of its calls the last, by their number, that did not fail. Scores of judges find it by the
 * same rule in SQL (answererOf()).
 */
function authorOf(calls: readonly BookedCall[]): AttemptWork["author"] {
  const answered = calls.filter(
    ({ state, failure }) => failure === null && ANSWERED_STATES.some((known) => known === state),
  );
  const [last] = [...answered].sort((a, b) => b.attempt - a.attempt);
  return last === undefined ? null : { model: last.model, effort: last.effort };
}

const costOf = (calls: readonly BookedCall[]): number =>
  calls.reduce((sum, { settledMicroUsd, overrunMicroUsd }) => sum + settledMicroUsd + overrunMicroUsd, 0);

/**
 * The step whose answer attempt `attempt` of the decision came to: the attempt's own call, or what was made of the answers
 * of several models or parts. null where the run made none of it.
 */
export function answerStepOf(
  plan: Plan,
  { attempt, firstAttempt }: { readonly attempt: number; readonly firstAttempt: number },
): string | null {
  if (plan.mode === "cascade" || plan.mode === "single") return attemptSteps(plan)[attempt - firstAttempt] ?? null;
  return attempt === firstAttempt ? (plan.result.prefer[0] ?? null) : null;
}

/** What a run did of attempt `attempt`; null where it made no call for it. */
export function toAttemptWork(
  plan: Plan,
  calls: readonly BookedCall[],
  { attempt, firstAttempt }: { readonly attempt: number; readonly firstAttempt: number },
): AttemptWork | null {
  const steps = attemptSteps(plan);
  const own = steps.length === 0 ? calls : calls.filter(({ stepId }) => stepId === steps[attempt - firstAttempt]);
  if (own.length === 0 || (steps.length === 0 && attempt !== firstAttempt)) return null;
  return { costMicroUsd: costOf(own), author: steps.length === 0 ? null : authorOf(own) };
}
