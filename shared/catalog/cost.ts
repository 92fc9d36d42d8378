import type { Effort, MediumTaskCost, Prices, PriceTier } from "./model.ts";

/** Tokens of one medium task: prompt tokens sent anew, prompt tokens a provider may serve from its cache, answer tokens. */
export interface TokenProfile {
  readonly freshInputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
}

/**
 * Answer tokens at a stated effort relative to the model's own default, from the mean completion tokens of one model
 * at several efforts on Aider's polyglot board; ends beyond what is measured there continue the same step.
 */
const OUTPUT_FACTOR: Readonly<Record<Effort, number>> = {
  default: 1,
  none: 0.4,
  minimal: 0.4,
  low: 0.55,
  medium: 1,
  high: 1.8,
  xhigh: 2.5,
  max: 3,
};

/**
 * Expected provider money of one medium task, integer micro-dollars, rounded up. A provider without a cache-read
 * price bills repeated prompt tokens in full, so they are counted at the prompt price.
 */
export function mediumTaskCost(prices: Prices, effort: Effort, profile: TokenProfile): MediumTaskCost {
  const cached = prices.cacheReadMicroUsdPerMillion ?? prices.promptMicroUsdPerMillion;
  const output = Math.round(profile.outputTokens * OUTPUT_FACTOR[effort]);
  const total =
    profile.freshInputTokens * prices.promptMicroUsdPerMillion +
    profile.cachedInputTokens * cached +
    output * prices.completionMicroUsdPerMillion;
  return {
    microUsd: Math.max(0, Math.ceil(total / 1_000_000)),
    basis: "profile",
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
