import { fail, ok, type Result } from "../../../shared/base/result.ts";

/** drizzle wraps what D1 threw, and its own message holds the statement with its parameters. */
const toRoot = (thrown: unknown): unknown =>
  thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;

/** Our own mistakes: thrown by the language, never by the database. */
const isBug = (root: unknown): boolean =>
  root instanceof TypeError || root instanceof ReferenceError || root instanceof RangeError;

/**
 * Runs one query or one batch. What D1 throws becomes `unavailable`, since a later attempt may succeed; only D1's own
 * message, which holds no parameters, goes into `detail`, as a parameter may be a stored prompt. Bugs throw on.
 */
export async function tryQuery<T>(what: string, query: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await query());
  } catch (thrown) {
    const root = toRoot(thrown);
    if (isBug(root)) throw root;
    const detail = root instanceof Error && root.message.startsWith("D1_") ? root.message : "the database failed";
    return fail({ kind: "unavailable", what, detail });
  }
}
