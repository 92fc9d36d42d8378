import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const approvals = sqliteTable(
  "approvals",
  {
    id: text("id").primaryKey(),
    decisionId: text("decision_id").notNull(),
    tenantId: text("tenant_id").notNull(),
    approvedBy: text("approved_by").notNull(),
    note: text("note"),
    createdAtMs: integer("created_at_ms").notNull(),
  },
  (table) => [uniqueIndex("approvals_decision").on(table.decisionId)],
);
