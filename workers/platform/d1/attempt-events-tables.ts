import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** What became of an attempt's change after its verdict; one row a kind, so that what is told twice counts once. */
export const attemptEvents = sqliteTable(
  "attempt_events",
  {
    id: text("id").primaryKey(),
    decisionId: text("decision_id").notNull(),
    tenantId: text("tenant_id").notNull(),
    attempt: integer("attempt").notNull(),
    kind: text("kind").notNull(),
    /** "owner/name" in lower case; null where nobody named it. */
    repository: text("repository"),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [
    uniqueIndex("attempt_events_kind").on(table.decisionId, table.attempt, table.kind),
    index("attempt_events_repository").on(table.tenantId, table.repository, table.createdAtMs),
  ],
);
