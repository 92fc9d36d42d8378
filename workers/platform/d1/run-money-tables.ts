import { sql } from "drizzle-orm";
import { check, index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Money under one cap, integer micro-dollars. The CHECK holds it even against a bug above it. */
export const budgets = sqliteTable(
  "budgets",
  {
    /** `run:<id>`, `key:<id>` or `day:<tenant>:<YYYY-MM-DD>`. */
    scope: text("scope").primaryKey(),
    capMicroUsd: integer("cap_micro_usd").notNull(),
    spentMicroUsd: integer("spent_micro_usd").notNull().default(0),
    reservedMicroUsd: integer("reserved_micro_usd").notNull().default(0),
    overrunMicroUsd: integer("overrun_micro_usd").notNull().default(0),
    frozen: integer("frozen", { mode: "boolean" }).notNull().default(false),
  },
  ({ capMicroUsd, spentMicroUsd, reservedMicroUsd, overrunMicroUsd }) => [
    check("budgets_hold", sql`${spentMicroUsd} + ${reservedMicroUsd} <= ${capMicroUsd}`),
    check("budgets_not_negative", sql`${spentMicroUsd} >= 0 and ${reservedMicroUsd} >= 0 and ${overrunMicroUsd} >= 0`),
  ],
);

/** One provider call in the books; made before it is sent. */
export const calls = sqliteTable(
  "calls",
  {
    /** run/step/attempt: two who try the same attempt meet here, and one of them sends. */
    callId: text("call_id").primaryKey(),
    runId: text("run_id").notNull(),
    stepId: text("step_id").notNull(),
    attempt: integer("attempt").notNull(),
    leaseToken: text("lease_token").notNull(),
    /** Place in the step's picks: 0 its own, then its fallbacks. */
    pick: integer("pick").notNull(),
    provider: text("provider").notNull(),
    model: text("model").notNull(),
    effort: text("effort").notNull(),
    state: text("state").notNull(),
    failure: text("failure"),
    keyScope: text("key_scope"),
    dayScope: text("day_scope"),
    reservedMicroUsd: integer("reserved_micro_usd").notNull(),
    settledMicroUsd: integer("settled_micro_usd").notNull().default(0),
    overrunMicroUsd: integer("overrun_micro_usd").notNull().default(0),
    promptTokens: integer("prompt_tokens"),
    cachedPromptTokens: integer("cached_prompt_tokens"),
    completionTokens: integer("completion_tokens"),
    startedAtMs: integer("started_at_ms").notNull(),
    endedAtMs: integer("ended_at_ms"),
  },
  (table) => [
    index("calls_step").on(table.runId, table.stepId),
    index("calls_state").on(table.state, table.startedAtMs),
  ],
);
