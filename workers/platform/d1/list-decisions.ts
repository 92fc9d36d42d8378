import { and, desc, eq, getTableColumns, type SQL, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { approvals } from "./approvals-tables.ts";
import { type DecisionSummary, toDecisionSummary } from "./decision-row.ts";
import { decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { tryQuery } from "./try-query.ts";

/** One row of the list, with the approval of its gate where there is one. */
export interface DecisionEntry {
  readonly decision: DecisionSummary;
  readonly approvalId: string | null;
}

export interface DecisionPage {
  readonly entries: readonly DecisionEntry[];
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null;
}

interface Position {
  readonly createdAtMs: number;
  readonly id: string;
}

const toCursor = ({ createdAtMs, id }: Position): string => btoa(`${createdAtMs} ${id}`);

function parseCursor(cursor: string): Result<Position> {
  let text = "";
  try {
    text = atob(cursor);
  } catch {
    // What is not base64 fails the shape below like any other foreign text.
  }
  const [, createdAtMs, id] = /^(\d{1,15}) ([\x21-\x7e]{1,100})$/.exec(text) ?? [];
  if (createdAtMs === undefined || id === undefined) {
    const message = "Cannot read cursor: expected meta.next_cursor of an earlier page";
    return fail({ kind: "invalid_param", field: "cursor", message });
  }
  return ok({ createdAtMs: Number(createdAtMs), id });
}

const after = ({ createdAtMs, id }: Position): SQL =>
  sql`(${decisions.createdAtMs}, ${decisions.id}) < (${createdAtMs}, ${id})`;

/**
 * Substring of any searchable column. instr() and not LIKE: no character is a wildcard and D1's 50-byte limit on
 * patterns does not apply. lower() folds ASCII only, on both sides alike.
 */
function contains(search: string): SQL {
  const { id, taskId, modelId, complexity, taskType, risk, promptText } = decisions;
  const searchable = [id, taskId, modelId, complexity, taskType, risk, promptText];
  const hits = searchable.map((column) => sql`instr(lower(${column}), lower(${search})) > 0`);
  return sql`(${sql.join(hits, sql` or `)})`;
}

/**
 * A tenant's decisions, newest first. `search` is a substring (ASCII letters in either case) of id, task id, model id,
 * a label or the stored prompt text. Fault: invalid_param for a cursor that no page gave out.
 */
export async function listDecisions(
  db: Db,
  input: {
    readonly tenantId: string;
    readonly cursor: string | null;
    readonly limit: number;
    readonly search: string | null;
  },
): Promise<Result<DecisionPage>> {
  const from = input.cursor === null ? ok(null) : parseCursor(input.cursor);
  if (!from.ok) return from;
  const where = and(
    eq(decisions.tenantId, input.tenantId),
    from.value === null ? undefined : after(from.value),
    input.search === null || input.search === "" ? undefined : contains(input.search),
  );
  // One row more than asked tells whether there is a next page.
  const { receipt: _receipt, ...columns } = getTableColumns(decisions);
  const rows = await tryQuery("list decisions", () =>
    db
      .select({ decision: columns, approvalId: approvals.id })
      .from(decisions)
      .leftJoin(approvals, and(eq(approvals.decisionId, decisions.id), eq(approvals.tenantId, decisions.tenantId)))
      .where(where)
      .orderBy(desc(decisions.createdAtMs), desc(decisions.id))
      .limit(input.limit + 1),
  );
  if (!rows.ok) return rows;
  const entries: DecisionEntry[] = [];
  for (const { decision: row, approvalId } of rows.value.slice(0, input.limit)) {
    const decision = toDecisionSummary(row);
    if (!decision.ok) return decision;
    entries.push({ decision: decision.value, approvalId });
  }
  const last = rows.value.length > input.limit ? entries.at(-1) : undefined;
  return ok({ entries, nextCursor: last === undefined ? null : toCursor(last.decision) });
}
