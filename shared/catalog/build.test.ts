import { expect, test } from "vitest";
import { type BuildInput, buildCatalog, prepareMatrix } from "./build.ts";
import { input, LINES, score } from "./testing/made-build.ts";

test("buildCatalog() gives every id a default row and further rows only for efforts with data", () => {
  const { catalog } = buildCatalog(input());
  const efforts = (id: string): string[] => catalog.models.filter((m) => m.id === id).map((m) => m.effort);
  expect(efforts("m/model-3")).toEqual(["default", "high"]);
  expect(efforts("m/alone")).toEqual(["default"]);
  const keys = catalog.models.map((m) => `${m.id} ${m.effort}`);
  expect(new Set(keys).size).toBe(keys.length);
});

test("buildCatalog() equals itself when facts and rows come in another order", () => {
  const one = buildCatalog(input()).catalog;
  const two = buildCatalog(input({ facts: [...input().facts].reverse(), rows: [...input().rows].reverse() })).catalog;
  expect(two).toEqual(one);
});

test("buildCatalog() invents no ability: an unlinked model has none and is reported", () => {
  const { catalog, report } = buildCatalog(input());
  expect(catalog.models.find((m) => m.id === "m/alone")?.abilities).toEqual({});
  expect(report.unlinked.agentic_coding).toEqual(["m/alone"]);
  expect(catalog.models.every((m) => m.abilities.vision === undefined)).toBe(true);
});

test("buildCatalog() maps agentic coding by the stored line and marks other domains as extrapolated with a wider sd", () => {
  const { catalog } = buildCatalog(input());
  const row = catalog.models.find((m) => m.id === LINES.anchors.high && m.effort === "default");
  expect(row?.abilities.agentic_coding).toMatchObject({
    theta: 0.5,
    score: 75,
    extrapolated: false,
    sources: ["epoch", "lmarena"],
    benchmarkCount: 3,
  });
  expect(row?.abilities.general?.extrapolated).toBe(true);
  expect(catalog.priors.agentic_coding?.thetaSd).toBeGreaterThan(0);
});

test("buildCatalog() gives every extrapolated ability at least twice the agentic sd of its row", () => {
  const extrapolated = buildCatalog(input()).catalog.models.flatMap(({ abilities: { agentic_coding, ...others } }) =>
    Object.values(others).map(({ sd }) => sd / (agentic_coding?.sd ?? Number.NaN)),
  );
  expect(extrapolated.length).toBeGreaterThan(100);
  expect(Math.min(...extrapolated)).toBeGreaterThanOrEqual(2 - 1e-9);
});

test("buildCatalog() narrows the sd of a model with three benchmarks by the line's scale and of a thinner one never", () => {
  const thin = input({ rows: input().rows.filter((r) => r.name !== "model-12" || r.benchmark === "epoch_eci") });
  const sdOf = (sdScale: number): number[] => {
    const lines = { ...LINES, agentic_coding: { ...LINES.agentic_coding, sdScale } };
    const { models } = buildCatalog({ ...thin, lines }).catalog;
    return ["m/model-12", "m/model-13"].map((id) => models.find((m) => m.id === id)?.abilities.agentic_coding?.sd ?? 0);
  };
  const [[thinNarrow, fullNarrow], [thinPlain, fullPlain], [thinWide]] = [sdOf(0.5), sdOf(1), sdOf(1.5)];
  expect(thinNarrow).toBe(thinPlain);
  expect(fullNarrow).toBeLessThan(fullPlain ?? 0);
  expect(thinWide).toBeGreaterThan(thinPlain ?? 9);
});

test("prepareMatrix() rates on the facts as overrides leave them, and reports the scores it drops", () => {
  const rows = [...input().rows, score("model-3", "unheard_of", 1)];
  const overrides = [{ id: "m/model-4", reason: "t", set: { kind: "variant" as const } }];
  const { facts: used, matrix, dropped } = prepareMatrix(input({ rows, overrides }));
  expect(used.find(({ id }) => id === "m/model-4")?.kind).toBe("variant");
  expect(matrix.rows.some(({ id }) => id === "m/model-4")).toBe(false);
  expect(matrix.rows.some(({ id }) => id === "m/model-3")).toBe(true);
  expect(dropped.map(({ name }) => name)).toEqual(["model-3"]);
  expect(buildCatalog(input({ rows })).report.dropped).toEqual(dropped);
});

test("buildCatalog() gives a free entry the ability of the id it serves", () => {
  const { catalog } = buildCatalog(input());
  const abilities = (id: string) => catalog.models.find((m) => m.id === id && m.effort === "default")?.abilities;
  expect(abilities("m/model-7:free")).toEqual(abilities("m/model-7"));
});

test("buildCatalog() reports names it could not place, and overrides have the last word on facts", () => {
  const rows = [...input().rows, score("nobody-9", "epoch_eci", 130)];
  const { catalog, report } = buildCatalog(
    input({ rows, overrides: [{ id: "m/alone", reason: "t", set: { contextTokens: 5 } }] }),
  );
  expect(report.unresolved.map((u) => u.name)).toEqual(["nobody-9"]);
  expect(catalog.models.find((m) => m.id === "m/alone")?.contextTokens).toBe(5);
  expect(catalog.models.some((m) => m.id.startsWith("unlisted/"))).toBe(false);
});

test("buildCatalog() changes its version when the content changes", () => {
  const version = (over: Partial<BuildInput>): string => buildCatalog(input(over)).catalog.version;
  expect(version({ attribution: ["x"] })).not.toBe(version({}));
});

test("buildCatalog() moves no score by more than a point when 200 weak rows join", () => {
  const weak = Array.from({ length: 200 }, (_, i) =>
    score(`tiny-${i}`, i % 2 ? "epoch_eci" : "lmarena_text", i % 2 ? 60 + (i % 40) : 800 + i),
  );
  const before = buildCatalog(input()).catalog;
  const after = buildCatalog(input({ rows: [...input().rows, ...weak] })).catalog;
  before.models.forEach((model, i) => {
    for (const [domain, ability] of Object.entries(model.abilities))
      expect(
        Math.abs((after.models[i]?.abilities[domain as "general"]?.score ?? 999) - ability.score),
      ).toBeLessThanOrEqual(1);
  });
});

test("prepareMatrix() takes the id and effort that a source states over what the name would resolve to", () => {
  const stated = { id: "m/model-2", effort: "max" } as const;
  const { matrix, unresolved } = prepareMatrix(input({ rows: [{ ...score("model-1", "epoch_eci", 120), stated }] }));
  expect(unresolved).toEqual([]);
  expect(matrix.rows.map(({ id, effort }) => ({ id, effort }))).toEqual([stated]);
});
