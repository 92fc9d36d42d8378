import type { SQL } from "drizzle-orm";
import type { Db } from "./open-db.ts";

/**
 * One statement of written SQL for a batch. The mapper's own raw statements have no prepared form, and its batch binds
 * parameters to just that; so it is put beside them.
 */
export function rawStatement(db: Db, query: SQL) {
  const statement = db.run(query);
  return Object.assign(statement, { stmt: db.$client.prepare(statement.getQuery().sql) });
}
