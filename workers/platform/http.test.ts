import { describe, expect, test } from "vitest";
import type { Fault, FaultKind } from "../../shared/base/fault.ts";
import { ERROR_CODES } from "../../shared/contract/error-codes.ts";
import { errorResponse, internalErrorResponse, jsonResponse } from "./http.ts";

const SECRET = "SQLITE_CORRUPT at row 7";

/** One fault of every arm; a new arm does not compile without its line here. */
const FAULTS: { readonly [K in FaultKind]: { readonly fault: Fault & { kind: K }; readonly wire: string } } = {
  missing_param: { fault: { kind: "missing_param", field: "task", message: "m" }, wire: "400 MISSING_PARAM" },
  invalid_param: { fault: { kind: "invalid_param", field: "task", message: "m" }, wire: "400 INVALID_PARAM" },
  invalid_body: { fault: { kind: "invalid_body", message: "m" }, wire: "400 INVALID_BODY" },
  invalid_document: {
    fault: { kind: "invalid_document", message: "m", issues: [{ path: "/roles", code: "c", message: "m" }] },
    wire: "400 INVALID_BODY",
  },
  models_exhausted: { fault: { kind: "models_exhausted", message: "m", tried: [] }, wire: "422 NO_MODEL" },
  body_too_large: { fault: { kind: "body_too_large", limitBytes: 9 }, wire: "413 BODY_TOO_LARGE" },
  unsupported_media_type: {
    fault: { kind: "unsupported_media_type", wanted: "json" },
    wire: "415 UNSUPPORTED_MEDIA_TYPE",
  },
  unauthorized: { fault: { kind: "unauthorized" }, wire: "401 UNAUTHORIZED" },
  forbidden: { fault: { kind: "forbidden", message: "m" }, wire: "403 FORBIDDEN" },
  not_found: { fault: { kind: "not_found", what: "decision", id: "x".repeat(500) }, wire: "404 NOT_FOUND" },
  method_not_allowed: {
    fault: { kind: "method_not_allowed", allow: ["GET", "PUT"] },
    wire: "405 METHOD_NOT_ALLOWED",
  },
  key_reused: { fault: { kind: "key_reused", message: "m" }, wire: "422 KEY_REUSED" },
  conflict: { fault: { kind: "conflict", message: "m" }, wire: "409 CONFLICT" },
  host_not_allowed: { fault: { kind: "host_not_allowed" }, wire: "421 HOST_NOT_ALLOWED" },
  no_candidates: { fault: { kind: "no_candidates", emptiedBy: "band", before: 7 }, wire: "422 NO_MODEL" },
  no_model: { fault: { kind: "no_model", message: "m", emptiedBy: "band", before: 7 }, wire: "404 NO_MODEL" },
  rate_limited: { fault: { kind: "rate_limited", retryAfterS: 60 }, wire: "429 RATE_LIMITED" },
  unavailable: { fault: { kind: "unavailable", what: "read key", detail: SECRET }, wire: "503 UNAVAILABLE" },
  malformed_data: { fault: { kind: "malformed_data", what: "core", detail: SECRET }, wire: "500 INTERNAL" },
};

describe("errorResponse()", () => {
  test.each(Object.entries(FAULTS))("maps %s to its status and code", async (_kind, { fault, wire }) => {
    const response = errorResponse(fault);
    const text = await response.text();
    const body = JSON.parse(text);
    expect(`${response.status} ${body.error.code}`).toBe(wire);
    expect(text).not.toContain(SECRET);
    expect(body.error.message.length).toBeLessThan(200);
  });

  test("uses every code of the closed list", () => {
    const used = Object.values(FAULTS).map(({ wire }) => wire.slice(4));
    expect([...new Set(used)].sort()).toEqual([...ERROR_CODES].sort());
  });

  test("sends the headers that the status asks for", () => {
    const header = (kind: FaultKind, name: string) => errorResponse(FAULTS[kind].fault).headers.get(name);
    expect(header("unauthorized", "www-authenticate")).toBe('Bearer realm="spawnpoint"');
    expect(header("method_not_allowed", "allow")).toBe("GET, PUT");
    expect(header("rate_limited", "retry-after")).toBe("60");
  });
});

test.each([
  jsonResponse({ data: 1 }),
  internalErrorResponse(),
])("every answer is JSON with safe headers", (response) => {
  expect(Object.fromEntries(response.headers)).toEqual({
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
});

test("jsonResponse() leaves meta out when there is none", async () => {
  expect(await jsonResponse({ data: [] }).json()).toEqual({ data: [] });
  expect(await jsonResponse({ data: null, meta: { n: 1 } }).json()).toEqual({ data: null, meta: { n: 1 } });
});

describe("messages for a beginner", () => {
  const messageOf = async (fault: Fault): Promise<string> =>
    ((await errorResponse(fault).json()) as { error: { message: string } }).error.message;

  test("errorResponse() says where a key, a provider's key and the paths come from", async () => {
    expect(await messageOf({ kind: "unauthorized" })).toContain("npm run key");
    expect(await messageOf({ kind: "no_candidates", emptiedBy: "provider_state", before: 7 })).toContain(
      "PUT /api/providers/:name/key",
    );
    expect(await messageOf({ kind: "not_found", what: "path", id: "/" })).toContain("/openapi.json");
    expect(await messageOf({ kind: "not_found", what: "run", id: "run_1" })).not.toContain("/openapi.json");
  });
});
