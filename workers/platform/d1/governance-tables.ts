import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Every version of a tenant's routing file is kept: a receipt names the one it was decided under. */
export const governanceFiles = sqliteTable(
  "governance_files",
  {
    tenantId: text("tenant_id").notNull(),
    version: integer("version").notNull(),
    body: text("body").notNull(),
    createdAtMs: integer("created_at_ms").notNull(),
    createdBy: text("created_by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.version] })],
);

/** One agent that was told its model, and what became of it. A row changes when its outcome is known. */
export const governanceEvents = sqliteTable(
  "governance_events",
  {
    id: text("id").primaryKey(),
    tenantId: text("tenant_id").notNull(),
    /** decision, step, or ask: the resolve door with `record`. */
    source: text("source").notNull(),
    atMs: integer("at_ms").notNull(),
    /** Of the last change; an export goes on from it, so that it meets a row again once its outcome is known. */
    updatedAtMs: integer("updated_at_ms").notNull(),
    governanceVersion: text("governance_version").notNull(),
    agent: text("agent"),
    role: text("role").notNull(),
    tier: text("tier"),
    effectiveTier: text("effective_tier"),
    mode: text("mode").notNull(),
    modelAsked: text("model_asked").notNull(),
    modelUsed: text("model_used"),
    /** Place in the role's list: 0 = the primary; null = the rule picked, or nobody could be reached. */
    attempt: integer("attempt"),
    capped: integer("capped", { mode: "boolean" }).notNull(),
    waitingApproval: integer("waiting_approval", { mode: "boolean" }).notNull(),
    hint: text("hint").notNull(),
    hintHonoured: integer("hint_honoured", { mode: "boolean" }),
    decisionId: text("decision_id"),
    runId: text("run_id"),
    stepId: text("step_id"),
    /** success or failure; null = not known. */
    outcome: text("outcome"),
    costMicroUsd: integer("cost_micro_usd"),
  },
  (table) => [
    index("governance_events_export").on(table.tenantId, table.updatedAtMs, table.id),
    index("governance_events_newest").on(table.tenantId, table.atMs),
    index("governance_events_decision").on(table.decisionId),
    index("governance_events_step").on(table.runId, table.stepId),
    index("governance_events_old").on(table.atMs),
  ],
);
