import * as z from "zod";
import { type CatalogModel, DOMAINS, EFFORTS, ENTRY_KINDS, PRICE_TIERS } from "../catalog/model.ts";
import { toUsd } from "./fields.ts";

/** One catalogue row as GET /api/models lists it; prices are USD per 1M tokens, abilities carry their source and sd. */
export const modelSchema = z
  .object({
    id: z.string(),
    effort: z.enum(EFFORTS),
    name: z.string(),
    vendor: z.string(),
    kind: z.enum(ENTRY_KINDS),
    price_tier: z.enum(PRICE_TIERS),
    pricing: z.object({
      prompt: z.number(),
      completion: z.number(),
      cache_read: z.number().nullable(),
      cache_write: z.number().nullable(),
    }),
    context_tokens: z.int(),
    max_output_tokens: z.int().nullable(),
    capabilities: z.object({ vision: z.boolean(), tools: z.boolean(), json: z.boolean(), reasoning: z.boolean() }),
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

export function toModelBody(model: CatalogModel): ModelBody {
  const abilities = Object.entries(model.abilities).map(([domain, ability]) => [
    domain,
    {
      score: ability.score,
      theta: ability.theta,
      sd: ability.sd,
      sources: [...ability.sources],
      newest_date: ability.newestDate,
      extrapolated: ability.extrapolated,
    },
  ]);
  return {
    id: model.id,
    effort: model.effort,
    name: model.name,
    vendor: model.vendor,
    kind: model.kind,
    price_tier: model.priceTier,
    pricing: {
      prompt: toUsd(model.prices.promptMicroUsdPerMillion),
      completion: toUsd(model.prices.completionMicroUsdPerMillion),
      cache_read: nullableUsd(model.prices.cacheReadMicroUsdPerMillion),
      cache_write: nullableUsd(model.prices.cacheWriteMicroUsdPerMillion),
    },
    context_tokens: model.contextTokens,
    max_output_tokens: model.maxOutputTokens,
    capabilities: model.capabilities,
    abilities: Object.fromEntries(abilities),
    medium_task_cost: { usd: toUsd(model.cost.microUsd), basis: model.cost.basis, source: model.cost.source },
    release_date: model.releaseDate,
  };
}
