import { describe, expect, it } from "vitest";
import { makeCategoryScorer } from "../policy/score-categories.ts";
import { type MadeRow, toCatalog } from "../policy/testing/made-input.ts";
import { findModel, listModels } from "./list-models.ts";
import { toModelBody } from "./models.ts";

function toBodies(rows: readonly MadeRow[]) {
  const catalog = toCatalog(rows);
  const scoresOf = makeCategoryScorer(catalog);
  return catalog.models.map((row) => toModelBody(row, { scores: scoresOf(row), generatedAt: catalog.generatedAt }));
}

const prices = (prompt: number) => ({
  prices: {
    promptMicroUsdPerMillion: prompt,
    completionMicroUsdPerMillion: 4 * prompt,
    cacheReadMicroUsdPerMillion: null,
    cacheWriteMicroUsdPerMillion: null,
  },
});

const bodies = toBodies([
  { id: "a/good", theta: 0.8, over: prices(3_000_000) },
  { id: "b/cheap", theta: 0.2, over: { ...prices(100_000), priceTier: "budget" } },
  { id: "c/new", linked: false, over: prices(200_000) },
  { id: "d/two", theta: 0.1, over: { effort: "low" } },
  { id: "d/two", theta: 0.5, over: { effort: "high" } },
  { id: "e/router", theta: 0.9, over: { kind: "router" } },
]);
const ids = (query: Parameters<typeof listModels>[1]) => listModels(bodies, query).rows.map(({ id }) => id);

describe("listModels()", () => {
  it("lists one row a model, best mean score first, unlinked last, no router", () => {
    expect(ids({})).toEqual(["a/good", "d/two", "b/cheap", "c/new"]);
    expect(listModels(bodies, {}).rows[1]?.effort).toBe("high");
    expect(listModels(bodies, { kind: "all" })).toMatchObject({ total: 5, filtered: 5 });
  });

  it("sorts by price, by score for the money and by a category", () => {
    expect(ids({ sort: "cost" })).toEqual(["b/cheap", "c/new", "d/two", "a/good"]);
    expect(ids({ sort: "efficiency" })[0]).toBe("b/cheap");
    expect(ids({ sort: "reasoning" })[0]).toBe("a/good");
  });

  it("filters by tier and category and cuts", () => {
    expect(ids({ tier: "budget" })).toEqual(["b/cheap"]);
    expect(ids({ category: "coding" })).not.toContain("c/new");
    expect(listModels(bodies, { limit: 1 })).toMatchObject({ filtered: 4, rows: [{ id: "a/good" }] });
  });
});

describe("findModel()", () => {
  it("takes the best effort of an id, and nothing for an unknown one", () => {
    expect(findModel(bodies, "d/two")?.effort).toBe("high");
    expect(findModel(bodies, "x/none")).toBeUndefined();
  });
});
