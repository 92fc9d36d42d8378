import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const runs = sqliteTable(
  "runs",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    kind: text("kind").notNull(),
    state: text("state").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
    /** Sequence number of its last event; every change of the run adds one, so that it stands for the whole snapshot. */
    version: integer("version").notNull().default(0),
    /** Who asked; null for a probe. */
    keyId: text("key_id"),
    decisionId: text("decision_id"),
    taskId: text("task_id"),
    taskSha256: text("task_sha256"),
    taskBytes: integer("task_bytes"),
    /** Plan, settings and model facts as JSON; none of them holds a word of the task. */
    plan: text("plan"),
    settings: text("settings"),
    models: text("models"),
    requiresApproval: integer("requires_approval", { mode: "boolean" }).notNull().default(false),
    approvalId: text("approval_id"),
    approvedBy: text("approved_by"),
    /** Calls before it do not count against what is tried after it. */
    approvedAtMs: integer("approved_at_ms"),
    dayCapMicroUsd: integer("day_cap_micro_usd"),
    hasKeyCap: integer("has_key_cap", { mode: "boolean" }).notNull().default(false),
    startedAtMs: integer("started_at_ms"),
    endedAtMs: integer("ended_at_ms"),
    /** null while it waits for somebody. */
    deadlineAtMs: integer("deadline_at_ms"),
    waitUntilMs: integer("wait_until_ms"),
    /** When its texts, and its results, are to be erased; null before the end and once it is done. */
    eraseTextsAtMs: integer("erase_texts_at_ms"),
    eraseResultsAtMs: integer("erase_results_at_ms"),
    erasedAtMs: integer("erased_at_ms"),
  },
  (table) => [
    index("runs_tenant").on(table.tenantId, table.createdAtMs),
    index("runs_tenant_state_time").on(table.tenantId, table.state, table.createdAtMs),
    index("runs_decision").on(table.decisionId, table.createdAtMs),
    index("runs_state").on(table.state, table.deadlineAtMs),
    index("runs_wait").on(table.waitUntilMs),
    index("runs_erase_texts").on(table.eraseTextsAtMs),
    index("runs_erase_results").on(table.eraseResultsAtMs),
  ],
);

/** One unit of a run. The queue only carries its name; this row is the truth. */
export const steps = sqliteTable(
  "steps",
  {
    runId: text("run_id").notNull(),
    stepId: text("step_id").notNull(),
    state: text("state").notNull(),
    /** Class of the failure that ended it. */
    faultKind: text("fault_kind"),
    /** The last thing that went wrong, in our own words. */
    lastError: text("last_error"),
    /** What was wrong with the form of its last answer, in our own words: told to whoever is asked again. */
    complaint: text("complaint"),
    /** How often it was claimed. */
    attempts: integer("attempts").notNull(),
    /** When its message was last sent; the sweeper sends again what waited too long. */
    enqueuedAtMs: integer("enqueued_at_ms").notNull(),
    leaseToken: text("lease_token"),
    leaseExpiresAtMs: integer("lease_expires_at_ms"),
    settledAtMs: integer("settled_at_ms"),
    tenantId: text("tenant_id").notNull().default(""),
    kind: text("kind").notNull().default("probe"),
    position: integer("position").notNull().default(0),
    skipped: text("skipped"),
    escalate: integer("escalate", { mode: "boolean" }),
    whole: integer("whole", { mode: "boolean" }).notNull().default(true),
    /** A step that failed and may be tried again is not claimed before. */
    notBeforeMs: integer("not_before_ms"),
    startedAtMs: integer("started_at_ms"),
    finding: text("finding"),
    outputKey: text("output_key"),
    outputBytes: integer("output_bytes"),
  },
  (table) => [
    primaryKey({ columns: [table.runId, table.stepId] }),
    index("steps_state").on(table.state),
    index("steps_tenant").on(table.tenantId, table.state),
  ],
);

/** The words of a run, sealed; erased once nobody needs them. */
export const runTexts = sqliteTable("run_texts", {
  runId: text("run_id").primaryKey(),
  sealed: text("sealed").notNull(),
});

/** What happened, in order. A change of a run claims the next number, so that of two at once one has to look again. */
export const runEvents = sqliteTable(
  "run_events",
  {
    runId: text("run_id").notNull(),
    seq: integer("seq").notNull(),
    atMs: integer("at_ms").notNull(),
    kind: text("kind").notNull(),
    stepId: text("step_id"),
    data: text("data").notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);
