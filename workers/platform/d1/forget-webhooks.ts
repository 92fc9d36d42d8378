import { type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import { decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { tryQuery } from "./try-query.ts";
import { trackerPulls, webhookDays, webhookDeliveries, webhookRuns } from "./webhooks-tables.ts";

const DAY_MS = 86_400_000;
const DATE_CHARS = 10;
/** Far longer than GitHub delivers again (3 days), and than an event may be old here (7 days). */
const DELIVERIES_KEPT_MS = 30 * DAY_MS;
/** A cap counts one day; the rest is for whoever looks. */
const DAYS_KEPT_MS = 30 * DAY_MS;
/** What is reverted later than this says nothing of the model any more. */
const PULLS_KEPT_MS = 365 * DAY_MS;
const RUNS_KEPT_MS = 90 * DAY_MS;

/**
 * Forgets what nobody can ask for any more, at most `limit` rows of each table. The slot of a decision that is still
 * open stays, however old: it alone keeps the decision from a second run. Fault: unavailable.
 */
export async function forgetWebhooks(
  db: Db,
  { nowMs, limit }: { readonly nowMs: number; readonly limit: number },
): Promise<Result<void>> {
  const day = new Date(nowMs - DAYS_KEPT_MS).toISOString().slice(0, DATE_CHARS);
  const isOver = sql`not exists (select 1 from ${decisions} where ${decisions.id} = ${webhookRuns.decisionId} and ${decisions.state} = 'open')`;
  const few = (from: SQL): SQL => sql`rowid in (select rowid from ${from} limit ${limit})`;
  const gone = await tryQuery("forget webhooks", () =>
    db.batch([
      db
        .delete(webhookDeliveries)
        .where(
          few(
            sql`${webhookDeliveries} where ${webhookDeliveries.receivedAtMs} < ${nowMs - DELIVERIES_KEPT_MS} and ${webhookDeliveries.work} is null`,
          ),
        ),
      db.delete(webhookDays).where(few(sql`${webhookDays} where ${webhookDays.day} < ${day}`)),
      db
        .delete(webhookRuns)
        .where(few(sql`${webhookRuns} where ${webhookRuns.createdAtMs} < ${nowMs - RUNS_KEPT_MS} and ${isOver}`)),
      db
        .delete(trackerPulls)
        .where(few(sql`${trackerPulls} where ${trackerPulls.createdAtMs} < ${nowMs - PULLS_KEPT_MS}`)),
    ]),
  );
  return gone.ok ? ok(undefined) : gone;
}
