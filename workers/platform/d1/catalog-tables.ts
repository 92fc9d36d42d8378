import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One whole catalogue each; never deleted, because receipts name it by version. */
export const catalogSnapshots = sqliteTable("catalog_snapshots", {
  version: text("version").primaryKey(),
  generatedAt: text("generated_at").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  rowCount: integer("row_count").notNull(),
  priors: text("priors").notNull(),
  attribution: text("attribution").notNull(),
  report: text("report").notNull(),
});

export const catalogModels = sqliteTable(
  "catalog_models",
  {
    version: text("version").notNull(),
    id: text("id").notNull(),
    effort: text("effort").notNull(),
    /** Place in the catalogue's own order. */
    position: integer("position").notNull(),
    body: text("body").notNull(),
  },
  (table) => [primaryKey({ columns: [table.version, table.id, table.effort] })],
);

/** One row: which snapshot is served. */
export const catalogCurrent = sqliteTable("catalog_current", {
  slot: integer("slot").primaryKey(),
  version: text("version").notNull(),
  changedAtMs: integer("changed_at_ms").notNull(),
});

/** Heartbeat of the enricher: one row a refresh, whatever came of it. */
export const catalogRefreshes = sqliteTable("catalog_refreshes", {
  id: text("id").primaryKey(),
  atMs: integer("at_ms").notNull(),
  outcome: text("outcome").notNull(),
  version: text("version"),
  detail: text("detail").notNull(),
});
