import { desc, eq, type SQL, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { RoutingFile } from "../../../shared/policy/governance/routing-file.ts";
import { parseSavedRouting } from "../../../shared/policy/governance/validate-routing.ts";
import { governanceFiles } from "./governance-tables.ts";
import type { Db } from "./open-db.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

/** One version of a tenant's routing file; versions count from 1. */
export interface StoredGovernance {
  readonly version: number;
  readonly file: RoutingFile;
}

/** The file in a row, null for none. Fault: malformed_data. */
function toStored(
  row: { readonly version: number; readonly body: string } | undefined,
): Result<StoredGovernance | null> {
  if (row === undefined) return ok(null);
  const malformed = (detail: string) => fail({ kind: "malformed_data", what: "governance file", detail });
  let document: unknown;
  try {
    document = JSON.parse(row.body);
  } catch {
    return malformed("not JSON");
  }
  const file = parseSavedRouting(document);
  return file.ok ? ok({ version: row.version, file: file.value }) : malformed(file.fault.kind);
}

async function readNewest(db: Db, where: SQL | undefined): Promise<Result<StoredGovernance | null>> {
  const rows = await tryQuery("read governance", () =>
    db
      .select({ version: governanceFiles.version, body: governanceFiles.body })
      .from(governanceFiles)
      .where(where)
      .orderBy(desc(governanceFiles.version))
      .limit(1),
  );
  return rows.ok ? toStored(rows.value[0]) : rows;
}

/** The tenant's newest file; null when it never saved one. Faults: unavailable, malformed_data. */
export const readCurrentGovernance = (
  db: Db,
  { tenantId }: { readonly tenantId: string },
): Promise<Result<StoredGovernance | null>> => readNewest(db, eq(governanceFiles.tenantId, tenantId));

/** Why a change that was made against an older version is refused. */
export const toStaleGovernance = (expectedVersion: number): string =>
  `Cannot save the routing file over version ${expectedVersion}: it is no longer the newest; read it again and repeat the change`;

export interface NewGovernance {
  readonly tenantId: string;
  readonly expectedVersion: number;
  readonly file: RoutingFile;
  readonly createdBy: string;
}

/**
 * Saves version `expectedVersion + 1`, only if `expectedVersion` is still the newest (0 = none yet).
 * Fault: conflict when another writer was first.
 */
export async function saveGovernance(
  db: Db,
  { file, expectedVersion, ...by }: NewGovernance & { readonly createdAtMs: number },
): Promise<Result<StoredGovernance>> {
  const version = expectedVersion + 1;
  const row = { ...by, version, body: JSON.stringify(file) };
  const { tenantId, version: stored } = governanceFiles;
  const newest = sql`(select coalesce(max(${stored}), 0) from ${governanceFiles} where ${tenantId} = ${by.tenantId})`;
  const ifUnmoved = selectRow(governanceFiles, row, sql`${newest} = ${expectedVersion}`);
  const saved = await tryQuery("save governance", () =>
    db.insert(governanceFiles).select(ifUnmoved).onConflictDoNothing().returning({ version: stored }),
  );
  if (!saved.ok) return saved;
  if (saved.value.length === 1) return ok({ version, file });
  return fail({ kind: "conflict", message: toStaleGovernance(expectedVersion) });
}
