import { fail, ok, type Result } from "../../shared/base/result.ts";
import { checkOutsideUrl, type EgressRules } from "./egress-rules.ts";

/** The platform's own way out, for EgressRules. */
export const sendOutside: EgressRules["fetch"] = (url, init) => fetch(url, init);

export interface OutsideRequest {
  readonly url: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** For the whole exchange, the last byte included. */
  readonly timeoutMs: number;
  readonly limitBytes: number;
}

export interface OutsideAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a status has to do with a body: a 304 names a body that it does not bring, though it may state its length. */
const NOT_MODIFIED = 304;

const isRedirect = (status: number): boolean => status >= 300 && status < 400 && status !== NOT_MODIFIED;

/** Length that the answer states for its body as it will be read; null where it states none or sends it compressed. */
function statedLength({ status, headers }: OutsideHead): number | null {
  const text = headers.get("content-length") ?? "";
  return status !== NOT_MODIFIED && !headers.has("content-encoding") && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export interface OutsideHead {
  readonly status: number;
  readonly headers: Headers;
}

export interface StreamRequest extends OutsideRequest {
  /** Longest silence once the head is there, by this clock; null = only `timeoutMs` counts. */
  readonly idle: { readonly ms: number; readonly nowMs: () => number } | null;
  /** Ends the exchange from outside: a run that was canceled. */
  readonly cancel: AbortSignal | null;
}

/** Given each piece as it comes; false = it has enough, and the rest is not read. */
export type TakePiece = (piece: Uint8Array, head: OutsideHead) => boolean;

/** `whole`: the body ended by itself, which says nothing of whether it is complete in its own format. */
export type StreamEnd = "whole" | "enough" | "timeout" | "idle" | "canceled" | "network" | "too_long" | "redirect";

export interface Streamed {
  /** null = it ended before an answer began. */
  readonly head: OutsideHead | null;
  readonly end: StreamEnd;
  readonly bytes: number;
  /** Length that the head stated, where it did. */
  readonly statedBytes: number | null;
  /** Of the error that broke it off; null where none did. */
  readonly errorName: string | null;
}

type Halt = "timeout" | "idle" | "canceled";

interface Watch {
  readonly signal: AbortSignal;
  readonly halted: Promise<"halted">;
  readonly why: () => Halt | null;
  /** A piece came: the silence starts anew. */
  readonly touch: () => void;
}

const afterMs = (ms: number, then: () => void): void =>
  AbortSignal.timeout(Math.max(0, ms)).addEventListener("abort", then, { once: true });

/** One signal for all that may end an exchange, and which of them did. One idle timer at a time, not one a piece. */
function watchExchange({ timeoutMs, idle, cancel }: StreamRequest): Watch {
  const controller = new AbortController();
  let [why, touchedMs]: [Halt | null, number | null] = [null, null];
  const halt = (reason: Halt): void => {
    why ??= reason;
    controller.abort();
  };
  afterMs(timeoutMs, () => halt("timeout"));
  if (cancel?.aborted === true) halt("canceled");
  cancel?.addEventListener("abort", () => halt("canceled"), { once: true });
  const checkSilence = (limit: NonNullable<StreamRequest["idle"]>): void => {
    const leftMs = (touchedMs ?? 0) + limit.ms - limit.nowMs();
    if (leftMs <= 0) halt("idle");
    else if (!controller.signal.aborted) afterMs(leftMs, () => checkSilence(limit));
  };
  const touch = (): void => {
    if (idle === null) return;
    const isFirst = touchedMs === null;
    touchedMs = idle.nowMs();
    if (isFirst) checkSilence(idle);
  };
  const halted = new Promise<"halted">((go) => {
    if (controller.signal.aborted) go("halted");
    controller.signal.addEventListener("abort", () => go("halted"), { once: true });
  });
  return { signal: controller.signal, halted, why: () => why, touch };
}

interface Reading {
  readonly response: Response;
  readonly watch: Watch;
  readonly limitBytes: number;
  readonly take: TakePiece;
}

/** Reads until something ends it; a thrown error is the network's. `count.bytes` holds what was read even then. */
async function readPieces(reading: Reading, count: { bytes: number }): Promise<StreamEnd> {
  const { response, watch, limitBytes, take } = reading;
  const stated = statedLength(response);
  const reader = response.body?.getReader();
  const stop = (end: StreamEnd): StreamEnd => {
    // Not awaited: a source that hangs may also hang here.
    reader?.cancel().catch(() => undefined);
    return end;
  };
  if (stated !== null && stated > limitBytes) return stop("too_long");
  watch.touch();
  while (reader !== undefined) {
    const step = await Promise.race([reader.read(), watch.halted]);
    if (step === "halted") return stop(watch.why() ?? "network");
    if (step.done) break;
    watch.touch();
    count.bytes += step.value.byteLength;
    if (count.bytes > limitBytes) return stop("too_long");
    if (!take(step.value, response)) return stop("enough");
  }
  return stated !== null && count.bytes < stated ? "network" : "whole";
}

/**
 * Sends one request to the outside and hands over the answer piece by piece; nothing else in the workers does.
 * Redirects are not followed: they would carry a key to a host that nobody listed. How it ended is a value, also where
 * the network broke it. Fault: forbidden, before anything is sent.
 */
export async function streamOutside(
  request: StreamRequest,
  rules: EgressRules,
  take: TakePiece,
): Promise<Result<Streamed>> {
  const url = checkOutsideUrl(request.url, rules);
  if (!url.ok) return url;
  const { method, headers, body, limitBytes } = request;
  const watch = watchExchange(request);
  const count = { bytes: 0 };
  let head: Response | null = null;
  const ended = (end: StreamEnd, errorName: string | null = null): Result<Streamed> => {
    const statedBytes = head === null ? null : statedLength(head);
    return ok({ head, end, bytes: count.bytes, statedBytes, errorName });
  };
  if (watch.signal.aborted) return ended("canceled");
  try {
    const sent = rules.fetch(url.value.href, { method, headers, body, redirect: "manual", signal: watch.signal });
    const response = await Promise.race([sent, watch.halted]);
    if (response === "halted") {
      sent.then((late) => late.body?.cancel()).catch(() => undefined);
      return ended(watch.why() ?? "network");
    }
    head = response;
    if (!isRedirect(response.status)) return ended(await readPieces({ response, watch, limitBytes, take }, count));
    await response.body?.cancel();
    return ended("redirect");
  } catch (thrown) {
    return ended(watch.why() ?? "network", thrown instanceof Error ? thrown.name : "unknown");
  }
}

const joinPieces = (pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
};

/**
 * The same for an answer that is wanted whole. Any status but a redirect is an answer. Faults: forbidden (host, scheme,
 * redirect); unavailable (network, timeout, a body that breaks off); malformed_data (more than `limitBytes`, stated or
 * read).
 */
export async function fetchOutside(request: OutsideRequest, rules: EgressRules): Promise<Result<OutsideAnswer>> {
  const pieces: Uint8Array[] = [];
  const streamed = await streamOutside({ ...request, idle: null, cancel: null }, rules, (piece) => {
    pieces.push(piece);
    return true;
  });
  if (!streamed.ok) return streamed;
  const { head, end, bytes } = streamed.value;
  if (head !== null && end === "whole") {
    return ok({ status: head.status, headers: head.headers, bytes: joinPieces(pieces, bytes) });
  }
  const { host } = new URL(request.url);
  if (end === "redirect") {
    const message = `Cannot follow host ${host} elsewhere: it answered with a redirect`;
    return fail({ kind: "forbidden", message });
  }
  if (end === "too_long") {
    const detail = `more than ${request.limitBytes} bytes`;
    return fail({ kind: "malformed_data", what: "answer from outside", detail });
  }
  return fail({ kind: "unavailable", what: host, detail: describeBreak(streamed.value, request.timeoutMs) });
}

function describeBreak({ head, end, bytes, statedBytes, errorName }: Streamed, timeoutMs: number): string {
  if (end === "timeout") return `no ${head === null ? "" : "whole "}answer within ${timeoutMs} ms`;
  if (head === null) return errorName ?? "unknown";
  return errorName === null && statedBytes !== null
    ? `broke off after ${bytes} of ${statedBytes} bytes`
    : `broke off after status ${head.status}: ${errorName ?? "unknown"}`;
}
