import type { Json } from "../../shared/base/canonical-json.ts";
import { toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import type { SnapshotBasis } from "../../shared/catalog/guards.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import { parseCatalog } from "../../shared/catalog/parse-catalog.ts";
import type { Serving } from "../platform/d1/catalog-store.ts";
import type { SnapshotReport } from "../platform/d1/refresh-report.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";
import { log } from "../platform/log.ts";

export interface ServedDeps {
  readonly nowMs: () => number;
  readonly newId: (prefix: string) => string;
  /** The catalogue that ships with the worker, not yet checked, and its version. */
  readonly embedded: { readonly version: string; readonly value: unknown };
  readonly readCurrentVersion: () => Promise<Result<string | null>>;
  readonly readCatalogReport: (version: string) => Promise<Result<SnapshotReport>>;
  readonly readCatalog: (version: string) => Promise<Result<Catalog>>;
  readonly saveCatalog: (input: {
    readonly catalog: Catalog;
    readonly report: Json;
    readonly createdAtMs: number;
    readonly serving: Serving;
    readonly heartbeat: CatalogRefresh;
  }) => Promise<Result<{ readonly isServed: boolean }>>;
}

/** What is served now, and what it was made from; `basis` null = the catalogue that ships. */
export interface Served {
  readonly catalog: Catalog;
  readonly report: SnapshotReport;
  readonly basis: SnapshotBasis | null;
}

const SHIPPED: SnapshotReport = {
  origin: "embedded",
  replaced: null,
  sources: [],
  editions: {},
  rowsSha256: null,
  rowsBytes: 0,
};

/**
 * Sees to it that something is served: the catalogue that ships is loaded where none is, where the one that is served is
 * an older shipped one, and where it is lost. The version that is served. Faults: unavailable, malformed_data.
 */
export async function loadShipped(deps: ServedDeps): Promise<Result<string>> {
  const current = await deps.readCurrentVersion();
  if (!current.ok) return current;
  const { version } = deps.embedded;
  if (current.value === version) return ok(version);
  if (current.value !== null) {
    const report = await deps.readCatalogReport(current.value);
    if (!report.ok && report.fault.kind === "unavailable") return report;
    if (report.ok && report.value.origin === "live") return ok(current.value);
  }
  return serveShipped(deps, current.value);
}

async function serveShipped(deps: ServedDeps, replaced: string | null): Promise<Result<string>> {
  const catalog = parseCatalog(deps.embedded.value);
  if (!catalog.ok) return catalog;
  const { version, models } = catalog.value;
  const nowMs = deps.nowMs();
  const detail = `the catalogue that ships, ${models.length} rows`;
  const heartbeat: CatalogRefresh = {
    id: deps.newId("ref"),
    atMs: nowMs,
    outcome: "loaded",
    version,
    detail,
    report: null,
  };
  const report = { ...SHIPPED, replaced };
  const saved = await deps.saveCatalog({
    catalog: catalog.value,
    report,
    createdAtMs: nowMs,
    serving: { over: replaced },
    heartbeat,
  });
  return saved.ok ? ok(version) : saved;
}

/** The catalogue that is served, whole; one that cannot be read is replaced by the shipped one. Faults: as loadShipped(). */
export async function readServed(deps: ServedDeps): Promise<Result<Served>> {
  const version = await loadShipped(deps);
  if (!version.ok) return version;
  const served = await readWhole(deps, version.value);
  if (served.ok || served.fault.kind === "unavailable") return served;
  log({ level: "error", event: "catalogue_lost", version: version.value, detail: toDetail(served.fault) });
  const shipped = await serveShipped(deps, version.value);
  return shipped.ok ? readWhole(deps, shipped.value) : shipped;
}

async function readWhole(deps: ServedDeps, version: string): Promise<Result<Served>> {
  const catalog = await deps.readCatalog(version);
  if (!catalog.ok) return catalog;
  const report = await deps.readCatalogReport(version);
  if (!report.ok) return report;
  const { origin, sources, editions } = report.value;
  return ok({
    catalog: catalog.value,
    report: report.value,
    basis: origin === "embedded" ? null : { sources, editions },
  });
}
