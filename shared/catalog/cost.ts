import type { Effort, MediumTaskCost, Prices, PriceTier } from "./model.ts";

/** Tokens of one medium task: prompt tokens sent anew, prompt tokens a provider may serve from its cache, answer tokens. */
export interface TokenProfile {
  readonly freshInputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

/** What a medium task is billed by; `effortOutputFactor` = answer tokens at an effort relative to the model's default. */
export interface CostParameters {
  readonly mediumTokenProfile: TokenProfile;
  readonly effortOutputFactor: Readonly<Record<Effort, number>>;
}

/**
 * Expected provider money of one medium task, integer micro-dollars, rounded up. A provider without a cache-read
 * price bills repeated prompt tokens in full, so they are counted at the prompt price, and the cost says so.
 */
export function mediumTaskCost(
  prices: Prices,
  effort: Effort,
  { mediumTokenProfile: profile, effortOutputFactor }: CostParameters,
): MediumTaskCost {
  const cached = prices.cacheReadMicroUsdPerMillion ?? prices.promptMicroUsdPerMillion;
  const output = Math.round(profile.outputTokens * effortOutputFactor[effort]);
  const total =
    profile.freshInputTokens * prices.promptMicroUsdPerMillion +
    profile.cachedInputTokens * cached +
    output * prices.completionMicroUsdPerMillion;
  return {
    microUsd: Math.max(0, Math.ceil(total / 1_000_000)),
    basis: "profile",
    assumedCachePrice: prices.cacheReadMicroUsdPerMillion === null,
    source: "token profile x list price",
  };
}

const PREMIUM_MAKERS = new Set(["anthropic", "openai", "google", "x-ai"]);
const USD = 1_000_000;

/** Tier by prompt price per 1M tokens: the four big makers are premium from $2, others from $5; budget is below $0.50. */
export function priceTier(vendor: string, prices: Prices): PriceTier {
  const prompt = prices.promptMicroUsdPerMillion;
  if (PREMIUM_MAKERS.has(vendor) && prompt >= 2 * USD) return "premium";
  if (prompt < 0.5 * USD) return "budget";
  return prompt < 5 * USD ? "standard" : "premium";
}
