import { and, desc, eq, isNull } from "drizzle-orm";
import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { SCOPES, type Scope } from "../../../shared/contract/door.ts";
import { apiKeys } from "./api-keys-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStoredJson } from "./parse-stored.ts";
import { tryQuery } from "./try-query.ts";

/** A key without the key: only its digest and its last four characters are ever stored. */
export interface ApiKeyRow {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly hash: string;
  readonly lastFour: string;
  readonly scopes: readonly Scope[];
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

const scopesSchema = z.array(z.enum(SCOPES));

function toApiKeyRow(row: typeof apiKeys.$inferSelect): Result<ApiKeyRow> {
  const scopes = parseStoredJson(scopesSchema, `scopes of key ${row.id}`, row.scopes);
  return scopes.ok ? ok({ ...row, scopes: scopes.value }) : scopes;
}

/** Faults: unavailable (also when id or hash is taken, which 190 random bits rule out). */
export async function saveKey(db: Db, key: ApiKeyRow): Promise<Result<void>> {
  const saved = await tryQuery("save key", () =>
    db.insert(apiKeys).values({ ...key, scopes: JSON.stringify(key.scopes) }),
  );
  return saved.ok ? ok(undefined) : saved;
}

/** The key with this digest, revoked or not; null when there is none. */
export async function readKeyByHash(db: Db, { hash }: { readonly hash: string }): Promise<Result<ApiKeyRow | null>> {
  const rows = await tryQuery("read key", () => db.select().from(apiKeys).where(eq(apiKeys.hash, hash)).limit(1));
  if (!rows.ok) return rows;
  const [row] = rows.value;
  return row === undefined ? ok(null) : toApiKeyRow(row);
}

/** All keys of a tenant, revoked ones included, newest first. */
export async function listKeys(
  db: Db,
  { tenantId }: { readonly tenantId: string },
): Promise<Result<readonly ApiKeyRow[]>> {
  const rows = await tryQuery("list keys", () =>
    db.select().from(apiKeys).where(eq(apiKeys.tenantId, tenantId)).orderBy(desc(apiKeys.createdAtMs), apiKeys.id),
  );
  if (!rows.ok) return rows;
  const keys: ApiKeyRow[] = [];
  for (const row of rows.value) {
    const key = toApiKeyRow(row);
    if (!key.ok) return key;
    keys.push(key.value);
  }
  return ok(keys);
}

/** Revokes once: a second revocation keeps the first time. Fault: not_found for an unknown or a foreign id. */
export async function revokeKey(
  db: Db,
  input: { readonly tenantId: string; readonly id: string; readonly nowMs: number },
): Promise<Result<void>> {
  const own = and(eq(apiKeys.id, input.id), eq(apiKeys.tenantId, input.tenantId));
  const answers = await tryQuery("revoke key", () =>
    db.batch([
      db
        .update(apiKeys)
        .set({ revokedAtMs: input.nowMs })
        .where(and(own, isNull(apiKeys.revokedAtMs))),
      db.select({ id: apiKeys.id }).from(apiKeys).where(own),
    ]),
  );
  if (!answers.ok) return answers;
  return answers.value[1].length === 0 ? fail({ kind: "not_found", what: "key", id: input.id }) : ok(undefined);
}
