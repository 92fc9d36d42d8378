import { expect, test } from "vitest";
import { type BuildInput, buildCatalog } from "./build.ts";
import type { CatalogModel, Effort } from "./model.ts";
import { facts, input, LINES, score } from "./testing/made-build.ts";

const rowOf = (over: Partial<BuildInput>, id: string, effort: Effort = "default"): CatalogModel => {
  const row = buildCatalog(input(over)).catalog.models.find((m) => m.id === id && m.effort === effort);
  if (row === undefined) throw new Error(`no row ${id} ${effort}`);
  return row;
};

test("buildCatalog() puts each benchmark on the row of its own effort, and those of a base on its free entry", () => {
  expect(rowOf({}, "m/model-7").benchmarks).toEqual({ epoch_eci: 127, lmarena_text: 1256 });
  expect(rowOf({}, "m/model-7", "high").benchmarks).toEqual({ swe_bench_verified: 0.275 });
  expect(rowOf({}, "m/model-7:free").benchmarks).toEqual(rowOf({}, "m/model-7").benchmarks);
  expect(rowOf({}, "m/alone").benchmarks).toEqual({});
});

test("buildCatalog() takes speed from the rows that state it, and none for a free entry from its base", () => {
  const speeds = [
    { source: "s", name: "model-7 (high)", outputTokensPerSecond: 80, timeToFirstTokenS: 20, endToEndS: null },
  ];
  expect(rowOf({ speeds }, "m/model-7", "high").speed).toEqual({ outputTokensPerSecond: 80, timeToFirstTokenS: 20 });
  expect(rowOf({ speeds }, "m/model-7").speed).toEqual({ outputTokensPerSecond: 80, timeToFirstTokenS: null });
  for (const id of ["m/model-7:free", "m/model-8"])
    expect(rowOf({ speeds }, id).speed).toEqual({ outputTokensPerSecond: null, timeToFirstTokenS: null });
});

test("buildCatalog() says that a cost was measured only where a task of the benchmark is a medium task", () => {
  const rows = input().rows.map((row) => ({ ...row, costUsdPerTask: 0.5 }));
  expect(rowOf({ rows }, "m/model-7", "high").cost).toEqual({
    microUsd: 500_000,
    basis: "measured",
    assumedCachePrice: false,
    source: "epoch swe_bench_verified",
  });
  expect(rowOf({ rows }, "m/model-7").cost.basis).toBe("profile");
});

test("buildCatalog() rates vision on a board of vision alone, through the code of every other domain", () => {
  const seen = Array.from({ length: 20 }, (_, i) => score(`model-${i + 8}`, "lmarena_vision", 1000 + 10 * i));
  const { catalog, report } = buildCatalog(input({ rows: [...input().rows, ...seen] }));
  const of = (id: string) => catalog.models.find((m) => m.id === id && m.effort === "default")?.abilities.vision;
  expect(of("m/model-7")).toBeUndefined();
  expect(of("m/model-9")).toMatchObject({ extrapolated: true });
  expect(of("m/model-9")?.score).toBeLessThan(of("m/model-27")?.score ?? 0);
  expect(report.unlinked.vision).toContain("m/model-7");
  expect(catalog.priors.vision).toBeDefined();
  expect(buildCatalog(input()).catalog.priors.vision).toBeUndefined();
});

test("buildCatalog() still links the boards when an anchor has left the list", () => {
  const without = input().facts.filter(({ id }) => id !== LINES.anchors.high);
  const row = rowOf({ facts: without }, "m/model-7");
  expect(row.abilities).toEqual(rowOf({}, "m/model-7").abilities);
  expect(buildCatalog(input({ facts: without })).catalog.models.some(({ id }) => id === LINES.anchors.high)).toBe(
    false,
  );
});

test("buildCatalog() resolves by the further spellings that a list gives of an entry", () => {
  const spelt = { ...facts("m/odd-name"), huggingFaceId: "maker/Plain-Name-7B", canonicalSlug: null };
  const rows = [...input().rows, score("Plain-Name-7B", "epoch_eci", 120)];
  const { report } = buildCatalog(input({ facts: [...input().facts, spelt], rows }));
  expect(report.unresolved).toEqual([]);
});
