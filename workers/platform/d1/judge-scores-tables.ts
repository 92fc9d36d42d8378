import { index, integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** One readable score of a judge; whether the judged answer was right comes to be known elsewhere, or never. */
export const judgeScores = sqliteTable(
  "judge_scores",
  {
    runId: text("run_id").notNull(),
    /** The check that gave it. */
    stepId: text("step_id").notNull(),
    tenantId: text("tenant_id").notNull(),
    decisionId: text("decision_id"),
    /** Of the decision; null where the judged answer is none of its attempts. */
    attempt: integer("attempt"),
    taskType: text("task_type").notNull(),
    authorModel: text("author_model").notNull(),
    judgeModel: text("judge_model").notNull(),
    score: integer("score").notNull(),
    /** P(right) as it was expected before the score. */
    prior: real("prior").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.stepId] }),
    index("judge_scores_cell").on(
      table.tenantId,
      table.taskType,
      table.authorModel,
      table.judgeModel,
      table.createdAtMs,
    ),
    index("judge_scores_old").on(table.createdAtMs),
    index("judge_scores_attempt").on(table.decisionId, table.attempt, table.createdAtMs),
  ],
);
