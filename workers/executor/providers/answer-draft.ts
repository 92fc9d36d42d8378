import type { AnswerEnd, CallUsage } from "../../../shared/run/model-call.ts";
import type { RawUsage, WireError, WireEvent } from "./wire.ts";

/** An answer as far as it has come. */
export interface AnswerDraft {
  readonly texts: string[];
  end: AnswerEnd | "unusable" | "failed" | null;
  usage: RawUsage;
  error: WireError | null;
  isDone: boolean;
}

export const makeDraft = (): AnswerDraft => ({ texts: [], end: null, usage: {}, error: null, isDone: false });

export function addEvent(draft: AnswerDraft, event: WireEvent): void {
  switch (event.kind) {
    case "text":
      draft.texts.push(event.text);
      return;
    case "end":
      // A refusal is followed by an ordinary stop; the telling one of the two counts.
      if (draft.end === null || draft.end === "complete") draft.end = event.end;
      return;
    case "usage":
      draft.usage = { ...draft.usage, ...event.usage };
      return;
    case "error":
      draft.error ??= event.error;
      return;
    case "done":
      draft.isDone = true;
  }
}

/** No call of any model comes near: counts above are an error of the provider's. */
const MOST_TOKENS = 100_000_000;

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;

/**
 * The usage, if it can be true: whole numbers, some input, no more of it cached than there is, and some output where
 * there is text. Otherwise null, so that nobody settles by it.
 */
export function toUsage(raw: RawUsage, hasText: boolean): CallUsage | null {
  const { promptTokens, cachedPromptTokens, completionTokens } = raw;
  if (!isCount(promptTokens) || !isCount(cachedPromptTokens) || !isCount(completionTokens)) return null;
  if (promptTokens === 0 || cachedPromptTokens > promptTokens) return null;
  return hasText && completionTokens === 0 ? null : { promptTokens, cachedPromptTokens, completionTokens };
}
