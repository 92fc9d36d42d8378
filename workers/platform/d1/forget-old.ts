import { type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import { decisionLocks } from "./decisions-tables.ts";
import { judgeScores } from "./judge-scores-tables.ts";
import type { Db } from "./open-db.ts";
import { catalogRefreshes } from "./refresh-tables.ts";
import { tryQuery } from "./try-query.ts";

/** Until when rows are forgotten that nobody reads any more; `limit` of each kind at a time. */
export interface Forgotten {
  readonly nowMs: number;
  readonly scoresBeforeMs: number;
  readonly refreshesBeforeMs: number;
  readonly limit: number;
}

/**
 * Erases scores of judges that no calibration reads, heartbeats of refreshes that newer ones stand for, and locks that
 * have run out and may be taken by anybody. Fault: unavailable.
 */
export async function forgetOld(db: Db, input: Forgotten): Promise<Result<void>> {
  const { nowMs, scoresBeforeMs, refreshesBeforeMs, limit } = input;
  const few = (which: SQL): SQL => sql`rowid in (select rowid from ${which} limit ${limit})`;
  // Without a newer report the last one says what is served, however old it is.
  const isReported = sql`exists (select 1 from ${catalogRefreshes} as newer where newer.at_ms >= ${refreshesBeforeMs} and newer.report is not null)`;
  const gone = await tryQuery("forget old rows", () =>
    db.batch([
      db.delete(judgeScores).where(few(sql`${judgeScores} where ${judgeScores.createdAtMs} < ${scoresBeforeMs}`)),
      db
        .delete(catalogRefreshes)
        .where(few(sql`${catalogRefreshes} where ${catalogRefreshes.atMs} < ${refreshesBeforeMs} and ${isReported}`)),
      db.delete(decisionLocks).where(few(sql`${decisionLocks} where ${decisionLocks.expiresAtMs} <= ${nowMs}`)),
    ]),
  );
  return gone.ok ? ok(undefined) : gone;
}
