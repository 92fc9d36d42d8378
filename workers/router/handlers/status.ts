import packageJson from "../../../package.json" with { type: "json" };
import { toDetail } from "../../../shared/base/fault.ts";
import { ok } from "../../../shared/base/result.ts";
import type { Catalog, CatalogModel } from "../../../shared/catalog/model.ts";
import type { StatusBody } from "../../../shared/contract/status.ts";
import aliasesJson from "../../../shared/data/aliases.json" with { type: "json" };
import type { Handler } from "../handler.ts";
import { toHeldBack } from "../held-back.ts";
import type { RefreshStatus } from "../refresh-deps.ts";
import { toSourceStatuses } from "../source-statuses.ts";

/** Distinct ids: a model has one row for each effort it is served at. */
const countIds = (rows: readonly CatalogModel[]): number => new Set(rows.map((row) => row.id)).size;
const isLinked = (row: CatalogModel): boolean => Object.keys(row.abilities).length > 0;
const hasBenchmark = (row: CatalogModel): boolean => Object.keys(row.benchmarks).length > 0;
const toIso = (ms: number): string => new Date(ms).toISOString();
const toAgeS = (atMs: number, nowMs: number): number => Math.max(0, Math.round((nowMs - atMs) / 1_000));

type CatalogStatus = NonNullable<StatusBody["catalog"]>;

function toCatalogStatus(catalog: Catalog, origin: CatalogStatus["origin"], nowMs: number): CatalogStatus {
  const { version, generatedAt, models, attribution } = catalog;
  const proper = models.filter((row) => row.kind === "model");
  return {
    version,
    generated_at: generatedAt,
    age_s: toAgeS(Date.parse(generatedAt), nowMs),
    origin,
    models: countIds(proper),
    linked_models: countIds(proper.filter(isLinked)),
    attribution: [...attribution],
  };
}

const ALIASES = {
  modelCount: new Set(aliasesJson.aliases.map(({ id }) => id)).size,
  nameCount: aliasesJson.aliases.length,
};

/** The fields that the peer's own clients read. */
function toPeerFields(models: readonly CatalogModel[], { lastAsked, last }: RefreshStatus, nowMs: number) {
  const atMs = lastAsked?.atMs ?? last?.atMs ?? null;
  return {
    lastRefresh: atMs === null ? null : toIso(atMs),
    modelCount: countIds(models),
    modelsWithScores: countIds(models.filter(isLinked)),
    modelsWithBenchmarks: countIds(models.filter(hasBenchmark)),
    aliases: ALIASES,
    sources: toSourceStatuses(lastAsked, nowMs),
  };
}

/** What is amiss with the catalogue, for a person. */
function toMessage({ lastAsked, origin }: RefreshStatus, catalog: Catalog | null): string | null {
  if (catalog === null) return "No catalogue can be read, so nothing can be picked; catalog_error says why";
  const day = catalog.generatedAt.slice(0, 10);
  const from = origin === "embedded" ? `the catalogue that ships with the worker (${day})` : `the catalogue of ${day}`;
  if (lastAsked === null) return `No source was asked yet: picks come from ${from}. POST /api/refresh asks them`;
  if (lastAsked.outcome === "unreachable")
    return `The last refresh failed: ${lastAsked.detail}. Picks come from ${from}`;
  const held = toHeldBack(lastAsked, catalog.version);
  return held === null ? null : `A new catalogue is held back: ${held.reasons.join("; ")}. Picks come from ${from}`;
}

/** GET /api/status: a missing catalogue, the fallback engine or sources out of reach are `degraded`, not an error. */
export const getStatus: Handler = async (_input, deps) => {
  const [catalog, status] = await Promise.all([deps.readCatalog(), deps.readRefreshStatus()]);
  if (!status.ok) return status;
  const nowMs = deps.nowMs();
  const { engine, model, source, error } = deps.classifier.describe();
  const { last, lastAsked, isRefreshing, origin } = status.value;
  const isReached = lastAsked === null || lastAsked.outcome !== "unreachable";
  const held = toHeldBack(lastAsked, catalog.ok ? catalog.value.version : "");
  const data: StatusBody = {
    status: catalog.ok && engine === "onnx" && isReached && last?.outcome !== "failed" ? "ok" : "degraded",
    message: toMessage(status.value, catalog.ok ? catalog.value : null),
    version: packageJson.version,
    engine,
    model: model === null ? null : { ...model, source },
    engine_error: error,
    catalog: catalog.ok ? toCatalogStatus(catalog.value, origin, nowMs) : null,
    catalog_error: catalog.ok ? null : toDetail(catalog.fault),
    last_refresh:
      last === null
        ? null
        : { at: toIso(last.atMs), age_s: toAgeS(last.atMs, nowMs), outcome: last.outcome, detail: last.detail },
    refreshing: isRefreshing,
    held_back: held === null ? null : { version: held.version, at: toIso(held.atMs), reasons: [...held.reasons] },
    idle_overrides: lastAsked?.report?.idleOverrides ?? [],
    ...toPeerFields(catalog.ok ? catalog.value.models : [], status.value, nowMs),
  };
  return ok({ data });
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
