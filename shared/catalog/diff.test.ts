import { expect, test } from "vitest";
import defaultCatalogue from "../data/default-catalogue.json" with { type: "json" };
import { diffCatalogs, toLoggedDiff } from "./diff.ts";
import { parseCatalog } from "./parse-catalog.ts";
import { parsed } from "./sources/testing/parsed.ts";

const catalog = parsed(parseCatalog(defaultCatalogue));

test("diffCatalogs() finds nothing between a catalogue and itself", () => {
  expect(diffCatalogs(catalog, catalog)).toEqual({ added: [], gone: [], priceChanges: [], scoreMoves: [] });
});

test("diffCatalogs() tells new and gone models, prices, and moves of at least a point, the largest first", () => {
  const [first, second, third] = catalog.models.filter(
    ({ effort, abilities }) => effort === "default" && abilities.coding,
  );
  if (!first?.abilities.coding || !second?.abilities.coding || !third) throw new Error("three rated models expected");
  const coding = (row: typeof first, by: number) => {
    const was = row.abilities.coding ?? { score: 0 };
    return { ...row.abilities, coding: { ...first.abilities.coding, ...was, score: was.score + by } };
  };
  const to = {
    ...catalog,
    models: [
      { ...third, id: "zz/new" },
      ...catalog.models
        .filter((row) => row.id !== third.id)
        .map((row) => {
          if (row === first) return { ...row, abilities: coding(row, 1) } as typeof row;
          if (row === second)
            return {
              ...row,
              abilities: coding(row, -3),
              prices: { ...row.prices, cacheReadMicroUsdPerMillion: 7 },
            } as typeof row;
          return row;
        }),
    ],
  };
  const diff = diffCatalogs(catalog, to);
  expect([diff.added, diff.gone]).toEqual([["zz/new"], [third.id]]);
  expect(diff.priceChanges).toEqual([
    {
      id: second.id,
      field: "cacheReadMicroUsdPerMillion",
      before: second.prices.cacheReadMicroUsdPerMillion,
      after: 7,
    },
  ]);
  expect(diff.scoreMoves.map(({ id, domain }) => [id, domain])).toEqual([
    [second.id, "coding"],
    [first.id, "coding"],
  ]);
  const small = {
    ...catalog,
    models: catalog.models.map((row) =>
      row === first ? ({ ...row, abilities: coding(row, 0.9) } as typeof row) : row,
    ),
  };
  expect(diffCatalogs(catalog, small).scoreMoves).toEqual([]);
});

test("toLoggedDiff() counts everything and keeps the first", () => {
  const logged = toLoggedDiff(diffCatalogs(catalog, { ...catalog, models: [] }), 5);
  expect(logged.gone).toHaveLength(5);
  expect(logged.counts.gone).toBe(new Set(catalog.models.map(({ id }) => id)).size);
});
