import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { makeKey } from "../../workers/platform/api-key.ts";
import { apiKeys } from "../../workers/platform/d1/api-keys-tables.ts";
import type { KeyCommand } from "./key-commands.ts";

/** A statement with its parameters apart, as drizzle gives it. */
interface Statement {
  readonly sql: string;
  readonly params: readonly unknown[];
}

/**
 * The `wrangler d1 execute` line that does a command on the deployed database, and the plain key of a `create`.
 * Nothing is sent: whoever has the account's login runs the line.
 */
export async function toRemoteCommand(command: KeyCommand): Promise<string> {
  const { statement, key } = await toStatement(command);
  const sql = inline(statement).replaceAll("'", String.raw`'\''`);
  const line = `npx wrangler d1 execute DB --env router --remote --command '${sql}'`;
  const note = "Run this where you are logged in to the account (untried from here):";
  return key === undefined ? `${note}\n${line}` : `${key}\nThe key is shown once. ${note}\n${line}`;
}

async function toStatement(command: KeyCommand): Promise<{ readonly statement: Statement; readonly key?: string }> {
  const db = drizzle(NO_DATABASE);
  const own = eq(apiKeys.tenantId, command.tenantId);
  if (command.op === "list") return { statement: db.select().from(apiKeys).where(own).toSQL() };
  if (command.op === "revoke") {
    const change = db.update(apiKeys).set({ revokedAtMs: Date.now() });
    return { statement: change.where(and(own, eq(apiKeys.id, command.id))).toSQL() };
  }
  const { key, row } = await makeKey({ ...command, nowMs: Date.now() });
  return {
    key,
    statement: db
      .insert(apiKeys)
      .values({ ...row, scopes: JSON.stringify(row.scopes) })
      .toSQL(),
  };
}

const refuse = (): never => {
  throw new Error("statements are only written here, not run");
};
const NO_DATABASE: D1Database = { prepare: refuse, batch: refuse, exec: refuse, withSession: refuse, dump: refuse };

/** Puts the parameters into the text, since `wrangler d1 execute` takes none. */
function inline({ sql, params }: Statement): string {
  let next = 0;
  return sql.replace(/\?/g, () => {
    const value = params[next++];
    if (value === null || value === undefined) return "NULL";
    return typeof value === "number" ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
  });
}
