import { index, integer, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/** How a task ended by the caller's word; `y` is null where the end teaches nothing about the model. */
export const outcomes = sqliteTable(
  "outcomes",
  {
    id: text("id").primaryKey(),
    decisionId: text("decision_id").notNull(),
    tenantId: text("tenant_id").notNull(),
    attempt: integer("attempt").notNull(),
    modelId: text("model_id").notNull(),
    effort: text("effort").notNull(),
    taskType: text("task_type").notNull(),
    result: text("result").notNull(),
    y: integer("y"),
    rating: integer("rating"),
    costMicroUsd: integer("cost_micro_usd"),
    predictedP: real("predicted_p").notNull(),
    /** JSON list of context tags. */
    tags: text("tags").notNull().default("[]"),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [
    uniqueIndex("outcomes_attempt").on(table.decisionId, table.attempt),
    index("outcomes_newest").on(table.tenantId, table.createdAtMs),
  ],
);
