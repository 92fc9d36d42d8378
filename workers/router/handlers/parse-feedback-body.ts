import type * as z from "zod";
import { fail, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";

/** As parseWith; every fault has the one code that smart-spawn gives a bad body, its message names the field. */
export function parseFeedbackBody<S extends z.ZodType>(schema: S, body: unknown): Result<z.output<S>> {
  const parsed = parseWith(schema, body);
  if (parsed.ok) return parsed;
  const { fault } = parsed;
  return "message" in fault ? fail({ kind: "invalid_body", message: fault.message }) : parsed;
}
