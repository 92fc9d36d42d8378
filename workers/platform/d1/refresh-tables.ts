import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Heartbeat of the enricher: one row a refresh, whatever came of it. */
export const catalogRefreshes = sqliteTable(
  "catalog_refreshes",
  {
    id: text("id").primaryKey(),
    atMs: integer("at_ms").notNull(),
    outcome: text("outcome").notNull(),
    version: text("version"),
    detail: text("detail").notNull(),
    /** JSON of what became of each source, the guards and the diff; null where no source was asked. */
    report: text("report"),
  },
  (table) => [index("catalog_refreshes_at").on(table.atMs)],
);

/** Who wants the sources read anew, and how far that is. The cron is one of those who ask. */
export const refreshRequests = sqliteTable(
  "refresh_requests",
  {
    id: text("id").primaryKey(),
    /** The key that asked; null for the cron. */
    keyId: text("key_id"),
    requestedAtMs: integer("requested_at_ms").notNull(),
    /** Whose refresh serves it; null while it waits. */
    leaseToken: text("lease_token"),
    leaseExpiresAtMs: integer("lease_expires_at_ms"),
    finishedAtMs: integer("finished_at_ms"),
    /** The heartbeat of the refresh that served it. */
    refreshId: text("refresh_id"),
  },
  (table) => [index("refresh_requests_newest").on(table.requestedAtMs)],
);
