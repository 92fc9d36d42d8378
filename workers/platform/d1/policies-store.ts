import { and, desc, eq, type SQL, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Policy } from "../../../shared/policy/policy.ts";
import type { Db } from "./open-db.ts";
import { parseStoredJson } from "./parse-stored.ts";
import { policies } from "./policies-tables.ts";
import { selectRow } from "./select-row.ts";
import { storedPolicySchema } from "./stored-policy.ts";
import { tryQuery } from "./try-query.ts";

/** One version of a tenant's policy; versions count from 1, 0 means that none was ever saved. */
export interface StoredPolicy {
  readonly version: number;
  readonly policy: Policy;
}

const newestQuery = (db: Db, where: SQL | undefined) =>
  db
    .select({ version: policies.version, body: policies.body })
    .from(policies)
    .where(where)
    .orderBy(desc(policies.version))
    .limit(1);

/** The query of the tenant's newest policy, for a batch; `toStoredPolicy` reads its rows. */
export const currentPolicyQuery = (db: Db, tenantId: string) => newestQuery(db, eq(policies.tenantId, tenantId));

/** The policy in a row, null for none. Fault: malformed_data. */
export function toStoredPolicy(
  row: { readonly version: number; readonly body: string } | undefined,
): Result<StoredPolicy | null> {
  if (row === undefined) return ok(null);
  const policy = parseStoredJson(storedPolicySchema, "policy", row.body);
  return policy.ok ? ok({ version: row.version, policy: policy.value }) : policy;
}

async function readNewest(db: Db, where: SQL | undefined): Promise<Result<StoredPolicy | null>> {
  const rows = await tryQuery("read policy", () => newestQuery(db, where));
  return rows.ok ? toStoredPolicy(rows.value[0]) : rows;
}

/** The tenant's newest policy; null when it never saved one. */
export const readCurrentPolicy = (
  db: Db,
  { tenantId }: { readonly tenantId: string },
): Promise<Result<StoredPolicy | null>> => readNewest(db, eq(policies.tenantId, tenantId));

/** One past version; null when there is none of that number. */
export const readPolicyVersion = (
  db: Db,
  { tenantId, version }: { readonly tenantId: string; readonly version: number },
): Promise<Result<StoredPolicy | null>> =>
  readNewest(db, and(eq(policies.tenantId, tenantId), eq(policies.version, version)));

/** Why a change that was made against an older version is refused. */
export const toStaleMessage = (expectedVersion: number): string =>
  `Cannot save the policy over version ${expectedVersion}: it is no longer the newest; read it again and repeat the change`;

/**
 * Saves version `expectedVersion + 1`, only if `expectedVersion` is still the newest (0 = none yet).
 * Fault: conflict when another writer was first.
 */
export async function savePolicy(
  db: Db,
  input: {
    readonly tenantId: string;
    readonly expectedVersion: number;
    readonly policy: Policy;
    readonly createdAtMs: number;
    readonly createdBy: string;
  },
): Promise<Result<StoredPolicy>> {
  const { tenantId, expectedVersion, policy, createdAtMs, createdBy } = input;
  const version = expectedVersion + 1;
  const row = { tenantId, version, body: JSON.stringify(policy), createdAtMs, createdBy };
  const newest = sql`(select coalesce(max(${policies.version}), 0) from ${policies} where ${policies.tenantId} = ${tenantId})`;
  const ifUnmoved = selectRow(policies, row, sql`${newest} = ${expectedVersion}`);
  const saved = await tryQuery("save policy", () =>
    db.insert(policies).select(ifUnmoved).onConflictDoNothing().returning({ version: policies.version }),
  );
  if (!saved.ok) return saved;
  if (saved.value.length === 1) return ok({ version, policy });
  const message = toStaleMessage(expectedVersion);
  return fail({ kind: "conflict", message });
}
