import { expect, test } from "vitest";
import { toCategories, toCostEfficiency, toTags } from "./describe-model.ts";
import type { Ability, CatalogModel, Domain } from "./model.ts";

const ability = (score: number): Ability => ({
  theta: 0,
  sd: 0.2,
  score,
  sources: ["epoch"],
  benchmarkCount: 3,
  newestDate: null,
  extrapolated: false,
});
const model = (
  over: Partial<CatalogModel> = {},
  {
    prompt = 2,
    completion = 8,
    scores = {},
  }: { prompt?: number; completion?: number; scores?: Partial<Record<Domain, number>> } = {},
): CatalogModel => ({
  id: "m/a",
  effort: "default",
  name: "A",
  vendor: "m",
  kind: "model",
  priceTier: "standard",
  prices: {
    promptMicroUsdPerMillion: prompt * 1e6,
    completionMicroUsdPerMillion: completion * 1e6,
    cacheReadMicroUsdPerMillion: null,
    cacheWriteMicroUsdPerMillion: null,
  },
  contextTokens: 64_000,
  maxOutputTokens: null,
  capabilities: { vision: false, tools: false, json: false, reasoning: false },
  abilities: Object.fromEntries(Object.entries(scores).map(([domain, score]) => [domain, ability(score)])),
  cost: { microUsd: 1, basis: "profile", assumedCachePrice: false, source: "" },
  speed: { outputTokensPerSecond: null, timeToFirstTokenS: null },
  benchmarks: {},
  releaseDate: null,
  ...over,
});

test("toCategories() gives a category for a score of at least 50 and none for a weak one, however it was matched", () => {
  const weak = { coding: 49.9, agentic_coding: 30, reasoning: 10, writing: 49, research: 5 };
  expect(
    toCategories(model({ contextTokens: 1_000_000, benchmarks: { aa_coding_index: 3 } }, { scores: weak })),
  ).toEqual(["general"]);
  expect(toCategories(model({}, { scores: { agentic_coding: 50, writing: 70, reasoning: 60 } }))).toEqual([
    "coding",
    "reasoning",
    "creative",
    "general",
  ]);
});

test("toCategories() takes neither price nor the power to think for evidence", () => {
  const dear = model({
    priceTier: "premium",
    capabilities: { vision: false, tools: true, json: true, reasoning: true },
  });
  expect(toCategories(dear)).toEqual(["general"]);
});

test("toCategories() asks research for 100k of context and vision for image input", () => {
  const scores = { research: 80, vision: 80 };
  expect(toCategories(model({ contextTokens: 99_999 }, { scores }))).toEqual(["general"]);
  const capabilities = { vision: true, tools: false, json: false, reasoning: false };
  expect(toCategories(model({ contextTokens: 100_000, capabilities }, { scores }))).toEqual([
    "research",
    "vision",
    "general",
  ]);
});

test("toCategories() keeps a cheap model that is known to be slow out of fast-cheap", () => {
  const at = (outputTokensPerSecond: number | null): boolean =>
    toCategories(model({ speed: { outputTokensPerSecond, timeToFirstTokenS: null } }, { prompt: 0.9 })).includes(
      "fast-cheap",
    );
  expect([at(null), at(30), at(29.9)]).toEqual([true, true, false]);
  expect(toCategories(model({}, { prompt: 1 }))).not.toContain("fast-cheap");
});

test("toTags() names traits at their limits and says nothing of a speed that is not known", () => {
  const capabilities = { vision: true, tools: true, json: true, reasoning: true };
  const speed = (outputTokensPerSecond: number) => ({ outputTokensPerSecond, timeToFirstTokenS: null });
  expect(toTags(model())).toEqual([]);
  expect(toTags(model({ capabilities, contextTokens: 200_000, speed: speed(100) }, { prompt: 0.49 }))).toEqual([
    "long-context",
    "multimodal",
    "reasoning",
    "tool-use",
    "structured-output",
    "cheap",
    "fast",
  ]);
  expect(toTags(model({ speed: speed(29) }, { prompt: 0, completion: 0 }))).toEqual(["free", "cheap", "slow"]);
});

test("toCostEfficiency() is score per dollar of both prices, and null without a price", () => {
  expect(toCostEfficiency(80, model())).toBe(8);
  expect(toCostEfficiency(80, model({}, { prompt: 0, completion: 0 }))).toBeNull();
});
