import type * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { McpInput, McpToolName } from "../../../shared/contract/mcp.ts";
import type { CallDoor } from "../call-door.ts";
import type { RouterDeps } from "../deps.ts";
import type { HandlerOutput } from "../handler.ts";

/** What a tool may use: the doors in its caller's name, and the way back to the caller while it works. */
export interface ToolWorld {
  readonly call: CallDoor;
  readonly tenantId: string;
  readonly deps: RouterDeps;
  /** Fires when the caller has cancelled or is gone. */
  readonly signal: AbortSignal;
  /** Tells a caller that asked for it how far the work is; `progress` must rise. */
  readonly tell: (progress: number, message: string) => Promise<void>;
}

/** Input that was checked, to an answer of the tool's output schema. */
export type ToolFunction<N extends McpToolName> = (args: McpInput<N>, world: ToolWorld) => Promise<Result<object>>;

type Answered = Result<HandlerOutput>;

/** `data` and `meta` of a door's answer, each checked against its schema. One that does not fit is a bug. */
export function readAnswer<D extends z.ZodType>(answer: Answered, schema: D): Result<z.output<D>> {
  if (!answer.ok) return answer;
  if (!("data" in answer.value)) throw new Error("a door that a tool calls answers no data");
  return ok(schema.parse(answer.value.data));
}

/** `data` as the door gave it, for tools that answer the same. */
export function toSameAnswer(answer: Answered): Result<object> {
  if (!answer.ok) return answer;
  const data = "data" in answer.value ? answer.value.data : undefined;
  if (typeof data !== "object" || data === null) throw new Error("a door that a tool calls answers no object");
  return ok(data);
}
