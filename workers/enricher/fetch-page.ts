import { fail, ok, type Result } from "../../shared/base/result.ts";
import { fetchOutside, type OutsideAnswer, type OutsideRequest } from "../platform/egress.ts";
import type { EgressRules } from "../platform/egress-rules.ts";
import { retryAfterMs } from "../platform/retry-after.ts";
import { isRetryStatus, UNSTATED_WAIT_MS } from "./retry-wait.ts";

export interface FetchDeps {
  readonly fetch: EgressRules["fetch"];
  /** Lets a source on this machine be asked over http. */
  readonly allowLoopbackHttp: boolean;
  readonly nowMs: () => number;
}

export interface PageRequest {
  readonly url: string;
  readonly allowedHosts: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  /** Of the body in hand; null = there is none. */
  readonly etag: string | null;
  readonly limitBytes: number;
  readonly requestMs: number;
  /** When the whole source must be done. */
  readonly deadlineMs: number;
}

/** A body with its ETag; null = the one in hand still holds. */
export type PageAnswer = { readonly bytes: Uint8Array<ArrayBuffer>; readonly etag: string | null } | null;

const SECOND_MS = 1_000;
/** What took longer to fail is slow, not shaken: a second try would only cost the same again. */
const QUICK_MS = 5_000;
/** Waits are told in seconds, and not beyond a day: a source may ask for a century. */
const MAX_RETRY_AFTER_S = 86_400;

interface Attempt {
  readonly result: Result<PageAnswer>;
  /** Whether asking again at once may help. */
  readonly mayRetry: boolean;
}

/**
 * One page, tried once more at once where its source is broken or out of reach, said so soon, and the deadline allows. Nothing waits
 * here: a source that is busy, or asks for a wait, is left to a later refresh.
 * Faults: rate_limited with the wait (429, and 503 that states one); unavailable (5xx, network, time, a body that breaks
 * off); not_found (404, 410); forbidden (401, 403, a redirect, a host that is not listed); malformed_data (any other
 * status, a page of HTML, too long).
 */
export async function fetchPage(request: PageRequest, deps: FetchDeps): Promise<Result<PageAnswer>> {
  const startMs = deps.nowMs();
  const first = await tryPage(request, deps);
  const nowMs = deps.nowMs();
  if (!first.mayRetry || nowMs - startMs > QUICK_MS || nowMs >= request.deadlineMs) return first.result;
  return (await tryPage(request, deps)).result;
}

async function tryPage(request: PageRequest, deps: FetchDeps): Promise<Attempt> {
  const { url, allowedHosts, requestMs, limitBytes, deadlineMs } = request;
  const leftMs = deadlineMs - deps.nowMs();
  if (leftMs <= 0) {
    const detail = "the time for the whole source is over";
    return { result: fail({ kind: "unavailable", what: "source", detail }), mayRetry: false };
  }
  const headers = { ...request.headers, ...(request.etag === null ? {} : { "if-none-match": request.etag }) };
  const timeoutMs = Math.min(requestMs, leftMs);
  const sent: OutsideRequest = { url, method: "GET", headers, body: null, timeoutMs, limitBytes };
  const rules = { allowedHosts, allowLoopbackHttp: deps.allowLoopbackHttp, fetch: deps.fetch };
  const answer = await fetchOutside(sent, rules);
  const result = answer.ok
    ? readAnswer(answer.value, { url, hasBody: request.etag !== null, nowMs: deps.nowMs() })
    : answer;
  return { result, mayRetry: !result.ok && result.fault.kind === "unavailable" };
}

interface Asked {
  readonly url: string;
  readonly hasBody: boolean;
  readonly nowMs: number;
}

function readAnswer({ status, headers, bytes }: OutsideAnswer, { url, hasBody, nowMs }: Asked): Result<PageAnswer> {
  const { host } = new URL(url);
  const says = `answered ${status}`;
  if (status === 304 && hasBody) return ok(null);
  const statedMs = retryAfterMs(headers.get("retry-after"), nowMs);
  if (status === 429 || (isRetryStatus(status) && statedMs !== null)) {
    const waitS = Math.ceil((statedMs ?? UNSTATED_WAIT_MS) / SECOND_MS);
    return fail({ kind: "rate_limited", retryAfterS: Math.min(waitS, MAX_RETRY_AFTER_S) });
  }
  if (isRetryStatus(status)) return fail({ kind: "unavailable", what: host, detail: says });
  if (status === 404 || status === 410) return fail({ kind: "not_found", what: "source", id: `${host} ${says}` });
  if (status === 401 || status === 403) {
    return fail({ kind: "forbidden", message: `Cannot read the source: ${host} ${says}` });
  }
  if (status !== 200) return fail({ kind: "malformed_data", what: host, detail: says });
  if (looksLikeMarkup(bytes)) return fail({ kind: "malformed_data", what: host, detail: "a page of HTML or XML" });
  return ok({ bytes, etag: headers.get("etag") });
}

/** No format of a source begins with "<"; a gateway's excuse does, whatever type it states. */
function looksLikeMarkup(bytes: Uint8Array): boolean {
  const [BYTE_ORDER_MARK, SPACES, LESS_THAN] = [[0xef, 0xbb, 0xbf], [9, 10, 13, 32], 60];
  const at = bytes.findIndex((byte) => !BYTE_ORDER_MARK.includes(byte) && !SPACES.includes(byte));
  return bytes[at] === LESS_THAN;
}
