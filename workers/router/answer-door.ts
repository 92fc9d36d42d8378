import { type Fault, toDetail } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { Door } from "../../shared/contract/door.ts";
import { DOORS, type DoorName } from "../../shared/contract/doors.ts";
import type { Principal } from "../platform/auth.ts";
import { requireScope } from "../platform/auth.ts";
import {
  bareJsonResponse,
  errorResponse,
  eventStreamResponse,
  jsonResponse,
  writtenResponse,
} from "../platform/http.ts";
import { log } from "../platform/log.ts";
import { readJsonBody, readJsonBytes } from "../platform/read-json-body.ts";
import { callHandler } from "./call-door.ts";
import type { RouterDeps } from "./deps.ts";
import type { HandlerInput, HandlerOutput } from "./handler.ts";
import { HANDLERS } from "./routes.ts";

/** What every request must pass, bound to the deployment by env.ts. */
export interface DoorContext {
  readonly request: Request;
  readonly deps: RouterDeps;
  readonly checkHost: () => Result<void>;
  readonly limitAddress: () => Promise<Result<void>>;
  readonly limitKey: (keyId: string) => Promise<Result<void>>;
  /** `isQuick`: a key that was found a moment ago is not looked up again. */
  readonly authenticate: (door: Pick<Door, "isQuick">) => Promise<Result<Principal>>;
}

interface Incoming {
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
}

/** An issue's text has at most 65,536 characters; with all that GitHub adds a payload stays far under 1 MiB. */
const DELIVERY_LIMIT_BYTES = 1_048_576;

/** GitHub sends a form unless its hook is told otherwise. */
const NO_FORM = fail({
  kind: "unsupported_media_type",
  wanted: "application/json in UTF-8, uncompressed; choose that content type in the sender's settings of this webhook",
});

/** Public doors know nobody; handlers that need a tenant stand behind a scope. */
const NOBODY: Principal = { tenantId: "", keyId: null, scopes: [], anonymous: true };

/**
 * Key, limit, scope. A request with a valid key counts under the key, so that nobody without one can use up its share;
 * anything else, a wrong key too, counts under its address.
 */
async function admit(door: Door, context: DoorContext): Promise<Result<Principal>> {
  if (door.auth === "public" || door.auth === "signature") return ok(NOBODY);
  const principal = await context.authenticate(door);
  const keyId = principal.ok ? principal.value.keyId : null;
  const limited = keyId === null ? await context.limitAddress() : await context.limitKey(keyId);
  if (!limited.ok) return limited;
  if (!principal.ok) return principal;
  const allowed = requireScope(principal.value, door.auth);
  return allowed.ok ? principal : allowed;
}

function readQuery(request: Request): Result<Record<string, string>> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URL(request.url).searchParams) {
    if (Object.hasOwn(query, name) || name === "__proto__") {
      const message = `Cannot read the query: expected each parameter once, ${JSON.stringify(name.slice(0, 60))} is not`;
      return fail({ kind: "invalid_param", field: "query", message });
    }
    query[name] = value;
  }
  return ok(query);
}

/** A delivery is handed on as it came, since its signature is over its bytes. */
async function readBody({ body }: Door, request: Request): Promise<Result<unknown>> {
  if (body === "none") return ok(undefined);
  if (body === "raw") {
    const bytes = await readJsonBytes(request, { limitBytes: DELIVERY_LIMIT_BYTES });
    return bytes.ok || bytes.fault.kind !== "unsupported_media_type" ? bytes : NO_FORM;
  }
  return readJsonBody(request, { optional: body === "optional-json" });
}

async function readInput(door: Door, incoming: Incoming, principal: Principal): Promise<Result<HandlerInput>> {
  const query = readQuery(incoming.request);
  if (!query.ok) return query;
  const body = await readBody(door, incoming.request);
  const header = (name: string): string | null => incoming.request.headers.get(name);
  return body.ok ? ok({ principal, params: incoming.params, query: query.value, body: body.value, header }) : body;
}

async function run(name: DoorName, incoming: Incoming, context: DoorContext): Promise<Result<HandlerOutput>> {
  const door: Door = DOORS[name];
  const host = context.checkHost();
  if (!host.ok) return host;
  const principal = await admit(door, context);
  if (!principal.ok) return principal;
  const input = await readInput(door, incoming, principal.value);
  if (!input.ok) return input;
  const answer = await callHandler(door, HANDLERS[name], { input: input.value, deps: context.deps });
  // Nobody without a secret of ours is let try signatures faster than keys.
  if (door.auth === "signature" && !answer.ok && answer.fault.kind === "forbidden") {
    const limited = await context.limitAddress();
    if (!limited.ok) return limited;
  }
  return answer;
}

function logFault(door: Door, fault: Fault): void {
  const { method, path: route } = door;
  const isOurs = fault.kind === "malformed_data" || fault.kind === "unavailable";
  const how = isOurs ? ({ level: "error", detail: toDetail(fault) } as const) : ({ level: "info" } as const);
  log({ ...how, event: "request_refused", method, route, faultKind: fault.kind });
}

/** Host, limits, key, scope, query, body, handler: the same way in for every door. */
export async function answerDoor(name: DoorName, incoming: Incoming, context: DoorContext): Promise<Response> {
  const door: Door = DOORS[name];
  const answer = await run(name, incoming, context);
  if (!answer.ok) {
    logFault(door, answer.fault);
    return errorResponse(answer.fault);
  }
  if ("written" in answer.value) return writtenResponse(answer.value.written);
  if ("events" in answer.value) return eventStreamResponse(answer.value.events);
  const { isPreview = false, ...said } = answer.value;
  const status = isPreview ? 200 : (door.status ?? 200);
  return door.bare === true ? bareJsonResponse(said.data, status) : jsonResponse({ ...said, status });
}
