import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const decisions = sqliteTable(
  "decisions",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    taskId: text("task_id"),
    inputDigest: text("input_digest").notNull(),
    /** Only where the tenant's policy stores prompts. */
    promptText: text("prompt_text"),
    core: text("core").notNull(),
    classification: text("classification").notNull(),
    receipt: text("receipt").notNull(),
    /** Four columns drawn out of core and classification, for the search. */
    modelId: text("model_id").notNull(),
    complexity: text("complexity").notNull(),
    taskType: text("task_type").notNull(),
    risk: text("risk").notNull(),
    policyVersion: integer("policy_version").notNull(),
    catalogVersion: text("catalog_version").notNull(),
    modelSha256: text("model_sha256").notNull(),
    requestedBy: text("requested_by").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    attempt: integer("attempt").notNull(),
    state: text("state").notNull(),
    closedAtMs: integer("closed_at_ms"),
  },
  (table) => [index("decisions_newest").on(table.tenantId, table.createdAtMs, table.id)],
);

/** Who holds a key: the kickoff lock of a task id (no expiry) or the repeat of an identical request (its TTL). */
export const decisionLocks = sqliteTable(
  "decision_locks",
  {
    lockKey: text("lock_key").primaryKey(),
    decisionId: text("decision_id").notNull(),
    expiresAtMs: integer("expires_at_ms"),
  },
  (table) => [
    index("decision_locks_decision").on(table.decisionId),
    index("decision_locks_expiry").on(table.expiresAtMs),
  ],
);
