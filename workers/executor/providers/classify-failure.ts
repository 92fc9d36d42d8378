import type { FailureClass } from "../../../shared/run/model-call.ts";
import type { WireError } from "./wire.ts";

/** Codes that say more than the status they come with. */
const TELLING_CODES: Readonly<Record<string, FailureClass>> = {
  context_length_exceeded: "context_overflow",
  insufficient_quota: "quota_exhausted",
  billing_hard_limit_reached: "quota_exhausted",
  billing_not_active: "quota_exhausted",
  billing_error: "quota_exhausted",
  openrouter_credits: "quota_exhausted",
  openrouter_key_limit: "quota_exhausted",
  openrouter_guardrail_budget: "quota_exhausted",
  openrouter_workspace_budget: "quota_exhausted",
  // Calls under way fill an allowance that empties by itself: a wait, though it comes as a 402.
  openrouter_in_flight_budget: "rate_limited",
  rate_limit_exceeded: "rate_limited",
  content_filter: "content_filter",
  content_policy_violation: "content_filter",
  invalid_api_key: "auth",
  API_KEY_INVALID: "auth",
  model_not_found: "model_not_found",
  request_too_large: "too_large",
};

/** Codes that only repeat a status: read where there is none, as inside a stream. */
const PLAIN_CODES: Readonly<Record<string, FailureClass>> = {
  rate_limit_error: "rate_limited",
  RESOURCE_EXHAUSTED: "rate_limited",
  overloaded_error: "server_error",
  api_error: "server_error",
  server_error: "server_error",
  INTERNAL: "server_error",
  UNAVAILABLE: "server_error",
  timeout_error: "timeout",
  DEADLINE_EXCEEDED: "timeout",
  authentication_error: "auth",
  UNAUTHENTICATED: "auth",
  permission_error: "forbidden",
  PERMISSION_DENIED: "forbidden",
  not_found_error: "model_not_found",
  NOT_FOUND: "model_not_found",
  invalid_request_error: "invalid_request",
  INVALID_ARGUMENT: "invalid_request",
  FAILED_PRECONDITION: "invalid_request",
};

const STATUS_CLASSES: Readonly<Record<number, FailureClass>> = {
  401: "auth",
  402: "quota_exhausted",
  403: "forbidden",
  404: "model_not_found",
  408: "timeout",
  // Conflicts and too-early are the server's own trouble: the same request may pass later.
  409: "server_error",
  413: "too_large",
  425: "server_error",
  429: "rate_limited",
};

function classOfStatus(status: number): FailureClass {
  const listed = STATUS_CLASSES[status];
  if (listed !== undefined) return listed;
  if (status >= 500) return "server_error";
  return status >= 300 && status < 400 ? "redirect_refused" : "invalid_request";
}

const known = (table: Readonly<Record<string, FailureClass>>, codes: readonly string[]): string | undefined =>
  codes.find((code) => Object.hasOwn(table, code));

export interface Classified {
  readonly class: FailureClass;
  /** A code of our own list, for the log; null where none was told. */
  readonly code: string | null;
}

/**
 * The class of an answer that is an error: by a code that says more than its status, by moderation fields, by the
 * status, and inside a 200 by what is left. `status` is null for an error inside an answer that began well.
 */
export function classifyError(status: number | null, error: WireError | null): Classified {
  const codes = error?.codes ?? [];
  const telling = known(TELLING_CODES, codes);
  // Object.hasOwn() has found it, so the fallbacks are never taken.
  if (telling !== undefined) return { class: TELLING_CODES[telling] ?? "server_error", code: telling };
  const told = status ?? error?.status ?? null;
  if (error?.isModerated === true) return { class: "content_filter", code: null };
  const isStatus = told !== null && told >= 300 && told <= 599;
  if (isStatus) return { class: classOfStatus(told), code: null };
  const plain = known(PLAIN_CODES, codes);
  return plain === undefined
    ? { class: "server_error", code: null }
    : { class: PLAIN_CODES[plain] ?? "server_error", code: plain };
}

/** Busy servers that turn a request away before any work. */
const TURNED_AWAY = [503, 529];

/** Whether a provider that answered with this status may have worked, and billed, before it did. */
export const mayHaveBilled = (status: number): boolean =>
  status === 408 || (status >= 500 && !TURNED_AWAY.includes(status));
