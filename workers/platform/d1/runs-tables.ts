import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const runs = sqliteTable("runs", {
  id: text("id").primaryKey(),
  tenantId: text("tenant_id").notNull(),
  kind: text("kind").notNull(),
  state: text("state").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
});

/** One unit of a run. The queue only carries its name; this row is the truth. */
export const steps = sqliteTable(
  "steps",
  {
    runId: text("run_id").notNull(),
    stepId: text("step_id").notNull(),
    state: text("state").notNull(),
    faultKind: text("fault_kind"),
    /** How often it was claimed. */
    attempts: integer("attempts").notNull(),
    /** When its message was last sent; the sweeper sends again what waited too long. */
    enqueuedAtMs: integer("enqueued_at_ms").notNull(),
    leaseToken: text("lease_token"),
    leaseExpiresAtMs: integer("lease_expires_at_ms"),
    settledAtMs: integer("settled_at_ms"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.stepId] }), index("steps_state").on(table.state)],
);
