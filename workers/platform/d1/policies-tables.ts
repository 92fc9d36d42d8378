import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Every version is kept: a receipt names the one it was decided under. */
export const policies = sqliteTable(
  "policies",
  {
    tenantId: text("tenant_id").notNull(),
    version: integer("version").notNull(),
    body: text("body").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.version] })],
);
