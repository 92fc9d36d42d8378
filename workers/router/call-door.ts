import type { Result } from "../../shared/base/result.ts";
import type { Door } from "../../shared/contract/door.ts";
import { DOORS, type DoorName } from "../../shared/contract/doors.ts";
import { requireScope } from "../platform/auth.ts";
import type { RouterDeps } from "./deps.ts";
import type { Handler, HandlerInput, HandlerOutput } from "./handler.ts";

/** A run moves no pick; what becomes of it does, and that is feedback. */
const MOVES_PICKS: ReadonlySet<Door["auth"]> = new Set(["feedback", "approve", "admin"]);

/** What one door does for a caller whose scope is known, and what becomes out of date by it. */
export async function callHandler(
  { auth }: Door,
  handler: Handler,
  { input, deps }: { readonly input: HandlerInput; readonly deps: RouterDeps },
): Promise<Result<HandlerOutput>> {
  const answer = await handler(input, deps);
  // Feedback, a verdict, a policy: what picks of this tenant rest on may be another now, also where the answer is a fault.
  if (MOVES_PICKS.has(auth)) deps.forgetTenant(input.principal.tenantId);
  return answer;
}

/** Goes through another door in the name of the same caller: its scope, its handler, its rules. */
export type CallDoor = (
  name: DoorName,
  asked?: {
    readonly params?: HandlerInput["params"];
    readonly query?: HandlerInput["query"];
    readonly body?: unknown;
    readonly headers?: Readonly<Record<string, string>>;
  },
) => Promise<Result<HandlerOutput>>;

/** The doors behind a surface, for one caller. Faults: unauthorized or forbidden by scope, and those of the handler. */
export const toCallDoor =
  (
    handlers: Readonly<Partial<Record<DoorName, Handler>>>,
    caller: { readonly principal: HandlerInput["principal"]; readonly deps: RouterDeps },
  ): CallDoor =>
  async (name, { params = {}, query = {}, body, headers = {} } = {}) => {
    const door: Door = DOORS[name];
    const handler = handlers[name];
    if (handler === undefined || door.auth === "public" || door.auth === "signature")
      throw new Error(`a surface cannot go through the door ${name}`);
    const allowed = requireScope(caller.principal, door.auth);
    if (!allowed.ok) return allowed;
    const header = (wanted: string): string | null => headers[wanted] ?? null;
    const input = { principal: caller.principal, params, query, body, header };
    return callHandler(door, handler, { input, deps: caller.deps });
  };
