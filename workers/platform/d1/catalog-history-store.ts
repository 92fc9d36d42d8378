import { and, desc, eq, inArray, notInArray, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { catalogCurrent, catalogModels, catalogSnapshots } from "./catalog-tables.ts";
import { decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStoredJson } from "./parse-stored.ts";
import { type SnapshotReport, snapshotReportSchema } from "./refresh-report.ts";
import { tryQuery } from "./try-query.ts";

/** A stored snapshot without its rows. */
export interface CatalogVersion {
  readonly version: string;
  readonly generatedAt: string;
  readonly createdAtMs: number;
  readonly rowCount: number;
  readonly report: SnapshotReport;
}

const columns = {
  version: catalogSnapshots.version,
  generatedAt: catalogSnapshots.generatedAt,
  createdAtMs: catalogSnapshots.createdAtMs,
  rowCount: catalogSnapshots.rowCount,
  report: catalogSnapshots.report,
};

/** What a stored snapshot says of itself. Faults: not_found, unavailable, malformed_data. */
export async function readCatalogReport(
  db: Db,
  { version }: { readonly version: string },
): Promise<Result<SnapshotReport>> {
  const rows = await tryQuery("read catalogue report", () =>
    db.select({ report: catalogSnapshots.report }).from(catalogSnapshots).where(eq(catalogSnapshots.version, version)),
  );
  if (!rows.ok) return rows;
  const [row] = rows.value;
  if (row === undefined) return fail({ kind: "not_found", what: "catalogue", id: version });
  return parseStoredJson(snapshotReportSchema, "catalogue report", row.report);
}

/** The newest `limit` snapshots, newest first; held-back ones too. Faults: unavailable, malformed_data. */
export async function listCatalogVersions(
  db: Db,
  { limit }: { readonly limit: number },
): Promise<Result<readonly CatalogVersion[]>> {
  const rows = await tryQuery("list catalogues", () =>
    db
      .select(columns)
      .from(catalogSnapshots)
      .orderBy(desc(catalogSnapshots.createdAtMs), desc(catalogSnapshots.version))
      .limit(limit),
  );
  if (!rows.ok) return rows;
  const versions: CatalogVersion[] = [];
  for (const row of rows.value) {
    const report = parseStoredJson(snapshotReportSchema, "catalogue report", row.report);
    if (!report.ok) return report;
    versions.push({ ...row, report: report.value });
  }
  return ok(versions);
}

/** D1 takes 100 bound parameters a statement; what is over is taken the next time. */
const PRUNE_AT_ONCE = 50;

/**
 * Deletes snapshots older than the newest `keep`, but for the one that is served and those that a decision names, which
 * is recomputed with it. How many went. Fault: unavailable.
 */
export async function pruneCatalogs(db: Db, { keep }: { readonly keep: number }): Promise<Result<number>> {
  const newest = db
    .select({ version: catalogSnapshots.version })
    .from(catalogSnapshots)
    .orderBy(desc(catalogSnapshots.createdAtMs), desc(catalogSnapshots.version))
    .limit(keep);
  const isNamed = sql`exists (select 1 from ${decisions} where ${decisions.catalogVersion} = ${catalogSnapshots.version})`;
  const old = await tryQuery("find old catalogues", () =>
    db
      .select({ version: catalogSnapshots.version })
      .from(catalogSnapshots)
      .where(
        and(
          notInArray(catalogSnapshots.version, newest),
          notInArray(catalogSnapshots.version, db.select({ version: catalogCurrent.version }).from(catalogCurrent)),
          sql`not ${isNamed}`,
        ),
      )
      .limit(PRUNE_AT_ONCE),
  );
  if (!old.ok || old.value.length === 0) return old.ok ? ok(0) : old;
  const versions = old.value.map(({ version }) => version);
  const pruned = await tryQuery("prune catalogues", () =>
    db.batch([
      db.delete(catalogModels).where(inArray(catalogModels.version, versions)),
      db.delete(catalogSnapshots).where(inArray(catalogSnapshots.version, versions)),
    ]),
  );
  return pruned.ok ? ok(versions.length) : pruned;
}
