import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { buildCatalog } from "../shared/catalog/build.ts";
import { type Catalog, DOMAINS, EFFORTS } from "../shared/catalog/model.ts";
import type { BenchmarkRow } from "../shared/catalog/sources/source.ts";
import { toCatalogueText } from "./build-catalogue.ts";
import { dataFolderOf, readCatalogueSources } from "./read-catalogue-sources.ts";

const FILE = join(import.meta.dirname, "../shared/data/default-catalogue.json");
const text = readFileSync(FILE, "utf8");
const catalog = JSON.parse(text) as Catalog;

test("the default catalogue is whole: unique rows, a default effort per id, integer money, known words", () => {
  expect(text.length).toBeLessThan(600 * 1024);
  const keys = catalog.models.map((m) => `${m.id} ${m.effort}`);
  expect(new Set(keys).size).toBe(keys.length);
  const defaults = new Set(catalog.models.filter((m) => m.effort === "default").map((m) => m.id));
  for (const model of catalog.models) {
    expect(defaults.has(model.id)).toBe(true);
    expect(EFFORTS).toContain(model.effort);
    expect(Number.isSafeInteger(model.cost.microUsd) && model.cost.microUsd >= 0).toBe(true);
    expect(model.cost.assumedCachePrice).toBe(model.prices.cacheReadMicroUsdPerMillion === null);
    expect(model.contextTokens).toBeGreaterThan(0);
    for (const [domain, ability] of Object.entries(model.abilities)) {
      expect(DOMAINS).toContain(domain);
      expect(ability.sd).toBeGreaterThanOrEqual(
        ability.extrapolated ? 2 * (model.abilities.agentic_coding?.sd ?? 9) : 0.1,
      );
      expect(ability.score).toBeGreaterThan(0);
      expect(ability.score).toBeLessThan(100);
    }
  }
});

test("the default catalogue orders well-known models of one maker as their makers do", () => {
  const theta = (id: string): number =>
    catalog.models.find((m) => m.id === id && m.effort === "default")?.abilities.agentic_coding?.theta ?? Number.NaN;
  const ladders = [
    ["anthropic/claude-haiku-4.5", "anthropic/claude-sonnet-4.5", "anthropic/claude-opus-4.5"],
    ["openai/gpt-4o-2024-11-20", "openai/gpt-4.1", "openai/gpt-5", "openai/gpt-5.2"],
    ["openai/gpt-5-nano", "openai/gpt-5-mini", "openai/gpt-5"],
    ["google/gemini-2.5-flash", "google/gemini-2.5-pro", "google/gemini-3.1-pro-preview"],
    ["z-ai/glm-4.5", "z-ai/glm-4.7", "z-ai/glm-5.2"],
  ];
  for (const ladder of ladders) {
    const thetas = ladder.map(theta);
    expect(thetas, ladder.join(" < ")).toEqual([...thetas].sort((a, b) => a - b));
  }
});

const folder = dataFolderOf([]);
const isAbsent = !existsSync(join(folder, "enrich/sources.json"));
if (isAbsent) console.log(`build-catalogue.test: skipped the build, no source files under ${folder}`);
describe.skipIf(isAbsent)("with the source files at hand", () => {
  test("the committed catalogue is what the build gives", () => {
    const built = toCatalogueText(buildCatalog(readCatalogueSources(folder).input).catalog);
    expect(built === text).toBe(true);
  });

  test("200 weak rows move no anchored score by more than one point", () => {
    const { input } = readCatalogueSources(folder);
    const weak: BenchmarkRow[] = Array.from({ length: 200 }, (_, i) => {
      const [benchmark, value] = [
        ["epoch_eci", 70 + (i % 40)],
        ["gpqa_diamond", 0.25 + (i % 9) / 100],
        ["lmarena_text", 850 + i],
      ][i % 3] as [string, number];
      return {
        source: "extra",
        benchmark,
        release: "r",
        // 67 and 3 share no factor: every weak model has all three benchmarks, so it could bridge and bend them.
        name: `tiny-${i % 67}b`,
        value,
        higherIsBetter: true,
        date: null,
        stderr: null,
        costUsdPerTask: null,
      };
    });
    const same = weak.map((row) => ({ ...row, ...sourceOf(input.rows, row.benchmark) }));
    const after = buildCatalog({ ...input, rows: [...input.rows, ...same] }).catalog;
    let most = 0;
    catalog.models.forEach((model, i) => {
      for (const domain of DOMAINS) {
        const score = model.abilities[domain]?.score;
        if (score !== undefined)
          most = Math.max(most, Math.abs(score - (after.models[i]?.abilities[domain]?.score ?? 999)));
      }
    });
    expect(most).toBeLessThanOrEqual(1);
  });
});

/** Weak rows must land in a real column to be able to bend it. */
function sourceOf(
  rows: readonly BenchmarkRow[],
  benchmark: string,
): { readonly source: string; readonly release: string } {
  const row = rows.find((r) => r.benchmark === benchmark);
  return { source: row?.source ?? "", release: row?.release ?? "" };
}
