import { getTableColumns, type InferInsertModel, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/**
 * `INSERT INTO table (...) SELECT ... WHERE condition`: the row lands only if the condition holds inside the same
 * transaction, which is how a batch makes one statement depend on another. A conflict clause may follow it.
 */
export function insertWhere<T extends SQLiteTable>(table: T, row: Required<InferInsertModel<T>>, condition: SQL): SQL {
  const values = new Map(Object.entries(row));
  const columns = Object.entries(getTableColumns(table));
  const names = columns.map(([, column]) => sql.identifier(column.name));
  const parameters = columns.map(([key, column]) => sql`${sql.param(values.get(key) ?? null, column)}`);
  const [nameList, valueList] = [sql.join(names, sql`, `), sql.join(parameters, sql`, `)];
  return sql`insert into ${table} (${nameList}) select ${valueList} where ${condition}`;
}
