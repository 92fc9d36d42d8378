import { and, asc, eq } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { providerKeys, providerStates } from "./run-doors-tables.ts";
import { tryQuery } from "./try-query.ts";

interface OfProvider {
  readonly tenantId: string;
  readonly provider: string;
}

/** A tenant's key as it may be shown. */
export interface ProviderKeyRow {
  readonly provider: string;
  readonly last4: string;
  readonly savedBy: string;
  readonly savedAtMs: number;
}

const isKey = ({ tenantId, provider }: OfProvider) =>
  and(eq(providerKeys.tenantId, tenantId), eq(providerKeys.provider, provider));

/** What a provider answered to the key before says nothing of this one. */
const forgetState = (db: Db, { tenantId, provider }: OfProvider) =>
  db.delete(providerStates).where(and(eq(providerStates.tenantId, tenantId), eq(providerStates.provider, provider)));

/** Saves, or replaces, a sealed key, and closes the circuit of the one before. Fault: unavailable. */
export async function saveProviderKey(
  db: Db,
  input: OfProvider &
    Omit<ProviderKeyRow, "provider" | "savedAtMs"> & { readonly sealed: string; readonly nowMs: number },
): Promise<Result<void>> {
  const { nowMs, ...key } = input;
  const row = { ...key, savedAtMs: nowMs };
  const saved = await tryQuery("save provider key", () =>
    db.batch([
      db
        .insert(providerKeys)
        .values(row)
        .onConflictDoUpdate({ target: [providerKeys.tenantId, providerKeys.provider], set: row }),
      forgetState(db, input),
    ]),
  );
  return saved.ok ? ok(undefined) : saved;
}

/** Which keys a tenant has. Fault: unavailable. */
export const listProviderKeys = (
  db: Db,
  { tenantId }: { readonly tenantId: string },
): Promise<Result<readonly ProviderKeyRow[]>> =>
  tryQuery("list provider keys", () =>
    db
      .select({
        provider: providerKeys.provider,
        last4: providerKeys.last4,
        savedBy: providerKeys.savedBy,
        savedAtMs: providerKeys.savedAtMs,
      })
      .from(providerKeys)
      .where(eq(providerKeys.tenantId, tenantId))
      .orderBy(asc(providerKeys.provider)),
  );

/** Whether there was one to forget. Fault: unavailable. */
export async function deleteProviderKey(db: Db, input: OfProvider): Promise<Result<boolean>> {
  const gone = await tryQuery("delete provider key", () =>
    db.batch([
      db.delete(providerKeys).where(isKey(input)).returning({ provider: providerKeys.provider }),
      forgetState(db, input),
    ]),
  );
  return gone.ok ? ok(gone.value[0].length > 0) : gone;
}

/** A sealed key, for whoever may open it; null = none. Fault: unavailable. */
export async function readProviderKey(db: Db, input: OfProvider): Promise<Result<string | null>> {
  const rows = await tryQuery("read provider key", () =>
    db.select({ sealed: providerKeys.sealed }).from(providerKeys).where(isKey(input)),
  );
  return rows.ok ? ok(rows.value[0]?.sealed ?? null) : rows;
}
