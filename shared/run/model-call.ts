import type { Effort } from "../catalog/model.ts";

/** Who speaks. Instructions of ours are `system`; everything that a task or a model wrote is `user` or `assistant`. */
export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly text: string;
}

/** One request to one model, as data: no key, no host, no wire format. */
export interface ModelCall {
  /** Name of a configured endpoint (openrouter, anthropic, google, openai, or one that the deployment added). */
  readonly provider: string;
  /** Catalogue id, such as `openai/gpt-5.2`; the endpoint's own name for it is made from this. */
  readonly model: string;
  readonly effort: Effort;
  readonly messages: readonly ChatMessage[];
  /** Sent as the provider's limit, thinking included, so that a reservation made from it holds. */
  readonly maxOutputTokens: number;
  readonly temperature: number | null;
  /** JSON Schema that the answer's text must fit; null = free text. */
  readonly jsonSchema: object | null;
  /** For the whole call, the last byte included. */
  readonly timeoutMs: number;
  /** Longest silence between two pieces of the answer. */
  readonly idleMs: number;
  /** Most bytes of body that are read. */
  readonly byteCap: number;
}

/** Tokens as the provider counted them. */
export interface CallUsage {
  /** All input tokens, the cached ones among them. */
  readonly promptTokens: number;
  readonly cachedPromptTokens: number;
  /** All billed output tokens, hidden reasoning among them. */
  readonly completionTokens: number;
}

/** How an answer ended; only `complete` is a whole one. */
export const ANSWER_ENDS = ["complete", "length", "content_filter", "refusal"] as const;
export type AnswerEnd = (typeof ANSWER_ENDS)[number];

export interface ModelAnswer {
  readonly text: string;
  readonly end: AnswerEnd;
  /** null = the provider reported none, or counts that cannot be: the call is then settled at its reservation. */
  readonly usage: CallUsage | null;
  /** Bytes of body that were read. */
  readonly bytes: number;
}

/** Why a call brought no answer. Read from statuses, typed bodies and the state of the stream, never from a message. */
export const FAILURE_CLASSES = [
  "rate_limited",
  // For longer than is waited while others can be asked: said by the engine, of a limit that states its wait.
  "rate_limited_long",
  "quota_exhausted",
  "server_error",
  "timeout",
  "network",
  "network_after_send",
  "stream_ended_early",
  "bad_response",
  "context_overflow",
  "content_filter",
  "auth",
  "forbidden",
  "model_not_found",
  "invalid_request",
  "too_large",
  "redirect_refused",
  "output_cap",
  "egress_refused",
  "no_key",
  "canceled",
] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

export interface CallFailure {
  readonly class: FailureClass;
  /** Of the HTTP answer; null where there was none. */
  readonly status: number | null;
  /** The wait that the provider asked for, not capped; null = none stated. */
  readonly retryAfterMs: number | null;
  /** Whether the provider may have worked, and billed: such a call is settled at its reservation, never at nothing. */
  readonly sent: boolean;
  /** For the log: our own words, a status and a field's closed code at most; never prompt, answer or key. */
  readonly detail: string;
}

export type CallOutcome =
  | { readonly ok: true; readonly answer: ModelAnswer }
  | { readonly ok: false; readonly failure: CallFailure };

/** What to do after a failure. */
export interface FailurePolicy {
  /** How often the same call may be made again: every retry is a new call with a reservation of its own. */
  readonly retries: number;
  /** Who else may be asked: nobody, any fallback of the decision, one with a larger window, or one other provider. */
  readonly next: "fail" | "fallback" | "larger_window" | "one_other_provider";
  /** Whether this key is to be left alone for a while (its circuit opens). */
  readonly opensCircuit: boolean;
}

const policy = (retries: number, next: FailurePolicy["next"], opensCircuit = false): FailurePolicy => ({
  retries,
  next,
  opensCircuit,
});

/** Retries are few: whoever asked waits, and a second model is the better second try. */
export const FAILURE_POLICIES: Readonly<Record<FailureClass, FailurePolicy>> = {
  rate_limited: policy(2, "fallback"),
  rate_limited_long: policy(0, "fallback"),
  quota_exhausted: policy(0, "fallback", true),
  server_error: policy(2, "fallback"),
  timeout: policy(1, "fallback"),
  network: policy(2, "fallback"),
  network_after_send: policy(1, "fallback"),
  stream_ended_early: policy(1, "fallback"),
  bad_response: policy(1, "fallback"),
  context_overflow: policy(0, "larger_window"),
  content_filter: policy(0, "one_other_provider"),
  auth: policy(0, "fallback", true),
  forbidden: policy(0, "fail"),
  model_not_found: policy(0, "fallback"),
  invalid_request: policy(0, "fail"),
  too_large: policy(0, "fail"),
  redirect_refused: policy(0, "fail"),
  output_cap: policy(0, "fail"),
  egress_refused: policy(0, "fail"),
  no_key: policy(0, "fallback"),
  canceled: policy(0, "fail"),
};
