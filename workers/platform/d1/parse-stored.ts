import type * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";

/** Checks a stored value against its schema; `what` names it in the log. Fault: malformed_data. */
export function parseStored<T>(schema: z.ZodType<T>, what: string, value: unknown): Result<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  // The path and the rule only: a stored value may be private.
  const detail = issue === undefined ? "unreadable" : `${issue.path.map(String).join(".")}: ${issue.code}`;
  return fail({ kind: "malformed_data", what, detail });
}

/** The same for a column that holds JSON text. */
export function parseStoredJson<T>(schema: z.ZodType<T>, what: string, text: string): Result<T> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail({ kind: "malformed_data", what, detail: "not JSON" });
  }
  return parseStored(schema, what, value);
}
