import { describe, expect, test } from "vitest";
import { checkGuards, type GuardInput, toGuardText } from "./guards.ts";
import type { Ability, Catalog, CatalogModel } from "./model.ts";
import { REFRESH_LIMITS } from "./refresh-limits.ts";

const ability = (score: number): Ability => ({
  theta: 0,
  sd: 0.1,
  score,
  sources: ["aider"],
  benchmarkCount: 1,
  newestDate: null,
  extrapolated: false,
});

const row = (i: number, score: number | null): CatalogModel => ({
  id: `a/${String(i).padStart(3, "0")}`,
  effort: "default",
  name: "m",
  vendor: "a",
  kind: "model",
  priceTier: "budget",
  prices: {
    promptMicroUsdPerMillion: 1,
    completionMicroUsdPerMillion: 1,
    cacheReadMicroUsdPerMillion: null,
    cacheWriteMicroUsdPerMillion: null,
  },
  contextTokens: 9,
  maxOutputTokens: null,
  capabilities: { vision: false, tools: true, json: true, reasoning: false },
  abilities: score === null ? {} : { coding: ability(score) },
  cost: { microUsd: 1, basis: "profile", assumedCachePrice: true, source: "x" },
  speed: { outputTokensPerSecond: null, timeToFirstTokenS: null },
  benchmarks: {},
  releaseDate: null,
});

const catalogOf = (scores: readonly (number | null)[], from = 0): Catalog => ({
  version: "v",
  generatedAt: "2026-11-21T00:00:00Z",
  models: scores.map((score, i) => row(from + i, score)),
  priors: {},
  attribution: [],
});

const basis = { sources: ["openrouter", "aider"], editions: { aider: ["polyglot"] } };
const served = catalogOf(Array.from({ length: 100 }, (_, i) => i));
const check = (fields: Partial<GuardInput>) =>
  checkGuards({
    served,
    servedBasis: basis,
    next: served,
    nextBasis: basis,
    heldHours: 0,
    limits: REFRESH_LIMITS.guards,
    ...fields,
  }).map(({ guard, about }) => `${guard} ${about}`);

describe("checkGuards()", () => {
  test("lets an equal catalogue through, and one that grew", () => {
    expect(check({})).toEqual([]);
    expect(check({ next: catalogOf([...Array.from({ length: 100 }, (_, i) => i), null, null]) })).toEqual([]);
  });

  test("holds a list that lost more than 30 %, or is another list of the same length", () => {
    const scores = (n: number) => Array.from({ length: n }, (_, i) => i);
    expect(check({ next: catalogOf(scores(70)) })).toEqual([]);
    expect(check({ next: catalogOf(scores(69)) })).toEqual(["count_drop models"]);
    expect(check({ next: catalogOf(scores(100), 50) })).toContain("count_drop models");
    const overShipped = { servedBasis: null, next: catalogOf(scores(100), 50) };
    expect(check(overShipped)).not.toContain("count_drop models");
  });

  test("holds a catalogue whose models lose their abilities, but not one with new listings", () => {
    const lost = (share: number) => served.models.map((_, i) => (i < share * 100 ? null : i));
    expect(check({ next: catalogOf(lost(0.1)) })).toEqual([]);
    expect(check({ next: catalogOf(lost(0.11)) })).toEqual(["coverage_drop coding"]);
    const unlinked = Array.from({ length: 100 }, () => null);
    expect(check({ next: catalogOf([...served.models.map((_, i) => i), ...unlinked]) })).toEqual([]);
  });

  test("holds a mass shift of scores, except over other sources or the shipped catalogue", () => {
    const moved = (count: number) => catalogOf(served.models.map((_, i) => (i < count ? i + 6 : i)));
    expect(check({ next: moved(25) })).toEqual([]);
    expect(check({ next: moved(26) })).toEqual(["mass_shift coding"]);
    const wider = { ...basis, sources: [...basis.sources, "livebench"] };
    expect(check({ next: moved(100), nextBasis: wider })).toEqual([]);
    expect(check({ next: moved(100), servedBasis: null })).toEqual([]);
    expect(check({ next: catalogOf(served.models.map((_, i) => i + 5)) })).toEqual([]);
  });

  test("holds a new edition for a day", () => {
    const nextBasis = { ...basis, editions: { aider: ["polyglot-2"] } };
    expect(check({ nextBasis })).toEqual(["index_version aider"]);
    expect(check({ nextBasis, heldHours: 23.9 })).toEqual(["index_version aider"]);
    expect(check({ nextBasis, heldHours: 24 })).toEqual([]);
    expect(check({ nextBasis: { ...basis, editions: { ...basis.editions, livebench: ["x"] } } })).toEqual([]);
  });
});

test("toGuardText() says what was compared", () => {
  const reason = { about: "coding", before: 0.5, after: 0.25, limit: 0.4 };
  expect(toGuardText({ ...reason, guard: "coverage_drop" })).toBe(
    "models with an ability in coding fell from 50 % to 25 % (at least 40 % are wanted)",
  );
  expect(toGuardText({ ...reason, guard: "mass_shift" })).toContain("25 % of the scores in coding");
});
