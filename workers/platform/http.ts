import type { Fault } from "../../shared/base/fault.ts";
import type { ErrorCode } from "../../shared/contract/error-codes.ts";

/** Stored, and not done yet. */
export const ACCEPTED = 202;

/** JSON is never a page: nothing may run, frame, sniff or keep it. */
const HEADERS = {
  "content-type": "application/json; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** `unavailable` is mostly a database that will be back at once. */
const UNAVAILABLE_RETRY_S = 5;

/** The scheme must not stand alone (RFC 6750, section 3). */
const CHALLENGE = 'Bearer realm="spawnpoint"';

interface HttpError {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What every fault becomes outside. Exhaustive: a new arm of Fault does not compile until it has its line. */
export function toHttpError(fault: Fault): HttpError {
  switch (fault.kind) {
    case "missing_param":
      return { status: 400, code: "MISSING_PARAM", message: fault.message, details: { field: fault.field } };
    case "invalid_param":
      return { status: 400, code: "INVALID_PARAM", message: fault.message, details: { field: fault.field } };
    case "invalid_body":
      return { status: 400, code: "INVALID_BODY", message: fault.message };
    case "invalid_document":
      return { status: 400, code: "INVALID_BODY", message: fault.message, details: { issues: fault.issues } };
    case "models_exhausted": {
      const details = { state: "WAITING_APPROVAL", tried: fault.tried };
      return { status: 422, code: "NO_MODEL", message: fault.message, details };
    }
    case "unauthorized": {
      const message =
        "A valid key is needed: Authorization: Bearer sp_... (npm run key, where the service runs, makes one)";
      return { status: 401, code: "UNAUTHORIZED", message, headers: { "www-authenticate": CHALLENGE } };
    }
    case "forbidden":
      return { status: 403, code: "FORBIDDEN", message: fault.message };
    case "conflict":
      return { status: 409, code: "CONFLICT", message: fault.message };
    case "key_reused":
      return { status: 422, code: "KEY_REUSED", message: fault.message };
    case "no_model": {
      const details = { emptied_by: fault.emptiedBy, before: fault.before };
      return { status: 404, code: "NO_MODEL", message: fault.message, details };
    }
    case "malformed_data":
      return { status: 500, code: "INTERNAL", message: "Something that is stored here cannot be read" };
    default:
      return toHttpErrorOfState(fault);
  }
}

type PlainKind =
  | "missing_param"
  | "invalid_param"
  | "invalid_body"
  | "invalid_document"
  | "models_exhausted"
  | "unauthorized"
  | "forbidden"
  | "conflict"
  | "key_reused"
  | "no_model"
  | "malformed_data";

/** The second half of the switch: arms whose message is made here. */
function toHttpErrorOfState(fault: Exclude<Fault, { readonly kind: PlainKind }>): HttpError {
  switch (fault.kind) {
    case "not_found": {
      const where = fault.what === "path" ? "; GET /openapi.json lists all there are" : "";
      return { status: 404, code: "NOT_FOUND", message: `Cannot find ${fault.what} ${quote(fault.id)}${where}` };
    }
    case "method_not_allowed": {
      const allow = fault.allow.join(", ");
      const message = `This path takes ${allow}`;
      return { status: 405, code: "METHOD_NOT_ALLOWED", message, headers: { allow } };
    }
    case "body_too_large": {
      const message = `Cannot read the body: it is larger than ${fault.limitBytes} bytes`;
      return { status: 413, code: "BODY_TOO_LARGE", message, details: { limit_bytes: fault.limitBytes } };
    }
    case "unsupported_media_type":
      return { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: `Cannot read the body: expected ${fault.wanted}` };
    case "host_not_allowed": {
      const message =
        "Cannot answer under this Host: expected localhost, 127.0.0.1, [::1] or the address it listens on";
      return { status: 421, code: "HOST_NOT_ALLOWED", message };
    }
    case "no_candidates": {
      const why =
        fault.emptiedBy === "provider_state"
          ? " (no provider of theirs can be called: no key, which PUT /api/providers/:name/key stores, or it keeps failing)"
          : "";
      const message = `No model is left: of ${fault.before} none passed the filter ${fault.emptiedBy}${why}`;
      const details = { emptied_by: fault.emptiedBy, before: fault.before };
      return { status: 422, code: "NO_MODEL", message, details };
    }
    case "rate_limited": {
      const headers = { "retry-after": String(fault.retryAfterS) };
      const message = `Too many requests: try again in ${fault.retryAfterS} s`;
      return { status: 429, code: "RATE_LIMITED", message, details: { retry_after_s: fault.retryAfterS }, headers };
    }
    case "unavailable": {
      const headers = { "retry-after": String(UNAVAILABLE_RETRY_S) };
      return { status: 503, code: "UNAVAILABLE", message: `Not available now: ${fault.what}`, headers };
    }
  }
}

const QUOTE_MAX_CHARS = 60;

const quote = (id: string): string =>
  JSON.stringify(id.length > QUOTE_MAX_CHARS ? `${id.slice(0, QUOTE_MAX_CHARS)}…` : id);

function toResponse(
  body: unknown,
  init: { readonly status: number; readonly headers?: HttpError["headers"] },
): Response {
  return new Response(JSON.stringify(body), { status: init.status, headers: { ...HEADERS, ...init.headers } });
}

/** `{error:{code,message,details?}}` with the fault's status and headers. */
export function errorResponse(fault: Fault): Response {
  const { status, code, message, details, headers } = toHttpError(fault);
  const error = details === undefined ? { code, message } : { code, message, details };
  return toResponse({ error }, headers === undefined ? { status } : { status, headers });
}

/** What a caught bug shows: nothing of itself. */
export const INTERNAL_MESSAGE = "Something went wrong here";

export const internalErrorResponse = (): Response =>
  toResponse({ error: { code: "INTERNAL" satisfies ErrorCode, message: INTERNAL_MESSAGE } }, { status: 500 });

/** `{data, meta?}`. */
export function jsonResponse(answer: {
  readonly data: unknown;
  readonly meta?: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}): Response {
  const { data, meta, status = 200, headers = {} } = answer;
  return toResponse(meta === undefined ? { data } : { data, meta }, { status, headers });
}

/** One JSON value a line; `cursor` is where the next page begins. */
export const linesResponse = (lines: string, cursor: string | null): Response =>
  new Response(lines, {
    headers: {
      ...HEADERS,
      "content-type": "application/x-ndjson; charset=utf-8",
      ...(cursor === null ? {} : { "x-next-cursor": cursor }),
    },
  });

/** Server-sent events as they come; nothing between here and the reader may hold them back. */
export const eventStreamResponse = (events: ReadableStream<Uint8Array>): Response =>
  new Response(events, {
    headers: { ...HEADERS, "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" },
  });

/** What a protocol's own library wrote: its status, content type and body, our other headers. */
export function writtenResponse(written: Response): Response {
  const headers = new Headers(written.headers);
  for (const [name, value] of Object.entries(HEADERS)) {
    if (name !== "content-type" || !headers.has(name)) headers.set(name, value);
  }
  return new Response(written.body, { status: written.status, headers });
}

/** JSON without the envelope, for the doors whose shape is fixed elsewhere. */
export const bareJsonResponse = (body: unknown, status = 200): Response => toResponse(body, { status });
