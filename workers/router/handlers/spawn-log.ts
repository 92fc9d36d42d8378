import { ok, type Result } from "../../../shared/base/result.ts";
import { roundTo } from "../../../shared/base/stats.ts";
import type { Catalog } from "../../../shared/catalog/model.ts";
import {
  type SpawnStatsBody,
  spawnLogRequestSchema,
  spawnOutcomeRequestSchema,
  spawnScoresQuerySchema,
  spawnStatsQuerySchema,
} from "../../../shared/contract/feedback.ts";
import { toUsd } from "../../../shared/contract/fields.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { toBareRow, toCategoryPrior } from "../../../shared/policy/category-prior.ts";
import { toFeedbackScores } from "../../../shared/policy/feedback-scores.ts";
import { PARAMETERS } from "../../../shared/policy/parameters.ts";
import { type SpawnStats, type SpawnSum, toSpawnStats } from "../../../shared/run/spawn-stats.ts";
import type { RouterDeps } from "../deps.ts";
import type { Handler } from "../handler.ts";
import { parseFeedbackBody } from "./parse-feedback-body.ts";

const DAY_MS = 86_400_000;
const TOP_MODELS = 10;

/** Prices and expected cost of a task on the model, and on the one that stats compare with; null for what is not known. */
function toPrices(catalog: Catalog, modelId: string) {
  const row = toBareRow(catalog, modelId);
  const reference = toBareRow(catalog, PARAMETERS.feedback.referenceModel);
  return {
    promptMicroUsdPerMillion: row?.prices.promptMicroUsdPerMillion ?? null,
    completionMicroUsdPerMillion: row?.prices.completionMicroUsdPerMillion ?? null,
    taskMicroUsd: row?.cost.microUsd ?? null,
    referenceMicroUsd: reference?.cost.microUsd ?? null,
  };
}

/** POST /api/spawn-log: a model was started. Counts in the stats; teaches nothing. */
export const logSpawn: Handler = async ({ principal, body }, deps) => {
  const asked = parseFeedbackBody(spawnLogRequestSchema, body);
  if (!asked.ok) return asked;
  const catalog = await deps.readCatalog();
  if (!catalog.ok) return catalog;
  const { model, category, budget, mode, role, source, context, id } = asked.value;
  const saved = await deps.saveSpawn({
    id: deps.newId("spn"),
    tenantId: principal.tenantId,
    clientId: id ?? null,
    modelId: model,
    category,
    budget: budget ?? "medium",
    mode: mode ?? "single",
    role: role ?? "primary",
    source: source ?? "api",
    tags: context ?? [],
    ...toPrices(catalog.value, model),
    createdAtMs: deps.nowMs(),
    createdBy: principal.keyId ?? "anonymous",
  });
  return saved.ok ? ok({ data: { logged: true } }) : saved;
};

/** Success that a rating of 1 to 5 stands for. */
export const toSuccessOfRating = (rating: number): number => {
  const y = new Map(Object.entries(PARAMETERS.feedback.ratings)).get(String(rating));
  if (y === undefined) throw new Error(`a rating of ${rating} got past its schema`);
  return y;
};

async function readIsShared(tenantId: string, deps: RouterDeps): Promise<Result<boolean>> {
  const policy = await deps.readPolicy(tenantId);
  return policy.ok ? ok(policy.value.policy.shareOutcomes ?? false) : policy;
}

/** POST /api/spawn-log/outcome: a rating moves the tenant's own picks, and the community's prior where its policy shares. */
export const rateSpawn: Handler = async ({ principal, body }, deps) => {
  const asked = parseFeedbackBody(spawnOutcomeRequestSchema, body);
  if (!asked.ok) return asked;
  const [catalog, isShared] = await Promise.all([deps.readCatalog(), readIsShared(principal.tenantId, deps)]);
  if (!catalog.ok) return catalog;
  if (!isShared.ok) return isShared;
  const { model, category, rating, context, id } = asked.value;
  const row = {
    id: deps.newId("rat"),
    tenantId: principal.tenantId,
    clientId: id ?? null,
    modelId: model,
    category,
    rating,
    y: toSuccessOfRating(rating),
    predictedP: toCategoryPrior(catalog.value, { modelId: model, category }),
    tags: context ?? [],
    createdAtMs: deps.nowMs(),
    createdBy: principal.keyId ?? "anonymous",
  };
  const saved = await deps.saveRating(row, isShared.value);
  return saved.ok ? ok({ data: { recorded: true, model, category, rating } }) : saved;
};

const DEFAULT_MIN_SAMPLES = 3;

/** GET /api/spawn-log/scores: what the tenant's ratings and outcomes say, by model and category. */
export const listSpawnScores: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(spawnScoresQuerySchema, query);
  if (!asked.ok) return asked;
  const { category = null, minSamples = DEFAULT_MIN_SAMPLES } = asked.value;
  const seen = await deps.readFeedback(principal.tenantId);
  if (!seen.ok) return seen;
  const scores = toFeedbackScores(seen.value).filter(
    (score) => score.count >= minSamples && (category === null || score.category === category),
  );
  return ok({
    data: scores.map(({ modelId, category: of, success, count }) => ({
      model: modelId,
      category: of,
      successRate: roundTo(success, 4),
      total: count,
    })),
  });
};

const toCounts = (sums: ReadonlyMap<string, SpawnSum>): Record<string, number> =>
  Object.fromEntries([...sums].map(([key, { count }]) => [key, count]));

/** USD of a task on average, null where nothing has a price. */
const toMeanUsd = ({ priced, taskMicroUsd }: SpawnSum): number | null =>
  priced === 0 ? null : roundTo(taskMicroUsd / priced / 1e6, 6);

function toStatsBody({ all, cascade, ...stats }: SpawnStats, sinceMs: number): SpawnStatsBody {
  const means = [...stats.byCategory].map(([category, sum]) => [category, toMeanUsd(sum)] as const);
  const byCount = [...stats.byModel].sort(([a, { count: m }], [b, { count: n }]) => n - m || (a < b ? -1 : 1));
  const { total, cheapOnly, withPremium, meanSavedMicroUsd } = cascade;
  return {
    totalSpawns: all.count,
    byModel: toCounts(stats.byModel),
    byCategory: toCounts(stats.byCategory),
    byMode: toCounts(stats.byMode),
    totalEstimatedCost: toUsd(all.taskMicroUsd),
    opusCostEstimate: toUsd(all.referenceMicroUsd),
    savings: toUsd(all.referenceMicroUsd - all.taskMicroUsd),
    since: new Date(sinceMs).toISOString(),
    daily: [...stats.byDay].map(([date, sum]) => ({
      date,
      spawns: sum.count,
      estimatedCost: toUsd(sum.taskMicroUsd),
    })),
    cascade: {
      total,
      cheapOnly,
      withPremium,
      escalationRate: total === 0 ? 0 : roundTo(withPremium / total, 4),
      avgSavingsPerCascade: toUsd(meanSavedMicroUsd),
    },
    categoryAvgCost: Object.fromEntries(means.flatMap(([category, usd]) => (usd === null ? [] : [[category, usd]]))),
    topModels: byCount
      .slice(0, TOP_MODELS)
      .map(([model, sum]) => ({ model, count: sum.count, avgCost: toMeanUsd(sum) })),
    unpricedSpawns: all.count - all.priced,
  };
}

const DEFAULT_DAYS = 7;

/** GET /api/spawn-log/stats: the last `days` times 24 hours, to the millisecond. */
export const getSpawnStats: Handler = async ({ principal, query }, deps) => {
  const asked = parseWith(spawnStatsQuerySchema, query);
  if (!asked.ok) return asked;
  const sinceMs = deps.nowMs() - (asked.value.days ?? DEFAULT_DAYS) * DAY_MS;
  const groups = await deps.readSpawnGroups(principal.tenantId, sinceMs);
  return groups.ok ? ok({ data: toStatsBody(toSpawnStats(groups.value), sinceMs) }) : groups;
};
