import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One whole catalogue each. Old ones go, but for those that a decision names: its receipt is recomputed with it. */
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
