import type { Fault } from "../../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../../shared/base/result.ts";

/**
 * drizzle's own message holds the statement with its parameters, which may be a stored prompt: only the cause,
 * D1's message without parameters, may reach a log.
 */
function toDetail(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "the database threw no error object";
  const root = thrown.cause instanceof Error ? thrown.cause : null;
  return root === null ? thrown.name : root.message;
}

const toUnavailable = (what: string, thrown: unknown): Fault => ({
  kind: "unavailable",
  what,
  detail: toDetail(thrown),
});

/** Runs one query or one batch; whatever D1 throws becomes `unavailable`, since a later attempt may succeed. */
export async function tryQuery<T>(what: string, query: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await query());
  } catch (thrown) {
    return fail(toUnavailable(what, thrown));
  }
}
