import type { CallFailure, CallOutcome, FailureClass, ModelCall } from "../../shared/run/model-call.ts";
import { type OutsideHead, type Streamed, streamOutside } from "../platform/egress.ts";
import { checkOutsideUrl, type EgressRules } from "../platform/egress-rules.ts";
import { retryAfterMs } from "../platform/retry-after.ts";
import { toUsage } from "./providers/answer-draft.ts";
import { classifyError, mayHaveBilled } from "./providers/classify-failure.ts";
import type { ProviderEndpoint } from "./providers/endpoint.ts";
import { makeAnswerReader, type ReadAnswer } from "./providers/read-answer.ts";
import type { WireError } from "./providers/wire.ts";
import { WIRE_FORMATS } from "./providers/wire-formats.ts";

/** A key and the only place that it may be sent to. */
export interface ProviderKey {
  readonly secret: string;
  /** `host` or `host:port`, lower case. */
  readonly host: string;
}

export interface CallModelDeps {
  readonly endpoints: readonly ProviderEndpoint[];
  /** The key of this tenant for an endpoint; null = none. */
  readonly keyOf: (provider: string) => ProviderKey | null;
  readonly rules: EgressRules;
  readonly nowMs: () => number;
  /** Ends the call at once: its run was canceled, or its lease is lost. */
  readonly cancel: AbortSignal | null;
}

/** A connection that breaks later than this, with no answer yet, may have reached a model that worked. */
const SENT_AFTER_MS = 1_000;
/** What asks for a longer wait than a day gets no more. */
const MOST_RETRY_AFTER_MS = 86_400_000;
/** The longest token of today's vocabularies is a run of 128 blanks: a longer text is of more tokens than are counted. */
const MOST_CHARS_PER_TOKEN = 128;
/** What a header may carry as it is. */
const KEY_PATTERN = /^[\x21-\x7e]{1,1000}$/;

type Failed = Extract<CallOutcome, { ok: false }>;
type FailureFields = Pick<CallFailure, "class" | "sent" | "detail"> & {
  status?: number | null;
  retryAfterMs?: number | null;
};

const failed = ({ status = null, retryAfterMs: waitMs = null, ...fields }: FailureFields): Failed => ({
  ok: false,
  failure: { ...fields, status, retryAfterMs: waitMs },
});

const unsent = (failure: FailureClass, detail: string): Failed => failed({ class: failure, sent: false, detail });

interface Prepared {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The request with its key, which only its own host may get. */
function prepare(call: ModelCall, endpoint: ProviderEndpoint, deps: CallModelDeps): Prepared | Failed {
  const format = WIRE_FORMATS[endpoint.dialect];
  const { path, headers, body } = format.toRequest(call, endpoint);
  const url = checkOutsideUrl(endpoint.baseUrl + path, deps.rules);
  if (!url.ok) return unsent("egress_refused", `the address of ${endpoint.name} may not be called`);
  const key = deps.keyOf(endpoint.name);
  if (key === null && endpoint.needsKey) return unsent("no_key", `no key for ${endpoint.name}`);
  if (key !== null && key.host !== url.value.host) {
    return unsent("egress_refused", `the key of ${endpoint.name} belongs to another host`);
  }
  if (key !== null && !KEY_PATTERN.test(key.secret))
    return unsent("no_key", `the key of ${endpoint.name} is malformed`);
  const accept = endpoint.streaming ? "text/event-stream" : "application/json";
  const own = { "content-type": "application/json", accept, ...headers };
  const keyed = key === null ? own : { ...own, ...format.toKeyHeader(key.secret) };
  return { url: url.value.href, headers: keyed, body: JSON.stringify(body) };
}

/** The wait that was asked for, by header in seconds, milliseconds or as a date, or inside the body. */
function statedWait(headers: Headers, error: WireError | null, nowMs: number): number | null {
  const inMs = headers.get("retry-after-ms") ?? "";
  const waits = [
    retryAfterMs(headers.get("retry-after"), nowMs),
    /^\d{1,12}(\.\d{1,6})?$/.test(inMs) ? Math.ceil(Number(inMs)) : null,
    error?.retryAfterMs ?? null,
  ].filter((wait) => wait !== null);
  return waits.length === 0 ? null : Math.min(MOST_RETRY_AFTER_MS, Math.max(...waits));
}

interface Ending {
  readonly endpoint: ProviderEndpoint;
  /** The call's limit. */
  readonly maxOutputTokens: number;
  readonly streamed: Streamed;
  readonly elapsedMs: number;
  readonly nowMs: number;
}

/** It ended before an answer began. */
function withoutHead({ endpoint, streamed, elapsedMs }: Ending): Failed {
  const name = endpoint.name;
  if (streamed.end === "timeout") return failed({ class: "timeout", sent: true, detail: `${name}: no answer in time` });
  const sent = elapsedMs > SENT_AFTER_MS;
  const detail = `${name}: the connection failed before an answer (${streamed.errorName ?? "no reason"})`;
  return failed({ class: sent ? "network_after_send" : "network", sent, detail });
}

/** The provider says that it failed: by its status, or inside an answer that began well. */
function toldError({ endpoint, nowMs }: Ending, head: OutsideHead, error: WireError | null): Failed {
  const { status, headers } = head;
  const isStatus = status < 200 || status > 299;
  const { class: failure, code } = classifyError(isStatus ? status : null, error);
  const detail = `${endpoint.name} answered ${status}${isStatus ? "" : " with an error inside"}${code === null ? "" : `: ${code}`}`;
  const waitMs = statedWait(headers, error, nowMs);
  return failed({ class: failure, status, retryAfterMs: waitMs, sent: !isStatus || mayHaveBilled(status), detail });
}

/** Ends of a stream that leave nothing to read. */
const BROKEN: Readonly<Partial<Record<Streamed["end"], readonly [FailureClass, string]>>> = {
  timeout: ["timeout", "the answer was not whole in time"],
  idle: ["timeout", "the answer fell silent"],
  network: ["network_after_send", "the connection broke within the answer"],
  too_long: ["output_cap", "the answer is longer than allowed"],
};

/** Why an answer that began well is none. */
function describeBroken(read: ReadAnswer, end: Streamed["end"]): readonly [FailureClass, string] {
  const broken = BROKEN[end];
  if (broken !== undefined) return broken;
  if (read.draft.end === "failed") return ["server_error", "the model broke off with an error"];
  if (read.draft.end === "unusable") return ["bad_response", "the answer ended as no text does"];
  if (read.isBroken) return ["bad_response", "the answer is not JSON"];
  if (read.mode === "events" && read.draft.end === null) {
    return ["stream_ended_early", "the stream ended without saying that it was done"];
  }
  return ["bad_response", "the answer holds no text"];
}

/** An answer whose end was seen is whole, whatever became of the connection afterwards. */
function concludeBody(ending: Ending, head: OutsideHead, read: ReadAnswer): CallOutcome {
  const { draft, error } = read;
  const { end: streamEnd, bytes } = ending.streamed;
  const text = draft.texts.join("");
  const { end } = draft;
  const isAnswer = end !== null && end !== "failed" && end !== "unusable" && (text.trim() !== "" || end !== "complete");
  if (isAnswer) {
    const usage = toUsage(draft.usage, text !== "");
    // Of a bill beyond the limit the books have to know: what is billed as so long is an answer.
    const tokens = Math.max(ending.maxOutputTokens, usage?.completionTokens ?? 0);
    if (text.length <= tokens * MOST_CHARS_PER_TOKEN) return { ok: true, answer: { text, end, usage, bytes } };
    const detail = `${ending.endpoint.name}: the answer is longer than its token limit`;
    return failed({ class: "output_cap", status: head.status, sent: true, detail });
  }
  if (error !== null) return toldError(ending, head, error);
  const [failure, says] = describeBroken(read, streamEnd);
  return failed({ class: failure, status: head.status, sent: true, detail: `${ending.endpoint.name}: ${says}` });
}

/**
 * Makes one call and reads its answer to the end: one request, no retry, nothing kept. Every expected end is a value;
 * see FAILURE_POLICIES for what to do after each failure. Streams are read as they come, under the overall deadline, the
 * idle deadline and the byte cap of the call. No text of prompt, answer, error or key reaches a failure's detail.
 */
export async function callModel(call: ModelCall, deps: CallModelDeps): Promise<CallOutcome> {
  const endpoint = deps.endpoints.find(({ name }) => name === call.provider);
  if (endpoint === undefined) return unsent("no_key", "this provider is not configured");
  if (deps.cancel?.aborted === true) return unsent("canceled", `${endpoint.name}: canceled before it was sent`);
  const prepared = prepare(call, endpoint, deps);
  if ("ok" in prepared) return prepared;
  const reader = makeAnswerReader(WIRE_FORMATS[endpoint.dialect]);
  const startedMs = deps.nowMs();
  const request = {
    ...prepared,
    method: "POST" as const,
    timeoutMs: call.timeoutMs,
    limitBytes: call.byteCap,
    idle: { ms: call.idleMs, nowMs: deps.nowMs },
    cancel: deps.cancel,
  };
  const rules = { ...deps.rules, allowedHosts: [new URL(prepared.url).host] };
  const streamed = await streamOutside(request, rules, reader.take);
  if (!streamed.ok) return unsent("egress_refused", `the address of ${endpoint.name} may not be called`);
  const nowMs = deps.nowMs();
  const { maxOutputTokens } = call;
  const ending: Ending = { endpoint, maxOutputTokens, streamed: streamed.value, elapsedMs: nowMs - startedMs, nowMs };
  const { head, end } = streamed.value;
  if (end === "canceled") {
    return failed({
      class: "canceled",
      status: head?.status ?? null,
      sent: true,
      detail: `${endpoint.name}: canceled`,
    });
  }
  if (head === null) return withoutHead(ending);
  if (end === "redirect") {
    const detail = `${endpoint.name} answered with a redirect`;
    return failed({ class: "redirect_refused", status: head.status, sent: false, detail });
  }
  const read = reader.read(head);
  return read.mode === "error" ? toldError(ending, head, read.error) : concludeBody(ending, head, read);
}
