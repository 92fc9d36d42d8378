import { expect, test } from "vitest";
import { compareRows } from "./compare-rows.ts";
import type { CatalogModel, Effort } from "./model.ts";

const row = (id: string, effort: Effort): CatalogModel => ({
  id,
  effort,
  name: id,
  vendor: "m",
  kind: "model",
  priceTier: "budget",
  prices: {
    promptMicroUsdPerMillion: 0,
    completionMicroUsdPerMillion: 0,
    cacheReadMicroUsdPerMillion: null,
    cacheWriteMicroUsdPerMillion: null,
  },
  contextTokens: 1,
  maxOutputTokens: null,
  capabilities: { vision: false, tools: false, json: false, reasoning: false },
  abilities: {},
  cost: { microUsd: 0, basis: "profile", assumedCachePrice: true, source: "" },
  speed: { outputTokensPerSecond: null, timeToFirstTokenS: null },
  benchmarks: {},
  releaseDate: null,
});

test("compareRows() orders by id in code units, then by effort from default upwards", () => {
  const rows = [row("m/a", "high"), row("m/b", "default"), row("m/a", "low"), row("M/z", "max"), row("m/a", "default")];
  expect([...rows].sort(compareRows).map((r) => `${r.id} ${r.effort}`)).toEqual([
    "M/z max",
    "m/a default",
    "m/a low",
    "m/a high",
    "m/b default",
  ]);
  expect(compareRows(row("m/a", "low"), row("m/a", "low"))).toBe(0);
});
