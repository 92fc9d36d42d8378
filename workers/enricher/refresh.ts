import type { Json } from "../../shared/base/canonical-json.ts";
import { type Fault, toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import { parseCatalog } from "../../shared/catalog/parse-catalog.ts";
import type { CatalogRefresh } from "../platform/d1/catalog-store.ts";

export interface RefreshDeps {
  readonly nowMs: () => number;
  readonly newId: (prefix: string) => string;
  /** The catalogue that ships with the worker, not yet checked. */
  readonly readEmbedded: () => unknown;
  readonly readCurrentVersion: () => Promise<Result<string | null>>;
  readonly saveCatalog: (input: { catalog: Catalog; report: Json; createdAtMs: number }) => Promise<Result<void>>;
  readonly saveRefresh: (refresh: CatalogRefresh) => Promise<Result<void>>;
}

type Loaded = Pick<CatalogRefresh, "outcome" | "version" | "detail">;

/** Embedded catalogue -> checked -> compared with what is served -> saved as one snapshot. */
async function load(deps: RefreshDeps): Promise<Result<Loaded>> {
  const catalog = parseCatalog(deps.readEmbedded());
  if (!catalog.ok) return catalog;
  const { version, models } = catalog.value;
  const current = await deps.readCurrentVersion();
  if (!current.ok) return current;
  if (current.value === version) return ok({ outcome: "unchanged", version, detail: "" });
  const report = { source: "embedded", models: models.length, replaced: current.value };
  const saved = await deps.saveCatalog({ catalog: catalog.value, report, createdAtMs: deps.nowMs() });
  return saved.ok ? ok({ outcome: "loaded", version, detail: `${models.length} rows` }) : saved;
}

/**
 * The enricher's spine: loads the catalogue if it is not the one served already, and leaves a heartbeat row whatever
 * came of it. Running it again changes nothing but the heartbeat. Faults: malformed_data, unavailable.
 */
export async function refresh(deps: RefreshDeps): Promise<Result<CatalogRefresh>> {
  const loaded = await load(deps);
  const failed = (fault: Fault): Loaded => ({ outcome: "failed", version: null, detail: toDetail(fault) });
  const heartbeat: CatalogRefresh = {
    id: deps.newId("ref"),
    atMs: deps.nowMs(),
    ...(loaded.ok ? loaded.value : failed(loaded.fault)),
  };
  const saved = await deps.saveRefresh(heartbeat);
  if (!loaded.ok) return loaded;
  return saved.ok ? ok(heartbeat) : saved;
}
