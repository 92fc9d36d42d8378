import { and, eq, gt, isNull, or, type SQL, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { DecisionState } from "../../../shared/contract/decisions.ts";
import { type DecisionRecord, toDecisionRecord, toDecisionRow } from "./decision-row.ts";
import { decisionLocks, decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

export type { DecisionRecord } from "./decision-row.ts";
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

const holds = (key: string, decisionId: string): SQL =>
  sql`exists (select 1 from ${decisionLocks} where ${decisionLocks.lockKey} = ${key} and ${decisionLocks.decisionId} = ${decisionId})`;

/**
 * Saves a decision if it wins the first of its locks, in one transaction; a loser leaves nothing behind and learns the
 * winner's id, so that concurrent identical requests end with one decision. Without locks it always wins. Repeating the
 * call with the same id is harmless.
 */
export async function saveDecision(
  db: Db,
  input: { readonly record: DecisionRecord; readonly locks: readonly LockRequest[]; readonly nowMs: number },
): Promise<Result<{ readonly decisionId: string; readonly won: boolean }>> {
  const { record, locks, nowMs } = input;
  const [first, ...others] = locks;
  const won = first === undefined ? sql`1` : holds(first.key, record.id);
  const insert = db
    .insert(decisions)
    .select(selectRow(decisions, toDecisionRow(record), won))
    .onConflictDoNothing();
  const take = (lock: LockRequest, condition: SQL) => takeLock(db, lock, { decisionId: record.id, nowMs, condition });
  if (first === undefined) {
    const saved = await tryQuery("save decision", () => insert);
    return saved.ok ? ok({ decisionId: record.id, won: true }) : saved;
  }
  const holder = db
    .select({ id: decisionLocks.decisionId })
    .from(decisionLocks)
    .where(eq(decisionLocks.lockKey, first.key));
  const answers = await tryQuery("save decision", () =>
    db.batch([take(first, sql`1`), insert, holder, ...others.map((lock) => take(lock, won))]),
  );
  if (!answers.ok) return answers;
  const decisionId = answers.value[2][0]?.id;
  if (decisionId === undefined) throw new Error("a lock that was just taken or held has no row");
  return ok({ decisionId, won: decisionId === record.id });
}

async function toOneRecord(
  what: string,
  query: () => Promise<(typeof decisions.$inferSelect)[]>,
): Promise<Result<DecisionRecord | null>> {
  const rows = await tryQuery(what, query);
  if (!rows.ok) return rows;
  const [row] = rows.value;
  return row === undefined ? ok(null) : toDecisionRecord(row);
}

/** One decision of the tenant. Fault: not_found, the same for an unknown and a foreign id. */
export async function readDecision(
  db: Db,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
): Promise<Result<DecisionRecord>> {
  const found = await toOneRecord("read decision", () =>
    db
      .select()
      .from(decisions)
      .where(and(eq(decisions.id, id), eq(decisions.tenantId, tenantId)))
      .limit(1),
  );
  if (!found.ok) return found;
  return found.value === null ? fail({ kind: "not_found", what: "decision", id }) : ok(found.value);
}

/** The query of the decision that holds a key which has not expired at `nowMs`, for a batch. */
export const lockedDecisionQuery = (db: Db, { lockKey, nowMs }: { readonly lockKey: string; readonly nowMs: number }) =>
  db
    .select({ decision: decisions })
    .from(decisionLocks)
    .innerJoin(decisions, eq(decisions.id, decisionLocks.decisionId))
    .where(
      and(
        eq(decisionLocks.lockKey, lockKey),
        or(isNull(decisionLocks.expiresAtMs), gt(decisionLocks.expiresAtMs, nowMs)),
      ),
    );

/** The decision that holds a key which has not expired at `nowMs`; null when none does. */
export const readLockedDecision = (
  db: Db,
  input: { readonly lockKey: string; readonly nowMs: number },
): Promise<Result<DecisionRecord | null>> =>
  toOneRecord("read locked decision", async () => {
    const rows = await lockedDecisionQuery(db, input);
    return rows.map((row) => row.decision);
  });

/** The guard of every change of a decision: still open, and still at the attempt the caller saw. */
export const isOpenAt = (input: { readonly tenantId: string; readonly id: string; readonly attempt: number }) =>
  and(
    eq(decisions.id, input.id),
    eq(decisions.tenantId, input.tenantId),
    eq(decisions.attempt, input.attempt),
    eq(decisions.state, "open"),
  );

/** Moves an open decision on to its next attempt; false when it had moved or closed already. */
export async function moveAttempt(
  db: Db,
  input: { readonly tenantId: string; readonly id: string; readonly attempt: number },
): Promise<Result<boolean>> {
  const moved = await tryQuery("move attempt", () =>
    db
      .update(decisions)
      .set({ attempt: input.attempt + 1 })
      .where(isOpenAt(input))
      .returning({ id: decisions.id }),
  );
  return moved.ok ? ok(moved.value.length === 1) : moved;
}

/** Ends an open decision in `state` and frees its locks; false when it had moved or closed already. */
export async function closeDecision(
  db: Db,
  input: {
    readonly tenantId: string;
    readonly id: string;
    readonly attempt: number;
    readonly state: Exclude<DecisionState, "open">;
    readonly nowMs: number;
  },
): Promise<Result<boolean>> {
  const closed = sql`exists (select 1 from ${decisions} where ${decisions.id} = ${input.id} and ${decisions.tenantId} = ${input.tenantId} and ${decisions.state} <> 'open')`;
  const answers = await tryQuery("close decision", () =>
    db.batch([
      db
        .update(decisions)
        .set({ state: input.state, closedAtMs: input.nowMs })
        .where(isOpenAt(input))
        .returning({ id: decisions.id }),
      db.delete(decisionLocks).where(and(eq(decisionLocks.decisionId, input.id), closed)),
    ]),
  );
  return answers.ok ? ok(answers.value[0].length === 1) : answers;
}

/** Frees every key that the decision holds. */
export async function releaseLocks(db: Db, { decisionId }: { readonly decisionId: string }): Promise<Result<void>> {
  const released = await tryQuery("release locks", () =>
    db.delete(decisionLocks).where(eq(decisionLocks.decisionId, decisionId)),
  );
  return released.ok ? ok(undefined) : released;
}
