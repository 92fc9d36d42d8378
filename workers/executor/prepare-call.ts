import { ok, type Result } from "../../shared/base/result.ts";
import type { Marks } from "../../shared/run/fence.ts";
import { type PastCall, toNextAttempt } from "../../shared/run/next-attempt.ts";
import { toReservationMicroUsd } from "../../shared/run/price-call.ts";
import { picksOf, type StepPick } from "../../shared/run/step.ts";
import type { RunModel, RunTexts } from "../platform/d1/run-row.ts";
import { type QuestionDeps, readQuestion } from "./read-question.ts";
import { exhaustedOutcome, failedOutcome, type PreparedCall, type Turn, type TurnOutcome } from "./turn.ts";

export interface PrepareDeps extends QuestionDeps {
  readonly nowMs: () => number;
  readonly openTexts: (runId: string, sealed: string) => Promise<Result<RunTexts>>;
  /** Two words that nobody can guess, for one question. */
  readonly drawMarks: () => Marks;
}

/** Longest silence of a model that has begun to answer; some think for a minute. */
const IDLE_MS = 90_000;
/** Far above any answer within a token limit, with the frame of its stream. */
const BYTE_CAP = 16 * 1024 * 1024;
/** A call that is cut off so soon would be paid for nothing. */
const LEAST_TIMEOUT_MS = 1_000;

export type Prepared =
  | { readonly kind: "call"; readonly prepared: PreparedCall }
  | { readonly kind: "outcome"; readonly outcome: TurnOutcome };

export const modelOf = (models: readonly RunModel[], pick: StepPick): RunModel | undefined =>
  models.find(({ model, effort }) => model === pick.model && effort === pick.effort);

/** A call without an end was lost with its holder. One that answered is here only if its answer could not be used. */
const toPast = ({ calls, loaded }: Pick<Turn, "calls" | "loaded">): readonly PastCall[] =>
  calls
    // Whoever approved has seen what failed until then: it is tried anew.
    .filter(({ startedAtMs }) => startedAtMs >= (loaded.row.approvedAtMs ?? 0))
    .map(({ pick, failure, state }) => ({
      pick,
      failure: failure ?? (state === "settled" ? "bad_response" : "lost"),
    }));

/** Whether governance names who may do the step. */
export const isGoverned = ({ planned }: Pick<Turn, "planned">): boolean => planned.governed === "list";

/** The step's picks as far as the choice of the next call needs to know of them. */
export const toAskable = ({ planned, models }: Pick<Turn, "planned" | "models">) =>
  picksOf(planned).map((pick) => {
    const known = modelOf(models, pick);
    return { provider: pick.provider, contextTokens: known?.contextTokens ?? 0, isPriced: known !== undefined };
  });

const end = (outcome: TurnOutcome): Result<Prepared> => ok({ kind: "outcome", outcome });

/**
 * The call that a step makes now: who is asked, by the decision's list and what failed before; what, by the plan; and the
 * most that it can cost. Nothing is sent or booked yet. Faults: unavailable, malformed_data.
 */
export async function prepareCall(turn: Turn, deps: PrepareDeps): Promise<Result<Prepared>> {
  const { runId, stepId, planned, loaded, models, sealedTexts } = turn;
  if (sealedTexts === null) return end(failedOutcome(stepId, "texts_erased", "the words of the run are erased"));
  const past = toPast(turn);
  const next = toNextAttempt(past, toAskable(turn), { isGoverned: isGoverned(turn) });
  if (next.kind === "ask_person")
    return end(exhaustedOutcome(stepId, next, "none of the role's models is left to ask"));
  if (next.kind === "give_up") return end(failedOutcome(stepId, next.failure, "nobody is left to ask"));
  const pick = picksOf(planned)[next.pick];
  const model = pick === undefined ? undefined : modelOf(models, pick);
  if (pick === undefined || model === undefined) throw new Error(`step ${stepId} has no pick ${next.pick}`);
  const texts = await deps.openTexts(runId, sealedTexts);
  if (!texts.ok) return texts;
  const marks = deps.drawMarks();
  const question = await readQuestion(turn, { texts: texts.value, marks }, deps);
  if (!question.ok) return question;
  if (question.value === null) return end(failedOutcome(stepId, "texts_erased", "what it is to read is erased"));
  const leftMs = (loaded.row.deadlineAtMs ?? Number.POSITIVE_INFINITY) - deps.nowMs();
  const call = {
    ...{ provider: pick.provider, model: pick.model, effort: pick.effort },
    ...{ messages: question.value.messages, jsonSchema: question.value.jsonSchema, temperature: null },
    maxOutputTokens: Math.min(planned.maxOutputTokens, model.maxOutputTokens ?? planned.maxOutputTokens),
    timeoutMs: Math.max(LEAST_TIMEOUT_MS, Math.min(loaded.row.settings.stepTimeoutMs, leftMs)),
    ...{ idleMs: IDLE_MS, byteCap: BYTE_CAP },
  };
  const microUsd = toReservationMicroUsd(call, model.prices);
  const { candidates } = question.value;
  const attempt = turn.calls.length + 1;
  return ok({
    kind: "call",
    prepared: { pick, pickIndex: next.pick, attempt, model, call, microUsd, seal: marks.seal, candidates, past },
  });
}
