import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** One judgement of one attempt; the evidence itself is handed on, not stored. */
export const verdicts = sqliteTable(
  "verdicts",
  {
    id: text("id").primaryKey(),
    decisionId: text("decision_id").notNull(),
    tenantId: text("tenant_id").notNull(),
    attempt: integer("attempt").notNull(),
    accepted: integer("accepted", { mode: "boolean" }).notNull(),
    source: text("source").notNull(),
    evidenceSha256: text("evidence_sha256"),
    evidenceBytes: integer("evidence_bytes").notNull(),
    modelId: text("model_id").notNull(),
    effort: text("effort").notNull(),
    taskType: text("task_type").notNull(),
    /** P of success that the receipt predicted for this attempt. */
    predictedP: real("predicted_p").notNull(),
    /** What the attempt cost, where the verdict or a run's calls tell. */
    costMicroUsd: integer("cost_micro_usd"),
    /** "owner/name" in lower case, where the verdict named it. */
    repository: text("repository"),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
    /** Given while nobody had approved: the attempt was never allowed to be made, so nothing is learned of it. */
    isHeld: integer("is_held", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [
    uniqueIndex("verdicts_attempt").on(table.decisionId, table.attempt),
    index("verdicts_newest").on(table.tenantId, table.createdAtMs),
    index("verdicts_repository").on(table.tenantId, table.repository, table.createdAtMs),
  ],
);
