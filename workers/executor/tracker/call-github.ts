import type * as z from "zod";
import type { Fault } from "../../../shared/base/fault.ts";
import type { TrackerFailure } from "../../../shared/contract/webhooks.ts";
import { fetchOutside, type OutsideAnswer, type OutsideRequest } from "../../platform/egress.ts";
import { checkOutsideUrl, type EgressRules } from "../../platform/egress-rules.ts";
import { retryAfterMs } from "../../platform/retry-after.ts";

export interface GithubCall {
  readonly method: OutsideRequest["method"];
  /** Behind the base address, parts that hold a name already encoded. */
  readonly path: string;
  readonly body?: unknown;
}

/** Where and as whom GitHub is called. */
export interface GithubAccess {
  readonly baseUrl: string;
  readonly token: string;
  readonly rules: EgressRules;
  readonly nowMs: () => number;
}

export type GithubAnswer =
  | { readonly ok: true; readonly json: unknown }
  /** `waitMs`: how long GitHub says to wait; null = it does not say. */
  | { readonly ok: false; readonly failure: TrackerFailure; readonly waitMs: number | null };

/** Version of the REST interface whose shapes are read here. */
const API_VERSION = "2022-11-28";
const TIMEOUT_MS = 10_000;
/** A page of a hundred comments of the longest kind is 6.5 MB; ours stand among ordinary ones. */
const LIMIT_BYTES = 8_388_608;
/** What GitHub asks for where a limit says nothing of its end. */
const LIMITED_WAIT_MS = 60_000;

const failed = (failure: TrackerFailure, waitMs: number | null = null): GithubAnswer => ({
  ok: false,
  failure,
  waitMs,
});

/** Until a limit ends: Retry-After, else the time at which the hour's share is whole again. null = no limit is told of. */
function toLimitedMs(headers: Headers, nowMs: number): number | null {
  const after = retryAfterMs(headers.get("retry-after"), nowMs);
  if (after !== null) return after;
  if (headers.get("x-ratelimit-remaining") !== "0") return null;
  const reset = headers.get("x-ratelimit-reset") ?? "";
  return /^\d{1,12}$/.test(reset) ? Math.max(0, Number(reset) * 1_000 - nowMs) : LIMITED_WAIT_MS;
}

/** GitHub says "not allowed" and "too much at once" with one status; the headers tell them apart. */
function toFailed(code: number, headers: Headers, nowMs: number): GithubAnswer {
  if (code >= 500) return failed("unavailable", retryAfterMs(headers.get("retry-after"), nowMs));
  if (code === 403 || code === 429) {
    const limitedMs = toLimitedMs(headers, nowMs);
    if (limitedMs !== null || code === 429) return failed("rate_limited", limitedMs ?? LIMITED_WAIT_MS);
    return failed("forbidden");
  }
  if (code === 401) return failed("auth");
  return failed(code === 404 || code === 410 ? "not_found" : "invalid");
}

/** No answer to go by. An address that may be called is refused for a redirect alone: a repository that was renamed. */
const toBroken = ({ kind }: Fault): TrackerFailure =>
  kind === "unavailable" ? "unavailable" : kind === "forbidden" ? "moved" : "invalid";

function toJson({ bytes }: OutsideAnswer): GithubAnswer {
  if (bytes.length === 0) return { ok: true, json: null };
  try {
    return { ok: true, json: JSON.parse(new TextDecoder().decode(bytes)) };
  } catch {
    // A gateway in between: what was asked for may have been done, and doing it again is harmless.
    return failed("unavailable");
  }
}

/** One call of GitHub's REST interface. Whatever goes wrong is a class of failure; nothing of the answer's words is kept. */
export async function callGithub({ method, path, body }: GithubCall, access: GithubAccess): Promise<GithubAnswer> {
  const { baseUrl, token, rules, nowMs } = access;
  const headers = {
    accept: "application/vnd.github+json",
    authorization: `Bearer ${token}`,
    "user-agent": "spawnpoint",
    "x-github-api-version": API_VERSION,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  const sent = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const limits = { timeoutMs: TIMEOUT_MS, limitBytes: LIMIT_BYTES };
  const url = `${baseUrl}${path}`;
  if (!checkOutsideUrl(url, rules).ok) return failed("forbidden");
  const answer = await fetchOutside({ url, ...sent, ...limits }, rules);
  if (!answer.ok) return failed(toBroken(answer.fault));
  const { status: code } = answer.value;
  return code >= 200 && code <= 299 ? toJson(answer.value) : toFailed(code, answer.value.headers, nowMs());
}

/** The same, with the answer read by a schema; one that does not fit is `invalid`. */
export async function readGithub<T>(
  call: GithubCall,
  schema: z.ZodType<T>,
  access: GithubAccess,
): Promise<{ readonly ok: true; readonly value: T } | Extract<GithubAnswer, { readonly ok: false }>> {
  const answer = await callGithub(call, access);
  if (!answer.ok) return answer;
  const parsed = schema.safeParse(answer.json);
  return parsed.success ? { ok: true, value: parsed.data } : { ok: false, failure: "invalid", waitMs: null };
}
