import * as z from "zod";
import { toCategories, toCostEfficiency, toTags } from "../catalog/describe-model.ts";
import { type CatalogModel, DOMAINS, EFFORTS, ENTRY_KINDS, PRICE_TIERS } from "../catalog/model.ts";
import type { CategoryScores } from "../policy/score-categories.ts";
import { CATEGORY_LABELS } from "../task/labels.ts";
import { toUsd } from "./fields.ts";
import { toPeerBenchmarks } from "./peer-benchmarks.ts";

const byCategory = z.partialRecord(z.enum(CATEGORY_LABELS), z.number());

/**
 * One model as models, recommend and compare show it: the fields of smart-spawn's EnrichedModel by their names, and ours
 * beside them. Prices are USD per 1M tokens, speeds tokens per second and seconds, scores 0..100.
 */
export const modelSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    /** The maker; `vendor` is the same. */
    provider: z.string(),
    contextLength: z.int(),
    pricing: z.object({
      prompt: z.number(),
      completion: z.number(),
      cache_read: z.number().nullable(),
      cache_write: z.number().nullable(),
    }),
    capabilities: z.object({
      vision: z.boolean(),
      functionCalling: z.boolean(),
      streaming: z.literal(true),
      json: z.boolean(),
      reasoning: z.boolean(),
      tools: z.boolean(),
    }),
    categories: z.array(z.enum(CATEGORY_LABELS)),
    scores: byCategory,
    /** Points of score per USD of one million tokens in and one million out. */
    costEfficiency: byCategory,
    tier: z.enum(PRICE_TIERS),
    /** Newest values: under the peer's names (shares as percent), and under ours in the benchmark's own unit. */
    benchmarks: z.record(z.string(), z.number()),
    speed: z.object({ outputTokensPerSecond: z.number().optional(), timeToFirstToken: z.number().optional() }),
    tags: z.array(z.string()),
    lastUpdated: z.string(),
    sourcesCovered: z.array(z.string()),
    /** The effort whose row is shown; a model has one row for each effort it is measured at. */
    effort: z.enum(EFFORTS),
    vendor: z.string(),
    kind: z.enum(ENTRY_KINDS),
    price_tier: z.enum(PRICE_TIERS),
    context_tokens: z.int(),
    max_output_tokens: z.int().nullable(),
    abilities: z.partialRecord(
      z.enum(DOMAINS),
      z.object({
        score: z.number(),
        theta: z.number(),
        sd: z.number(),
        sources: z.array(z.string()),
        newest_date: z.string().nullable(),
        extrapolated: z.boolean(),
      }),
    ),
    medium_task_cost: z.object({ usd: z.number(), basis: z.enum(["measured", "profile"]), source: z.string() }),
    release_date: z.string().nullable(),
  })
  .meta({ id: "Model" });
export type ModelBody = z.output<typeof modelSchema>;

const nullableUsd = (microUsd: number | null): number | null => (microUsd === null ? null : toUsd(microUsd));

const toAbilityBodies = ({ abilities }: CatalogModel): ModelBody["abilities"] =>
  Object.fromEntries(
    Object.entries(abilities).map(([domain, ability]) => [
      domain,
      {
        score: ability.score,
        theta: ability.theta,
        sd: ability.sd,
        sources: [...ability.sources],
        newest_date: ability.newestDate,
        extrapolated: ability.extrapolated,
      },
    ]),
  );

const toEfficiencies = (model: CatalogModel, scores: CategoryScores): ModelBody["costEfficiency"] =>
  Object.fromEntries(
    Object.entries(scores).flatMap(([category, score]) => {
      const efficiency = toCostEfficiency(score, model);
      return efficiency === null ? [] : [[category, Math.round(efficiency * 100) / 100]];
    }),
  );

const toSpeedBody = ({ speed }: CatalogModel): ModelBody["speed"] => ({
  ...(speed.outputTokensPerSecond === null ? {} : { outputTokensPerSecond: speed.outputTokensPerSecond }),
  ...(speed.timeToFirstTokenS === null ? {} : { timeToFirstToken: speed.timeToFirstTokenS }),
});

/** The facts of the model that smart-spawn's clients read, by their names there. */
const toPeerFacts = (model: CatalogModel) => ({
  id: model.id,
  name: model.name,
  provider: model.vendor,
  contextLength: model.contextTokens,
  pricing: {
    prompt: toUsd(model.prices.promptMicroUsdPerMillion),
    completion: toUsd(model.prices.completionMicroUsdPerMillion),
    cache_read: nullableUsd(model.prices.cacheReadMicroUsdPerMillion),
    cache_write: nullableUsd(model.prices.cacheWriteMicroUsdPerMillion),
  },
  capabilities: {
    vision: model.capabilities.vision,
    functionCalling: model.capabilities.tools,
    // Every model of the catalogue is served over an API that streams.
    streaming: true as const,
    json: model.capabilities.json,
    reasoning: model.capabilities.reasoning,
    tools: model.capabilities.tools,
  },
  categories: [...toCategories(model)],
  tier: model.priceTier,
  benchmarks: { ...toPeerBenchmarks(model.benchmarks), ...model.benchmarks },
  speed: toSpeedBody(model),
  tags: [...toTags(model)],
  sourcesCovered: [...new Set(Object.values(model.abilities).flatMap(({ sources }) => sources))].sort(),
});

/** One row of the catalogue as it is shown; `generatedAt` is the snapshot's, `scores` the row's own by category. */
export function toModelBody(
  model: CatalogModel,
  { scores, generatedAt }: { readonly scores: CategoryScores; readonly generatedAt: string },
): ModelBody {
  return {
    ...toPeerFacts(model),
    scores: { ...scores },
    costEfficiency: toEfficiencies(model, scores),
    lastUpdated: generatedAt,
    effort: model.effort,
    vendor: model.vendor,
    kind: model.kind,
    price_tier: model.priceTier,
    context_tokens: model.contextTokens,
    max_output_tokens: model.maxOutputTokens,
    abilities: toAbilityBodies(model),
    medium_task_cost: { usd: toUsd(model.cost.microUsd), basis: model.cost.basis, source: model.cost.source },
    release_date: model.releaseDate,
  };
}
