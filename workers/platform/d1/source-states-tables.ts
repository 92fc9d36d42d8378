import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One row a source of the catalogue: where its last good bodies lie, and how its last attempt went. */
export const sourceStates = sqliteTable("source_states", {
  source: text("source").primaryKey(),
  /** Edition that the bodies belong to; the empty text before the first good one. */
  release: text("release").notNull(),
  /** JSON list of the bodies, in the order they are read in. */
  files: text("files").notNull(),
  /** When the source last gave these bodies or said that they still hold; null = never. */
  goodAtMs: integer("good_at_ms"),
  triedAtMs: integer("tried_at_ms").notNull(),
  /** The source asked not to be called before. */
  notBeforeMs: integer("not_before_ms"),
  /** Of the last attempt; both null when it went well. */
  faultKind: text("fault_kind"),
  faultDetail: text("fault_detail"),
});
