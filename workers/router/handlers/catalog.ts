import packageJson from "../../../package.json" with { type: "json" };
import { toDetail } from "../../../shared/base/fault.ts";
import { ok } from "../../../shared/base/result.ts";
import type { Catalog, CatalogModel } from "../../../shared/catalog/model.ts";
import { toModelBody } from "../../../shared/contract/models.ts";
import type { Handler } from "../handler.ts";

/** GET /api/models: every row of the current snapshot in id order. */
export const listModels: Handler = async (_input, deps) => {
  const catalog = await deps.readCatalog();
  if (!catalog.ok) return catalog;
  const { version, generatedAt, models, attribution } = catalog.value;
  return ok({
    data: models.map(toModelBody),
    meta: { total: models.length, catalog_version: version, generated_at: generatedAt, attribution },
  });
};

/** Distinct ids: a model has one row for each effort it is served at. */
const countIds = (rows: readonly CatalogModel[]): number => new Set(rows.map((row) => row.id)).size;

function toCatalogStatus({ version, generatedAt, models, attribution }: Catalog) {
  const proper = models.filter((row) => row.kind === "model");
  return {
    version,
    generated_at: generatedAt,
    models: countIds(proper),
    linked_models: countIds(proper.filter((row) => Object.keys(row.abilities).length > 0)),
    attribution,
  };
}

/** GET /api/status: a missing catalogue or the fallback engine is `degraded`, not an error. */
export const getStatus: Handler = async (_input, deps) => {
  const [catalog, host] = await Promise.all([deps.readCatalog(), deps.readHostStatus()]);
  if (!host.ok) return host;
  const { engine, model, source, error } = deps.classifier.describe();
  const refresh = host.value.lastRefresh;
  return ok({
    data: {
      status: catalog.ok && engine === "onnx" ? "ok" : "degraded",
      version: packageJson.version,
      engine,
      model: model === null ? null : { ...model, source },
      engine_error: error,
      catalog: catalog.ok ? toCatalogStatus(catalog.value) : null,
      catalog_error: catalog.ok ? null : toDetail(catalog.fault),
      last_refresh:
        refresh === null
          ? null
          : {
              at: new Date(refresh.atMs).toISOString(),
              age_s: Math.round((deps.nowMs() - refresh.atMs) / 1000),
              outcome: refresh.outcome,
            },
    },
  });
};

/** POST /api/status/probe: sends one step through the queue; reading it back shows whether the consumer answers. */
export const startProbe: Handler = async ({ principal }, deps) => {
  const probe = await deps.startProbe(principal.tenantId);
  return probe.ok ? ok({ data: { probe_id: probe.value.probeId } }) : probe;
};

/** GET /api/status/probe/:id */
export const readProbe: Handler = async ({ principal, params }, deps) => {
  const probe = await deps.readProbe(principal.tenantId, params.id ?? "");
  return probe.ok ? ok({ data: probe.value }) : probe;
};
