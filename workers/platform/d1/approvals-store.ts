import { and, eq, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { approvals, decisionAskers } from "./approvals-tables.ts";
import { decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

/** One person's word that a gated decision may be carried out; at most one a decision. */
export interface ApprovalRow {
  readonly id: string;
  readonly decisionId: string;
  readonly tenantId: string;
  readonly approvedBy: string;
  readonly note: string | null;
  readonly createdAtMs: number;
}

/** A key to which a decision was handed out. */
export interface Asker {
  readonly decisionId: string;
  readonly tenantId: string;
  readonly keyId: string;
}

/** Remembers who asked for a decision; the same asker again changes nothing. */
export async function saveAsker(db: Db, asker: Asker): Promise<Result<void>> {
  const saved = await tryQuery("save asker", () => db.insert(decisionAskers).values(asker).onConflictDoNothing());
  return saved.ok ? ok(undefined) : saved;
}

/**
 * Saves the first approval of an open decision. Faults: forbidden for a key that asked for it, conflict naming the
 * first approval or the state in which the decision ended, not_found for a foreign decision.
 */
export async function saveApproval(db: Db, approval: ApprovalRow): Promise<Result<void>> {
  const { decisionId, tenantId } = approval;
  const own = and(eq(decisions.id, decisionId), eq(decisions.tenantId, tenantId));
  const isOpen = sql`exists (select 1 from ${decisions} where ${and(own, eq(decisions.state, "open"))})`;
  const asked = and(eq(decisionAskers.decisionId, decisionId), eq(decisionAskers.keyId, approval.approvedBy));
  const byAnother = sql`not exists (select 1 from ${decisionAskers} where ${asked})`;
  const answers = await tryQuery("save approval", () =>
    db.batch([
      db
        .insert(approvals)
        .select(selectRow(approvals, approval, sql`${isOpen} and ${byAnother}`))
        .onConflictDoNothing(),
      db.select({ id: approvals.id }).from(approvals).where(ownApproval(tenantId, decisionId)),
      db.select({ keyId: decisionAskers.keyId }).from(decisionAskers).where(asked),
      db.select({ state: decisions.state }).from(decisions).where(own),
    ]),
  );
  if (!answers.ok) return answers;
  const [, [first], [asker], [decision]] = answers.value;
  if (decision === undefined) return fail({ kind: "not_found", what: "decision", id: decisionId });
  if (asker !== undefined) return fail({ kind: "forbidden", message: OWN_REQUEST });
  if (first === undefined)
    return fail({ kind: "conflict", message: `Cannot approve this decision: it ended (${decision.state})` });
  if (first.id === approval.id) return ok(undefined);
  return fail({ kind: "conflict", message: `Cannot approve this decision again: ${first.id} approved it already` });
}

/** Why a key that asked is refused. */
export const OWN_REQUEST =
  "Cannot approve this decision with the key that asked for it: another key with scope approve is wanted";

const ownApproval = (tenantId: string, decisionId: string) =>
  and(eq(approvals.decisionId, decisionId), eq(approvals.tenantId, tenantId));

/** The approval of a decision; null while there is none. */
export async function readApproval(
  db: Db,
  { tenantId, decisionId }: { readonly tenantId: string; readonly decisionId: string },
): Promise<Result<ApprovalRow | null>> {
  const rows = await tryQuery("read approval", () =>
    db.select().from(approvals).where(ownApproval(tenantId, decisionId)).limit(1),
  );
  return rows.ok ? ok(rows.value[0] ?? null) : rows;
}
