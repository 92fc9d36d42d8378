import { expect, it } from "vitest";
import { toBareRow, toCategoryPrior } from "./category-prior.ts";
import { toCatalog } from "./testing/made-input.ts";

const catalog = toCatalog([
  { id: "a/high", theta: 1, over: { effort: "high" } },
  { id: "a/both", theta: 0.5, over: { effort: "high" } },
  { id: "a/both", theta: 0.1 },
  { id: "a/unrated", linked: false },
]);
const curve = (theta: number): number => 1 / (1 + Math.exp(-1.46 * (theta + 0.076)));
const priorOf = (modelId: string) => toCategoryPrior(catalog, { modelId, category: "coding" });

it("toBareRow() takes the default effort, else the first, and none of another model", () => {
  expect(toBareRow(catalog, "a/both")?.effort).toBe("default");
  expect(toBareRow(catalog, "a/high")?.effort).toBe("high");
  expect(toBareRow(catalog, "a/none")).toBeUndefined();
});

it("toCategoryPrior() is P of unknown difficulty with the sd taken off, an unrated or unknown model by the prior", () => {
  expect(priorOf("a/both")).toBeCloseTo(curve(0.1 - 0.1), 12);
  expect(priorOf("a/unrated")).toBeCloseTo(curve(0 - 0.5), 12);
  expect(priorOf("a/none")).toBeCloseTo(curve(0 - 0.5), 12);
});

it("toCategoryPrior() is null where nothing is known, not a guess", () => {
  expect(toCategoryPrior({ ...catalog, priors: {} }, { modelId: "a/none", category: "vision" })).toBeNull();
});
