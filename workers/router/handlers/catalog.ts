import packageJson from "../../../package.json" with { type: "json" };
import { ok } from "../../../shared/base/result.ts";
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

/** GET /api/status: a missing catalogue or the fallback engine is `degraded`, not an error. */
export const getStatus: Handler = async (_input, deps) => {
  const [catalog, host] = await Promise.all([deps.readCatalog(), deps.readHostStatus()]);
  if (!host.ok) return host;
  const { engine, model, source, error } = deps.classifier.describe();
  const refresh = host.value.lastRefresh;
  const loaded = catalog.ok
    ? {
        version: catalog.value.version,
        generated_at: catalog.value.generatedAt,
        models: catalog.value.models.length,
        linked_models: catalog.value.models.filter((row) => Object.keys(row.abilities).length > 0).length,
        attribution: catalog.value.attribution,
      }
    : null;
  return ok({
    data: {
      status: loaded !== null && engine === "onnx" ? "ok" : "degraded",
      version: packageJson.version,
      engine,
      model: model === null ? null : { ...model, source },
      engine_error: error,
      catalog: loaded,
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
