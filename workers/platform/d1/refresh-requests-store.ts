import { and, eq, gt, isNotNull, isNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { refreshRequests } from "./refresh-tables.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

const HOUR_MS = 3_600_000;

/** Somebody's refresh runs, or was asked for so lately that it is about to. */
const isRunning = (nowMs: number, leaseMs: number): SQL | undefined =>
  and(
    isNull(refreshRequests.finishedAtMs),
    or(
      gt(refreshRequests.leaseExpiresAtMs, nowMs),
      and(isNull(refreshRequests.leaseToken), gt(refreshRequests.requestedAtMs, nowMs - leaseMs)),
    ),
  );

const isLeased = (nowMs: number): SQL | undefined =>
  and(isNull(refreshRequests.finishedAtMs), gt(refreshRequests.leaseExpiresAtMs, nowMs));

const blank = { leaseToken: null, leaseExpiresAtMs: null, finishedAtMs: null, refreshId: null };

export type AskedRefresh =
  | { readonly kind: "asked" }
  /** Another one runs, which will do. */
  | { readonly kind: "running" }
  | { readonly kind: "limited"; readonly retryAfterS: number };

/**
 * Asks for a refresh, at most `perHour` times an hour for one key; whether it may is decided where it is written, so that
 * concurrent callers cannot pass the limit together. Fault: unavailable.
 */
export async function askForRefresh(
  db: Db,
  input: {
    readonly id: string;
    readonly keyId: string;
    readonly nowMs: number;
    readonly perHour: number;
    readonly leaseMs: number;
  },
): Promise<Result<AskedRefresh>> {
  const { id, keyId, nowMs, perHour, leaseMs } = input;
  const ofHour = and(eq(refreshRequests.keyId, keyId), gt(refreshRequests.requestedAtMs, nowMs - HOUR_MS));
  const row = { id, keyId, requestedAtMs: nowMs, ...blank };
  const mayAsk = sql`(select count(*) from ${refreshRequests} where ${ofHour}) < ${perHour} and not exists (select 1 from ${refreshRequests} where ${isRunning(nowMs, leaseMs)})`;
  const answers = await tryQuery("ask for refresh", () =>
    db.batch([
      db
        .select({ atMs: refreshRequests.requestedAtMs })
        .from(refreshRequests)
        .where(ofHour)
        .orderBy(refreshRequests.requestedAtMs),
      db.insert(refreshRequests).select(selectRow(refreshRequests, row, mayAsk)),
      db.select({ id: refreshRequests.id }).from(refreshRequests).where(eq(refreshRequests.id, id)),
    ]),
  );
  if (!answers.ok) return answers;
  const [lately, , [own]] = answers.value;
  if (own !== undefined) return ok({ kind: "asked" });
  // The one that has to be an hour old before another fits.
  const first = lately.length >= perHour ? lately[lately.length - perHour] : undefined;
  if (first === undefined) return ok({ kind: "running" });
  return ok({ kind: "limited", retryAfterS: Math.max(1, Math.ceil((first.atMs + HOUR_MS - nowMs) / 1_000)) });
}

/** The cron's own request, unless a refresh runs already. Fault: unavailable. */
export async function askForScheduledRefresh(
  db: Db,
  { id, nowMs, leaseMs }: { readonly id: string; readonly nowMs: number; readonly leaseMs: number },
): Promise<Result<void>> {
  const row = { id, keyId: null, requestedAtMs: nowMs, ...blank };
  const none = sql`not exists (select 1 from ${refreshRequests} where ${isRunning(nowMs, leaseMs)})`;
  const asked = await tryQuery("ask for refresh", () =>
    db.insert(refreshRequests).select(selectRow(refreshRequests, row, none)),
  );
  return asked.ok ? ok(undefined) : asked;
}

/**
 * Takes every request that waits, or whose holder died, unless somebody holds a live lease: one refresh serves them all.
 * How many were taken; 0 = there is nothing to do. Fault: unavailable.
 */
export async function claimRefreshes(
  db: Db,
  { leaseToken, nowMs, leaseMs }: { readonly leaseToken: string; readonly nowMs: number; readonly leaseMs: number },
): Promise<Result<number>> {
  const claimed = await tryQuery("claim refresh", () =>
    db
      .update(refreshRequests)
      .set({ leaseToken, leaseExpiresAtMs: nowMs + leaseMs })
      .where(
        and(
          isNull(refreshRequests.finishedAtMs),
          or(isNull(refreshRequests.leaseExpiresAtMs), lte(refreshRequests.leaseExpiresAtMs, nowMs)),
          sql`not exists (select 1 from ${refreshRequests} as held where held.finished_at_ms is null and held.lease_expires_at_ms > ${nowMs})`,
        ),
      )
      .returning({ id: refreshRequests.id }),
  );
  return claimed.ok ? ok(claimed.value.length) : claimed;
}

/** Ends what is held under `leaseToken`, and forgets requests that ended before `forgetBeforeMs`. Fault: unavailable. */
export async function finishRefreshes(
  db: Db,
  input: {
    readonly leaseToken: string;
    readonly refreshId: string;
    readonly nowMs: number;
    readonly forgetBeforeMs: number;
  },
): Promise<Result<void>> {
  const { leaseToken, refreshId, nowMs, forgetBeforeMs } = input;
  const finished = await tryQuery("finish refresh", () =>
    db.batch([
      db
        .update(refreshRequests)
        .set({ finishedAtMs: nowMs, refreshId, leaseExpiresAtMs: null })
        .where(and(eq(refreshRequests.leaseToken, leaseToken), isNull(refreshRequests.finishedAtMs))),
      db
        .delete(refreshRequests)
        .where(and(isNotNull(refreshRequests.finishedAtMs), lt(refreshRequests.requestedAtMs, forgetBeforeMs))),
    ]),
  );
  return finished.ok ? ok(undefined) : finished;
}

/** Whether a refresh runs now. Fault: unavailable. */
export async function readIsRefreshing(db: Db, { nowMs }: { readonly nowMs: number }): Promise<Result<boolean>> {
  const rows = await tryQuery("read refresh requests", () =>
    db.select({ id: refreshRequests.id }).from(refreshRequests).where(isLeased(nowMs)).limit(1),
  );
  return rows.ok ? ok(rows.value.length > 0) : rows;
}
