import { fail, ok } from "../../../shared/base/result.ts";
import { findModel, listModels as listRows } from "../../../shared/contract/list-models.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { compareQuerySchema, modelsQuerySchema } from "../../../shared/contract/selection.ts";
import type { Handler } from "../handler.ts";

/** GET /api/models: one row a model, filtered and sorted. */
export const listModels: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(modelsQuerySchema, query);
  if (!asked.ok) return asked;
  const world = await deps.readRankWorld(principal.tenantId);
  if (!world.ok) return world;
  const { version, generatedAt, attribution } = world.value.catalog;
  const bodies = await deps.recallModelBodies(world.value.catalog);
  if (!bodies.ok) return bodies;
  const { rows, total, filtered } = listRows(bodies.value, asked.value);
  const meta = { total, filtered, returned: rows.length, lastRefresh: generatedAt, version };
  return ok({ data: rows, meta: { ...meta, catalog_version: version, generated_at: generatedAt, attribution } });
};

/** GET /api/compare: the models that are there, in the order asked, and the ids that are not. */
export const compareModels: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(compareQuerySchema, query);
  if (!asked.ok) return asked;
  const world = await deps.readRankWorld(principal.tenantId);
  if (!world.ok) return world;
  const bodies = await deps.recallModelBodies(world.value.catalog);
  if (!bodies.ok) return bodies;
  const ids = asked.value.models;
  const models = ids.flatMap((id) => findModel(bodies.value, id) ?? []);
  if (models.length === 0) return fail({ kind: "not_found", what: "models", id: ids.join(",") });
  const found = new Set(models.map(({ id }) => id));
  return ok({
    data: { models, missing: ids.filter((id) => !found.has(id)) },
    meta: { catalog_version: world.value.catalog.version },
  });
};
