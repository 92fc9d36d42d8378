import { mean } from "../base/stats.ts";
import { type AbilityKey, abilityKey } from "./ability.ts";
import { benchmarkOf } from "./benchmark-table.ts";
import type { ResolvedRow } from "./matrix.ts";
import type { Effort, MediumTaskCost, Prices, PriceTier } from "./model.ts";

const USD = 1_000_000;

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

/**
 * Measured cost of a medium task by (id, effort), integer micro-dollars: the mean over rows of benchmarks whose task is
 * one. Costs of other benchmarks say nothing here: of eight models each, the cost of a case of Aider's board and of a
 * run of the intelligence index miss the measured cost of an issue by a factor of e^1.1 at the best scale (standard
 * deviation of the log ratio), the token profile on the same models by e^.4.
 */
export function measuredTaskCosts(resolved: readonly ResolvedRow[]): ReadonlyMap<AbilityKey, MediumTaskCost> {
  const stated = new Map<AbilityKey, { readonly usd: number[]; readonly sources: Set<string> }>();
  for (const { row, resolution } of resolved) {
    if (row.costUsdPerTask === null || benchmarkOf(row.benchmark)?.isMediumTask !== true) continue;
    const key = abilityKey(resolution.id, resolution.effort);
    const held = stated.get(key) ?? { usd: [], sources: new Set<string>() };
    held.usd.push(row.costUsdPerTask);
    held.sources.add(`${row.source} ${row.benchmark}`);
    stated.set(key, held);
  }
  return new Map(
    [...stated].map(([key, { usd, sources }]) => [
      key,
      {
        microUsd: Math.ceil(mean(usd) * USD),
        basis: "measured",
        assumedCachePrice: false,
        source: [...sources].sort().join(", "),
      },
    ]),
  );
}

const PREMIUM_MAKERS = new Set(["anthropic", "openai", "google", "x-ai"]);
/** Tier by prompt price per 1M tokens: the four big makers are premium from $2, others from $5; budget is below $0.50. */
export function priceTier(vendor: string, prices: Prices): PriceTier {
  const prompt = prices.promptMicroUsdPerMillion;
  if (PREMIUM_MAKERS.has(vendor) && prompt >= 2 * USD) return "premium";
  if (prompt < 0.5 * USD) return "budget";
  return prompt < 5 * USD ? "standard" : "premium";
}
