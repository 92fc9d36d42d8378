import { and, desc, eq, gte, isNotNull } from "drizzle-orm";
import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { parseStored, parseStoredJson } from "./parse-stored.ts";
import { type RefreshReport, refreshReportSchema } from "./refresh-report.ts";
import { catalogRefreshes } from "./refresh-tables.ts";
import { tryQuery } from "./try-query.ts";

/**
 * loaded: another catalogue is served since. unchanged: the same content. held_back: a guard spoke against it.
 * unreachable: no source gave anything, now or ever. failed: something of our own went wrong.
 */
export const REFRESH_OUTCOMES = ["loaded", "unchanged", "held_back", "unreachable", "failed"] as const;

/** One heartbeat: when a refresh ran and what came of it. */
export interface CatalogRefresh {
  readonly id: string;
  readonly atMs: number;
  readonly outcome: (typeof REFRESH_OUTCOMES)[number];
  /** The version that is served after it; null when none is. */
  readonly version: string | null;
  readonly detail: string;
  /** null where no source was asked. */
  readonly report: RefreshReport | null;
}

export const toRefreshRow = (refresh: CatalogRefresh) => ({
  ...refresh,
  report: refresh.report === null ? null : JSON.stringify(refresh.report),
});

export async function saveRefresh(db: Db, refresh: CatalogRefresh): Promise<Result<void>> {
  const saved = await tryQuery("save refresh", () => db.insert(catalogRefreshes).values(toRefreshRow(refresh)));
  return saved.ok ? ok(undefined) : saved;
}

function toRefresh(row: typeof catalogRefreshes.$inferSelect): Result<CatalogRefresh> {
  const outcome = parseStored(z.enum(REFRESH_OUTCOMES), "refresh outcome", row.outcome);
  if (!outcome.ok) return outcome;
  const report = row.report === null ? ok(null) : parseStoredJson(refreshReportSchema, "refresh report", row.report);
  return report.ok ? ok({ ...row, outcome: outcome.value, report: report.value }) : report;
}

const newest = [desc(catalogRefreshes.atMs), desc(catalogRefreshes.id)];

async function readOne(query: () => Promise<(typeof catalogRefreshes.$inferSelect)[]>) {
  const rows = await tryQuery("read refresh", query);
  if (!rows.ok) return rows;
  const [row] = rows.value;
  return row === undefined ? ok(null) : toRefresh(row);
}

/** The newest heartbeat; null before the first. Faults: unavailable, malformed_data. */
export const readLastRefresh = (db: Db): Promise<Result<CatalogRefresh | null>> =>
  readOne(() =>
    db
      .select()
      .from(catalogRefreshes)
      .orderBy(...newest)
      .limit(1),
  );

/** The newest heartbeat of a refresh that asked the sources; null before the first. Faults: unavailable, malformed_data. */
export const readLastReport = (db: Db): Promise<Result<CatalogRefresh | null>> =>
  readOne(() =>
    db
      .select()
      .from(catalogRefreshes)
      .where(isNotNull(catalogRefreshes.report))
      .orderBy(...newest)
      .limit(1),
  );

/** Held-back refreshes over `version` of the last `sinceMs`, oldest first. Faults: unavailable, malformed_data. */
export async function listHeldBack(
  db: Db,
  { version, sinceMs }: { readonly version: string; readonly sinceMs: number },
): Promise<Result<readonly CatalogRefresh[]>> {
  const rows = await tryQuery("list held refreshes", () =>
    db
      .select()
      .from(catalogRefreshes)
      .where(
        and(
          eq(catalogRefreshes.outcome, "held_back"),
          eq(catalogRefreshes.version, version),
          gte(catalogRefreshes.atMs, sinceMs),
        ),
      )
      .orderBy(catalogRefreshes.atMs)
      .limit(100),
  );
  if (!rows.ok) return rows;
  const held: CatalogRefresh[] = [];
  for (const row of rows.value) {
    const refresh = toRefresh(row);
    if (!refresh.ok) return refresh;
    held.push(refresh.value);
  }
  return ok(held);
}
