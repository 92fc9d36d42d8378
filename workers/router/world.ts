import { ok, type Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import { parseCatalog } from "../../shared/catalog/parse-catalog.ts";
import defaultCatalogue from "../../shared/data/default-catalogue.json" with { type: "json" };
import { toObservations } from "../../shared/policy/outcomes.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import { defaultPolicy } from "../../shared/policy/policy.ts";
import { sha256Hex } from "../platform/crypto.ts";
import { readCatalog, readCurrentCatalogVersion } from "../platform/d1/catalog-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { readCurrentPolicy } from "../platform/d1/policies-store.ts";
import { readProviderState } from "../platform/d1/provider-states-store.ts";
import { readRouteState as readStoredState } from "../platform/d1/route-state-store.ts";
import { catalogMemo } from "../platform/memo.ts";
import type { RouteStateOfTenant, VersionedPolicy, World } from "./deps.ts";
import { toDigests } from "./digests.ts";

const DAY_MS = 86_400_000;

const SHIPPED_POLICY: VersionedPolicy = { version: 0, policy: defaultPolicy };

/** A snapshot from the database; the one that ships is at hand where the database has none or has lost it. */
export async function readStoredCatalog(db: Db, version: string): Promise<Result<Catalog>> {
  const stored = await readCatalog(db, { version });
  const isShipped = !stored.ok && stored.fault.kind === "not_found" && version === defaultCatalogue.version;
  return isShipped ? parseCatalog(defaultCatalogue) : stored;
}

/** A snapshot by version, kept in memory: snapshots never change. */
export const readCatalogVersion = (db: Db, version: string): Promise<Result<Catalog>> =>
  catalogMemo.recall(version, () => readStoredCatalog(db, version));

/** The current snapshot: the one that ships before the first is loaded. Faults: unavailable, not_found, malformed_data. */
export async function readCurrentCatalog(db: Db): Promise<Result<Catalog>> {
  const version = await readCurrentCatalogVersion(db);
  return version.ok ? readCatalogVersion(db, version.value ?? defaultCatalogue.version) : version;
}

/** The tenant's newest policy; the shipped default is version 0. */
export async function readPolicy(db: Db, tenantId: string): Promise<Result<VersionedPolicy>> {
  const stored = await readCurrentPolicy(db, { tenantId });
  return stored.ok ? ok(stored.value ?? SHIPPED_POLICY) : stored;
}

/** What a route call reads in one round trip; the catalogue itself comes from memory where its version is known. */
export async function readRouteState(
  db: Db,
  { tenantId, lockKey, nowMs }: { readonly tenantId: string; readonly lockKey: string; readonly nowMs: number },
): Promise<Result<RouteStateOfTenant>> {
  const sinceMs = nowMs - PARAMETERS.outcomes.windowDays * DAY_MS;
  const state = await readStoredState(db, { tenantId, lockKey, nowMs, sinceMs });
  if (!state.ok) return state;
  const { held, policy, catalogVersion, outcomes } = state.value;
  const readWorld = async (): Promise<Result<World>> => {
    const [catalog, providerState] = await Promise.all([
      readCatalogVersion(db, catalogVersion ?? defaultCatalogue.version),
      readProviderState(db, { tenantId, nowMs }),
    ]);
    if (!catalog.ok) return catalog;
    if (!providerState.ok) return providerState;
    const aged = outcomes.map(({ createdAtMs, ...row }) => ({ ...row, ageDays: (nowMs - createdAtMs) / DAY_MS }));
    const versioned = policy ?? SHIPPED_POLICY;
    return ok({
      catalog: catalog.value,
      policy: versioned,
      digests: await toDigests(versioned.policy, sha256Hex),
      outcomes: toObservations(aged),
      providerState: providerState.value,
      verifier: null,
    });
  };
  return ok({ held, readWorld });
}
