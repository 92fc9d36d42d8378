import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import type { ProviderState } from "../../shared/policy/decision.ts";
import { toObservations } from "../../shared/policy/outcomes.ts";
import { defaultPolicy } from "../../shared/policy/policy.ts";
import { readCatalog, readCurrentCatalogVersion } from "../platform/d1/catalog-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { listOutcomeObservations } from "../platform/d1/outcomes-store.ts";
import { readCurrentPolicy } from "../platform/d1/policies-store.ts";
import { catalogMemo } from "../platform/memo.ts";
import type { VersionedPolicy, World } from "./deps.ts";

const DAY_MS = 86_400_000;
/** Six half-lives: what is older weighs less than 2 % of a fresh outcome. */
const OUTCOME_WINDOW_DAYS = 360;

/** Filled by the executor once it calls providers; until then nothing is known to be limited. */
const NO_PROVIDER_STATE: ProviderState = { excluded: [], penalties: [] };

/** A snapshot by version, kept in memory: snapshots never change. */
export const readCatalogVersion = (db: Db, version: string): Promise<Result<Catalog>> =>
  catalogMemo.recall(version, () => readCatalog(db, { version }));

/** The current snapshot. Fault: unavailable before the first one is loaded. */
export async function readCurrentCatalog(db: Db): Promise<Result<Catalog>> {
  const version = await readCurrentCatalogVersion(db);
  if (!version.ok) return version;
  if (version.value === null) return fail({ kind: "unavailable", what: "catalogue", detail: "none is loaded yet" });
  return readCatalogVersion(db, version.value);
}

/** The tenant's newest policy; the shipped default is version 0. */
export async function readPolicy(db: Db, tenantId: string): Promise<Result<VersionedPolicy>> {
  const stored = await readCurrentPolicy(db, { tenantId });
  return stored.ok ? ok(stored.value ?? { version: 0, policy: defaultPolicy }) : stored;
}

/** Everything one decision reads beside its request. */
export async function readWorld(
  db: Db,
  { tenantId, nowMs }: { tenantId: string; nowMs: number },
): Promise<Result<World>> {
  const [catalog, policy, rows] = await Promise.all([
    readCurrentCatalog(db),
    readPolicy(db, tenantId),
    listOutcomeObservations(db, { tenantId, sinceMs: nowMs - OUTCOME_WINDOW_DAYS * DAY_MS }),
  ]);
  if (!catalog.ok) return catalog;
  if (!policy.ok) return policy;
  if (!rows.ok) return rows;
  const outcomes = toObservations(
    rows.value.map(({ createdAtMs, ...row }) => ({ ...row, ageDays: (nowMs - createdAtMs) / DAY_MS })),
  );
  return ok({
    catalog: catalog.value,
    policy: policy.value,
    outcomes,
    providerState: NO_PROVIDER_STATE,
    verifier: null,
  });
}
