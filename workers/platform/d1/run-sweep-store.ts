import { and, eq, isNotNull, lte, or, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { bookUnknown } from "./run-money-store.ts";
import { calls } from "./run-money-tables.ts";
import { runs, runTexts, steps } from "./runs-tables.ts";
import { tryQuery } from "./try-query.ts";

interface Due {
  readonly nowMs: number;
  readonly limit: number;
}

/** Runs whose time, or whose wait for somebody, is over. Fault: unavailable. */
export async function readDueRuns(db: Db, { nowMs, limit }: Due): Promise<Result<readonly string[]>> {
  const rows = await tryQuery("read due runs", () =>
    db
      .select({ id: runs.id })
      .from(runs)
      .where(
        and(
          isNotNull(runs.plan),
          or(and(eq(runs.state, "running"), lte(runs.deadlineAtMs, nowMs)), lte(runs.waitUntilMs, nowMs)),
        ),
      )
      .limit(limit),
  );
  return rows.ok ? ok(rows.value.map(({ id }) => id)) : rows;
}

/**
 * Books calls that nobody holds any more at their reservations: their step ended, or its holder died. What a living
 * holder still waits for is left to it. Fault: unavailable.
 */
export async function bookLostCalls(
  db: Db,
  { nowMs, sentBeforeMs }: { readonly nowMs: number; readonly sentBeforeMs: number },
): Promise<Result<void>> {
  const isHeld = sql`exists (select 1 from ${steps} where ${steps.runId} = ${calls.runId} and ${steps.stepId} = ${calls.stepId} and ${steps.leaseToken} = ${calls.leaseToken} and ${steps.leaseExpiresAtMs} > ${nowMs})`;
  const where = sql`${calls.state} = 'reserved' and ${calls.startedAtMs} <= ${sentBeforeMs} and not ${isHeld}`;
  const [first, ...rest] = bookUnknown(db, { where, nowMs });
  if (first === undefined) throw new Error("a booking has statements");
  const booked = await tryQuery("book lost calls", () => db.batch([first, ...rest]));
  return booked.ok ? ok(undefined) : booked;
}

/** Erases the words of runs that have ended long enough ago; how many. Fault: unavailable. */
export async function eraseDueTexts(db: Db, { nowMs, limit }: Due): Promise<Result<number>> {
  // Named by a query, not one by one: a statement takes a hundred parameters at most.
  const due = sql`(select id from ${runs} where ${lte(runs.eraseTextsAtMs, nowMs)} order by ${runs.eraseTextsAtMs}, id limit ${limit})`;
  const erased = await tryQuery("erase texts", () =>
    db.batch([
      db.delete(runTexts).where(sql`${runTexts.runId} in ${due}`),
      db.update(runs).set({ eraseTextsAtMs: null }).where(sql`${runs.id} in ${due}`).returning({ id: runs.id }),
    ]),
  );
  return erased.ok ? ok(erased.value[1].length) : erased;
}

/** Runs whose results are to be erased. Fault: unavailable. */
export async function readDueResults(db: Db, { nowMs, limit }: Due): Promise<Result<readonly string[]>> {
  const rows = await tryQuery("read due results", () =>
    db.select({ id: runs.id }).from(runs).where(lte(runs.eraseResultsAtMs, nowMs)).limit(limit),
  );
  return rows.ok ? ok(rows.value.map(({ id }) => id)) : rows;
}

/** Notes that a run's results are gone. Fault: unavailable. */
export async function markResultsErased(
  db: Db,
  { runId, nowMs }: { readonly runId: string; readonly nowMs: number },
): Promise<Result<void>> {
  const marked = await tryQuery("mark results erased", () =>
    db.batch([
      db.update(runs).set({ eraseResultsAtMs: null, erasedAtMs: nowMs }).where(eq(runs.id, runId)),
      db.update(steps).set({ outputKey: null }).where(eq(steps.runId, runId)),
    ]),
  );
  return marked.ok ? ok(undefined) : marked;
}
