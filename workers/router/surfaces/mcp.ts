import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { DoorName } from "../../../shared/contract/doors.ts";
import { toCallDoor } from "../call-door.ts";
import type { Handler, HandlerInput } from "../handler.ts";

/** What the protocol reads of a request beside its body. */
const HEADERS = ["accept", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name"];

/**
 * A page in a browser sends its origin, and only pages of this very host may speak to it: a key that a page got hold of,
 * or a name rebound to this address, would otherwise act for its owner. Callers that are no page send none.
 */
function checkOrigin({ header }: HandlerInput): Result<void> {
  const origin = header("origin");
  if (origin === null) return ok(undefined);
  if (URL.canParse(origin) && new URL(origin).host === header("host")?.toLowerCase()) return ok(undefined);
  return fail({ kind: "forbidden", message: "Cannot answer a page of another site" });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether a tool was asked to wait. */
function isLong(message: unknown): boolean {
  const params = isObject(message) ? message.params : undefined;
  const args = isObject(params) ? params.arguments : undefined;
  return isObject(args) && typeof args.wait_s === "number" && args.wait_s > 0;
}

function toRequest({ header }: HandlerInput): Request {
  const headers = new Headers();
  for (const name of HEADERS) {
    const value = header(name);
    if (value !== null) headers.set(name, value);
  }
  // The message was read and checked already; where it came to is no business of the protocol's.
  return new Request("https://spawnpoint.invalid/mcp", { method: "POST", headers });
}

/**
 * POST /mcp: the doors as tools. Every tool goes through the door of its own, so that scope, tenant, limits and rules are
 * those of HTTP. The protocol's library is loaded with the first message: a worker that never hears one need not.
 */
export const makeMcpHandler =
  (handlers: Readonly<Partial<Record<DoorName, Handler>>>): Handler =>
  async (input, deps) => {
    const origin = checkOrigin(input);
    if (!origin.ok) return origin;
    const { body: message, principal } = input;
    if (!isObject(message)) {
      // A batch would be many calls that count as one.
      return fail({ kind: "invalid_body", message: "Cannot read the body: expected one JSON-RPC message" });
    }
    const { answerMessage } = await import("./mcp-server.ts");
    const call = toCallDoor(handlers, { principal, deps });
    return ok({
      written: await answerMessage({
        request: toRequest(input),
        message,
        isLong: isLong(message),
        principal,
        deps,
        call,
      }),
    });
  };
