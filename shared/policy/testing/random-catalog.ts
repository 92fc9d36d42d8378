import type { Ability, Catalog, CatalogModel, Effort } from "../../catalog/model.ts";
import { DOMAINS, EFFORTS, PRICE_TIERS } from "../../catalog/model.ts";

/** Uniform in [0,1); every generator takes it as its only chance. */
export type Random = () => number;

/** A small seeded generator (mulberry32): the same seed gives the same sequence on every machine. */
export function toRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const between = (random: Random, low: number, high: number): number => low + (high - low) * random();

export const chance = (random: Random, p: number): boolean => random() < p;

export function oneFrom<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}

/** Standard normal by Box and Muller. */
export const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Fisher and Yates. */
export function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

export const VENDORS = ["anthropic", "openai", "google", "x-ai", "deepseek", "qwen"] as const;

function randomAbility(random: Random): Ability {
  // Steps of .05 make ties common, which is what a total order has to survive.
  const theta = Math.round(between(random, -1.5, 1) * 20) / 20;
  return {
    theta,
    sd: oneFrom(random, [0.05, 0.1, 0.15, 0.3]),
    score: Math.round(50 + 25 * theta),
    sources: ["made"],
    benchmarkCount: 1,
    newestDate: null,
    extrapolated: chance(random, 0.2),
  };
}

function randomAbilities(random: Random): CatalogModel["abilities"] {
  return Object.fromEntries(
    DOMAINS.filter(() => chance(random, 0.85)).map((domain) => [domain, randomAbility(random)]),
  );
}

function randomRow(random: Random, id: string, effort: Effort): CatalogModel {
  const promptMicroUsdPerMillion = Math.round(10 ** between(random, 4.7, 7.5));
  const microUsd = chance(random, 0.2) ? oneFrom(random, [30_000, 300_000]) : Math.round(10 ** between(random, 4, 6.5));
  return {
    id,
    effort,
    name: id,
    vendor: id.slice(0, id.indexOf("/")),
    kind: chance(random, 0.9) ? "model" : oneFrom(random, ["free", "batch", "floating", "router"] as const),
    priceTier: oneFrom(random, PRICE_TIERS),
    prices: {
      promptMicroUsdPerMillion,
      completionMicroUsdPerMillion: promptMicroUsdPerMillion * 4,
      cacheReadMicroUsdPerMillion: null,
      cacheWriteMicroUsdPerMillion: null,
    },
    contextTokens: oneFrom(random, [32_000, 128_000, 200_000, 1_000_000]),
    maxOutputTokens: null,
    capabilities: {
      vision: chance(random, 0.5),
      tools: chance(random, 0.8),
      json: chance(random, 0.8),
      reasoning: true,
    },
    abilities: randomAbilities(random),
    cost: { microUsd, basis: chance(random, 0.5) ? "measured" : "profile", assumedCachePrice: false, source: "made" },
    speed: {
      outputTokensPerSecond: chance(random, 0.6) ? between(random, 20, 200) : null,
      timeToFirstTokenS: chance(random, 0.6) ? between(random, 0.3, 10) : null,
    },
    benchmarks: {},
    releaseDate: null,
  };
}

/** A catalogue of `size` rows; some ids have several efforts, some rows lack abilities, some are no models. */
export function randomCatalog(random: Random, size: number): Catalog {
  const models: CatalogModel[] = [];
  for (let n = 0; models.length < size; n += 1) {
    const id = `${oneFrom(random, VENDORS)}/m${n}`;
    const efforts = chance(random, 0.2) ? EFFORTS.filter(() => chance(random, 0.4)) : [];
    for (const effort of efforts.length > 0 ? efforts : (["default"] as const))
      if (models.length < size) models.push(randomRow(random, id, effort));
  }
  const priors = Object.fromEntries(
    DOMAINS.filter(() => chance(random, 0.9)).map((domain) => [domain, { thetaMean: -0.2, thetaSd: 0.5 }]),
  );
  return { version: `random-${size}`, generatedAt: "2026-01-01T00:00:00Z", models, priors, attribution: [] };
}
