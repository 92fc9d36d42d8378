import parameters from "../../data/parameters.json" with { type: "json" };
import type { AbilityLines } from "../ability.ts";
import type { BuildInput } from "../build.ts";
import type { ModelFacts } from "../sources/model-facts.ts";
import type { BenchmarkRow } from "../sources/source.ts";

export const LINES: AbilityLines = {
  anchors: { low: "m/model-5", high: "m/model-25" },
  agentic_coding: { slope: 1.5, intercept: -1, looRmse: 0.2, sdScale: 0.8, n: 20 },
};
/** An entry of a list, plain but for `over`. */
export const facts = (id: string, over: Partial<ModelFacts> = {}): ModelFacts => ({
  id,
  name: id,
  kind: "model",
  prices: {
    promptMicroUsdPerMillion: 1_000_000,
    completionMicroUsdPerMillion: 2_000_000,
    cacheReadMicroUsdPerMillion: null,
    cacheWriteMicroUsdPerMillion: null,
  },
  contextTokens: 1000,
  maxOutputTokens: null,
  capabilities: { vision: false, tools: true, json: false, reasoning: true },
  releaseDate: null,
  ...over,
});
/** A score of LMArena or Epoch, by the benchmark's name. */
export const score = (name: string, benchmark: string, value: number): BenchmarkRow => ({
  source: benchmark.startsWith("lmarena") ? "lmarena" : "epoch",
  benchmark,
  release: "r",
  name,
  value,
  higherIsBetter: true,
  date: "2026-01-01",
  stderr: null,
  costUsdPerTask: null,
});
/** Thirty models of rising ability on three boards, a free entry of one, and one that no board knows. */
export const input = (over: Partial<BuildInput> = {}): BuildInput => ({
  facts: [
    ...Array.from({ length: 30 }, (_, i) => facts(`m/model-${i}`)),
    facts("m/model-7:free", { kind: "free" }),
    facts("m/alone"),
  ],
  rows: Array.from({ length: 30 }, (_, i) => [
    score(`model-${i}`, "epoch_eci", 120 + i),
    score(`model-${i}_high`, "swe_bench_verified", 0.1 + i / 40),
    score(`model-${i}`, "lmarena_text", 1200 + 8 * i),
  ]).flat(),
  aliases: [],
  lines: LINES,
  parameters: {
    mediumTokenProfile: { freshInputTokens: 50_000, cachedInputTokens: 800_000, outputTokens: 10_000 },
    effortOutputFactor: parameters.effortOutputFactor,
    extrapolatedSdFactor: { value: 2 },
  },
  overrides: [],
  generatedAt: "2026-01-01T00:00:00.000Z",
  attribution: [],
  rejected: [],
  digest: (text) => `len${text.length}`,
  ...over,
});
