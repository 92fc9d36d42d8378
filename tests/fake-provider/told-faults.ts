import type { FailureClass } from "../../shared/run/model-call.ts";
import { always, type Fault, headOf, html, type Manner, SPEECH } from "./fault.ts";
import { JSON_HEAD, refuse, STREAM_HEAD, type ToldError, toErrorBody, toEvents, type Wire } from "./speech.ts";
import { END, head, type Timeline, write } from "./timeline.ts";

/** An error under its own status, with the fields that each wire format would tell. */
const told = (name: string, failure: FailureClass, error: ToldError & { headers?: Record<string, string> }): Fault => ({
  name,
  play: ({ wire }) => refuse(wire, error, error.headers),
  expected: always(failure),
  sent: error.status >= 500 && error.status !== 503 && error.status !== 529,
});

/** An error object under status 200. */
const inside = (wire: Wire, isStreaming: boolean, error: ToldError): Timeline => {
  const body = JSON.stringify(toErrorBody(wire, error));
  if (!isStreaming) return [head(200, JSON_HEAD), write(body), END];
  const started = toEvents(wire, { ...SPEECH, end: "none" }).map(write);
  return [head(200, STREAM_HEAD), ...started, write(`event: error\ndata: ${body}\n\n`), END];
};

const date = (inMs: number): string => new Date(Date.now() + inMs).toUTCString();
const isOpenAi = ({ wire }: Manner): boolean => wire === "openai";
const isGoogle = ({ wire }: Manner): boolean => wire === "google";

const LIMITED: ToldError = { status: 429, code: 429, type: "rate_limit_error", word: "RESOURCE_EXHAUSTED" };
const RETRY_INFO = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" };

const LIMITS: readonly Fault[] = [
  told("429 without a wait", "rate_limited", LIMITED),
  { ...told("429, seconds", "rate_limited", { ...LIMITED, headers: { "retry-after": "7" } }), waitMs: 7_000 },
  {
    ...told("429, milliseconds", "rate_limited", { ...LIMITED, headers: { "retry-after-ms": "1500" } }),
    waitMs: 1_500,
  },
  {
    ...told("429, date", "rate_limited", LIMITED),
    play: ({ wire }) => refuse(wire, LIMITED, { "retry-after": date(20_000) }),
    waitMs: [1_000, 20_001],
  },
  { ...told("429, past date", "rate_limited", { ...LIMITED, headers: { "retry-after": date(-60_000) } }), waitMs: 0 },
  told("429, unreadable wait", "rate_limited", { ...LIMITED, headers: { "retry-after": "soon" } }),
  {
    ...told("429, a century", "rate_limited", { ...LIMITED, headers: { "retry-after": "999999999" } }),
    waitMs: 86_400_000,
  },
  {
    ...told("429, wait in the body", "rate_limited", { ...LIMITED, details: [RETRY_INFO] }),
    waitMs: 34_500,
    only: isGoogle,
  },
  { name: "429 as HTML", play: () => html(429), expected: always("rate_limited"), sent: false },
  { ...told("429, quota", "quota_exhausted", { status: 429, code: "insufficient_quota" }), only: isOpenAi },
  told("402", "quota_exhausted", { status: 402, code: 402, type: "billing_error" }),
  {
    ...told("402, calls in flight", "rate_limited", {
      status: 402,
      code: 402,
      metadata: { limit_source: "openrouter_in_flight_budget" },
      headers: { "retry-after": "3" },
    }),
    waitMs: 3_000,
    only: isOpenAi,
  },
  {
    ...told("403, key limit", "quota_exhausted", {
      status: 403,
      code: 403,
      metadata: { limit_source: "openrouter_key_limit" },
    }),
    only: isOpenAi,
  },
];

const SERVER: readonly Fault[] = [
  ...[500, 502, 503, 504, 520, 529].map((status) => told(`${status}`, "server_error", { status })),
  ...[500, 502, 503].map(
    (status): Fault => ({
      name: `${status} as HTML`,
      play: () => html(status),
      expected: always("server_error"),
      sent: status !== 503,
    }),
  ),
  { ...told("503 with a wait", "server_error", { status: 503, headers: { "retry-after": "4" } }), waitMs: 4_000 },
  {
    name: "an overload inside a 200",
    play: ({ wire, isStreaming }) =>
      inside(wire, isStreaming, { status: 503, code: 502, type: "overloaded_error", word: "UNAVAILABLE" }),
    expected: always("server_error"),
    sent: true,
  },
  {
    name: "a rate limit inside a 200",
    play: ({ wire, isStreaming }) => inside(wire, isStreaming, LIMITED),
    expected: always("rate_limited"),
    sent: true,
  },
  {
    name: "an error of the choice",
    play: ({ isStreaming }) => {
      const choice = { index: 0, finish_reason: "error", error: { code: 429, message: "server error" } };
      const text = JSON.stringify({ choices: [choice] });
      return [headOf({ wire: "openai", isStreaming }), write(isStreaming ? `data: ${text}\n\n` : text), END];
    },
    expected: always("rate_limited"),
    sent: true,
    only: isOpenAi,
  },
  {
    name: "finish reason error",
    play: ({ isStreaming }) => {
      const said = { content: "half" };
      const choice = { index: 0, finish_reason: "error", ...(isStreaming ? { delta: said } : { message: said }) };
      const text = JSON.stringify({ choices: [choice] });
      return [headOf({ wire: "openai", isStreaming }), write(isStreaming ? `data: ${text}\n\n` : text), END];
    },
    expected: always("server_error"),
    sent: true,
    only: isOpenAi,
  },
];

const CALLER: readonly Fault[] = [
  told("401", "auth", { status: 401, code: "invalid_api_key", type: "authentication_error", word: "UNAUTHENTICATED" }),
  {
    ...told("400, key", "auth", { status: 400, word: "INVALID_ARGUMENT", details: [{ reason: "API_KEY_INVALID" }] }),
    only: isGoogle,
  },
  told("403", "forbidden", { status: 403, code: 403, type: "permission_error", word: "PERMISSION_DENIED" }),
  {
    ...told("403, moderation", "content_filter", {
      status: 403,
      code: 403,
      metadata: { reasons: ["violence"], flagged_input: "..." },
    }),
    only: isOpenAi,
  },
  told("404", "model_not_found", { status: 404, code: 404, type: "not_found_error", word: "NOT_FOUND" }),
  told("400", "invalid_request", { status: 400, code: 400, type: "invalid_request_error", word: "INVALID_ARGUMENT" }),
  told("422", "invalid_request", { status: 422 }),
  told("413", "too_large", { status: 413, code: 413, type: "request_too_large" }),
  {
    // Only the OpenAI-compatible format has a code for it; the others say it in words, which are not read.
    ...told("400, context", "context_overflow", {
      status: 400,
      code: "context_length_exceeded",
      type: "invalid_request_error",
    }),
    expected: ({ wire }) => (wire === "openai" ? "context_overflow" : "invalid_request"),
  },
  {
    ...told("400, context, by OpenRouter", "context_overflow", {
      status: 400,
      code: 400,
      metadata: { error_type: "context_length_exceeded" },
    }),
    only: isOpenAi,
  },
];

/** Faults that the provider tells itself: by a status, or by an error inside an answer. */
export const TOLD_FAULTS: readonly Fault[] = [...LIMITS, ...SERVER, ...CALLER];
