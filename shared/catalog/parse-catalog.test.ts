import { expect, test } from "vitest";
import { buildCatalog } from "./build.ts";
import { parseCatalog } from "./parse-catalog.ts";
import { parsed, refusalOf } from "./sources/testing/parsed.ts";
import { input } from "./testing/made-build.ts";

const { catalog } = buildCatalog(input());

test("parseCatalog() reads back what was built", () => {
  expect(parsed(parseCatalog(JSON.parse(JSON.stringify(catalog))))).toEqual(catalog);
});

test("parseCatalog() reads rows stored before benchmarks and speed were kept as not knowing them", () => {
  const models = catalog.models.map(({ benchmarks: _, speed: __, ...old }) => old);
  const [first] = parsed(parseCatalog({ ...catalog, models })).models;
  expect(first).toMatchObject({ benchmarks: {}, speed: { outputTokensPerSecond: null, timeToFirstTokenS: null } });
});

test("parseCatalog() refuses a benchmark that is no number, by its place", () => {
  const [first] = catalog.models;
  expect(refusalOf(parseCatalog({ ...catalog, models: [{ ...first, benchmarks: { epoch_eci: "high" } }] }))).toBe(
    "catalogue: models[0].benchmarks.epoch_eci: expected a finite number",
  );
});
