import { getTableColumns, type InferInsertModel, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/**
 * `SELECT <row's values> WHERE condition`, for `insert(table).select(...)`: the row lands only if the condition holds
 * inside the same transaction, which is how a batch makes one statement depend on another.
 */
export function selectRow<T extends SQLiteTable>(table: T, row: Required<InferInsertModel<T>>, condition: SQL): SQL {
  const values = new Map(Object.entries(row));
  const parameters = Object.entries(getTableColumns(table)).map(
    ([key, column]) => sql`${sql.param(values.get(key) ?? null, column)}`,
  );
  return sql`select ${sql.join(parameters, sql`, `)} where ${condition}`;
}
