import { and, eq, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { type DecisionRecord, toDecisionRecord, toDecisionRow } from "./decision-row.ts";
import { decisionLocks, decisions } from "./decisions-tables.ts";
import { type GovernanceEventRow, insertEventsQuery } from "./governance-events-store.ts";
import type { Db } from "./open-db.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

export type { DecisionRecord, DecisionSummary } from "./decision-row.ts";
export { type DecisionPage, listDecisions } from "./list-decisions.ts";

/** A key that a new decision wants to hold. */
export interface LockRequest {
  readonly key: string;
  /** null = until it is released. */
  readonly expiresAtMs: number | null;
  /** Take the key although another decision holds it. */
  readonly replace: boolean;
  /** With `replace`: only from this holder, so that of many who saw it grow stale one alone takes over. */
  readonly replaceHolder?: string;
}

/** Whether the lock row may pass to the new decision; `decision_locks` is the row as it stands. */
function mayTake(lock: LockRequest, nowMs: number): SQL {
  const expired = sql`(${decisionLocks.expiresAtMs} is not null and ${decisionLocks.expiresAtMs} <= ${nowMs})`;
  if (!lock.replace) return expired;
  if (lock.replaceHolder === undefined) return sql`1`;
  return sql`(${expired} or ${decisionLocks.decisionId} = ${lock.replaceHolder})`;
}

/** Takes the key where `condition` holds and it is free, expired or may be replaced. */
function takeLock(db: Db, lock: LockRequest, input: { decisionId: string; nowMs: number; condition: SQL }) {
  const row = { lockKey: lock.key, decisionId: input.decisionId, expiresAtMs: lock.expiresAtMs };
  return db
    .insert(decisionLocks)
    .select(selectRow(decisionLocks, row, input.condition))
    .onConflictDoUpdate({ target: decisionLocks.lockKey, set: row, setWhere: mayTake(lock, input.nowMs) });
}

/** Whether a decision has the lock. */
export const holds = (key: string, decisionId: string): SQL =>
  sql`exists (select 1 from ${decisionLocks} where ${decisionLocks.lockKey} = ${key} and ${decisionLocks.decisionId} = ${decisionId})`;

/**
 * Saves a decision if it wins the first of its locks, in one transaction; a loser leaves nothing behind and learns the
 * winner's id, so that concurrent identical requests end with one decision. Without locks it always wins. Repeating the
 * call with the same id is harmless.
 */
export async function saveDecision(
  db: Db,
  input: {
    readonly record: DecisionRecord;
    readonly locks: readonly LockRequest[];
    readonly nowMs: number;
    /** What is told of it, if it wins. */
    readonly events?: readonly GovernanceEventRow[];
  },
): Promise<Result<{ readonly decisionId: string; readonly won: boolean }>> {
  const { record, locks, nowMs, events = [] } = input;
  const [first, ...others] = locks;
  const won = first === undefined ? sql`1` : holds(first.key, record.id);
  const insert = db
    .insert(decisions)
    .select(selectRow(decisions, toDecisionRow(record), won))
    .onConflictDoNothing();
  const take = (lock: LockRequest, condition: SQL) => takeLock(db, lock, { decisionId: record.id, nowMs, condition });
  const told = events.length === 0 ? [] : [insertEventsQuery(db, events, won)];
  if (first === undefined) {
    const saved = await tryQuery("save decision", () => db.batch([insert, ...told]));
    return saved.ok ? ok({ decisionId: record.id, won: true }) : saved;
  }
  const holder = db
    .select({ id: decisionLocks.decisionId })
    .from(decisionLocks)
    .where(eq(decisionLocks.lockKey, first.key));
  const answers = await tryQuery("save decision", () =>
    db.batch([take(first, sql`1`), insert, holder, ...others.map((lock) => take(lock, won)), ...told]),
  );
  if (!answers.ok) return answers;
  const decisionId = answers.value[2][0]?.id;
  if (decisionId === undefined) throw new Error("a lock that was just taken or held has no row");
  return ok({ decisionId, won: decisionId === record.id });
}

/** One decision of the tenant. Fault: not_found, the same for an unknown and a foreign id. */
export async function readDecision(
  db: Db,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<Result<DecisionRecord>> {
  const rows = await tryQuery("read decision", () =>
    db
      .select()
      .from(decisions)
      .where(and(eq(decisions.id, id), eq(decisions.tenantId, tenantId)))
      .limit(1),
  );
  if (!rows.ok) return rows;
  const [row] = rows.value;
  return row === undefined ? fail({ kind: "not_found", what: "decision", id }) : toDecisionRecord(row);
}

/** The query of the decision that holds a key which has not expired at `nowMs`, for a batch. */
export const lockedDecisionQuery = (
  db: Db,
  { tenantId, lockKey, nowMs }: { readonly tenantId: string; readonly lockKey: string; readonly nowMs: number },
) =>
  db
    .select({ decision: decisions })
    .from(decisionLocks)
    .innerJoin(decisions, eq(decisions.id, decisionLocks.decisionId))
    .where(
      and(
        eq(decisionLocks.lockKey, lockKey),
        eq(decisions.tenantId, tenantId),
        or(isNull(decisionLocks.expiresAtMs), gt(decisionLocks.expiresAtMs, nowMs)),
      ),
    );

/** The guard of every change of a decision: still open, and still at the attempt the caller saw. */
export const isOpenAt = (input: { readonly tenantId: string; readonly id: string; readonly attempt: number }) =>
  and(
    eq(decisions.id, input.id),
    eq(decisions.tenantId, input.tenantId),
    eq(decisions.attempt, input.attempt),
    eq(decisions.state, "open"),
  );
