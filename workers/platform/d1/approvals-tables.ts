import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

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

/** Every key that asked for a gated decision, also when an earlier one was given back to it: none of them may approve it. */
export const decisionAskers = sqliteTable(
  "decision_askers",
  {
    decisionId: text("decision_id").notNull(),
    keyId: text("key_id").notNull(),
    tenantId: text("tenant_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.decisionId, table.keyId] })],
);
