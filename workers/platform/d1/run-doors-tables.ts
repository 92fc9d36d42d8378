import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** The first answer to a request that named a key, kept for a day. */
export const idempotencyKeys = sqliteTable(
  "idempotency_keys",
  {
    tenantId: text("tenant_id").notNull(),
    endpoint: text("endpoint").notNull(),
    key: text("key").notNull(),
    /** Digest of the body: the same key with another body is refused. */
    fingerprint: text("fingerprint").notNull(),
    /** Who works on it. */
    token: text("token").notNull(),
    /** null while the first request runs. */
    status: integer("status"),
    body: text("body"),
    expiresAtMs: integer("expires_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenantId, table.endpoint, table.key] }),
    index("idempotency_keys_expiry").on(table.expiresAtMs),
  ],
);

/** A tenant's own key of a provider, sealed; nobody reads it back but the executor. */
export const providerKeys = sqliteTable(
  "provider_keys",
  {
    tenantId: text("tenant_id").notNull(),
    provider: text("provider").notNull(),
    sealed: text("sealed").notNull(),
    last4: text("last4").notNull(),
    savedBy: text("saved_by").notNull(),
    savedAtMs: integer("saved_at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.provider] })],
);

/** What a provider lately answered to a tenant's calls; decide() reads it. */
export const providerStates = sqliteTable(
  "provider_states",
  {
    tenantId: text("tenant_id").notNull(),
    provider: text("provider").notNull(),
    /** Its key is left alone until then. */
    openUntilMs: integer("open_until_ms"),
    reason: text("reason"),
    limitedAtMs: integer("limited_at_ms"),
    limitedCount: integer("limited_count").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.provider] })],
);
