import { fail, ok, type Result } from "../../shared/base/result.ts";
import { findJsonProblem, type JsonProblem } from "./json-scan.ts";
import { readCapped } from "./read-capped.ts";

export interface BodyLimits {
  readonly limitBytes?: number;
  readonly maxDepth?: number;
  /** With `true` an empty body is `undefined` and needs no content type. */
  readonly optional?: boolean;
}

/** 256 KiB: a long task with its context, and little enough to hold in memory for many requests at once. */
export const BODY_LIMIT_BYTES = 262_144;
export const JSON_DEPTH_LIMIT = 64;

const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

const PROBLEMS: Readonly<Record<JsonProblem, string>> = {
  too_deep: "it is nested too deeply",
  duplicate_key: "an object holds the same key twice",
  forbidden_key: 'the key "__proto__" is not taken',
};

const refuse = (why: string): Result<never> =>
  fail({ kind: "invalid_body", message: `Cannot read the body: ${why}; expected JSON` });

/** The content-length header is believed only when it is too big; otherwise the bytes are counted as they come. */
async function readWhole(request: Request, limitBytes: number): Promise<Result<Uint8Array>> {
  const tooLarge = fail({ kind: "body_too_large", limitBytes });
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) return tooLarge;
  try {
    const bytes = await readCapped(request.body, limitBytes);
    return bytes === null ? tooLarge : ok(bytes);
  } catch {
    // The caller is gone, or sent less than it said.
    return refuse("it broke off");
  }
}

function decode(bytes: Uint8Array): Result<string> {
  try {
    return ok(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    return refuse("it is not UTF-8");
  }
}

/** The bytes of a JSON body as they came; undefined for an empty one where that is let through. Faults: as readJsonBody(). */
export async function readJsonBytes(
  request: Request,
  limits: BodyLimits = {},
): Promise<Result<Uint8Array | undefined>> {
  const { limitBytes = BODY_LIMIT_BYTES, optional = false } = limits;
  const [type, encoding] = [request.headers.get("content-type"), request.headers.get("content-encoding")];
  // A compressed body could be any size once unpacked.
  if (encoding !== null && encoding.toLowerCase() !== "identity") {
    return fail({ kind: "unsupported_media_type", wanted: "application/json without content-encoding" });
  }
  if (type === null ? !optional : !JSON_TYPE.test(type)) {
    return fail({ kind: "unsupported_media_type", wanted: "content-type: application/json in UTF-8" });
  }
  const bytes = await readWhole(request, limitBytes);
  if (!bytes.ok) return bytes;
  if (bytes.value.length === 0) return optional ? ok(undefined) : refuse("it is empty");
  if (type === null) return fail({ kind: "unsupported_media_type", wanted: "content-type: application/json in UTF-8" });
  return bytes;
}

/** What bytes say as JSON. Fault: invalid_body, for what readJsonBody() names. */
export function parseJsonBytes(bytes: Uint8Array, maxDepth: number = JSON_DEPTH_LIMIT): Result<unknown> {
  const text = decode(bytes);
  if (!text.ok) return text;
  const problem = findJsonProblem(text.value, maxDepth);
  if (problem !== null) return refuse(PROBLEMS[problem]);
  try {
    return ok(JSON.parse(text.value));
  } catch {
    return refuse("it is not JSON");
  }
}

/**
 * The request's JSON body. Any text is taken inside strings, NUL included. Faults: unsupported_media_type for a
 * content type other than application/json in UTF-8 or any content encoding; body_too_large; invalid_body for what is
 * empty, not UTF-8, not JSON, nested deeper than `maxDepth`, or holds a key twice or the key `__proto__`.
 */
export async function readJsonBody(request: Request, limits: BodyLimits = {}): Promise<Result<unknown>> {
  const bytes = await readJsonBytes(request, limits);
  if (!bytes.ok) return bytes;
  return bytes.value === undefined ? ok(undefined) : parseJsonBytes(bytes.value, limits.maxDepth);
}
