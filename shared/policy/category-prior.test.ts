import { expect, it } from "vitest";
import { parseCatalog } from "../catalog/parse-catalog.ts";
import defaultCatalogue from "../data/default-catalogue.json" with { type: "json" };
import { CATEGORY_LABELS } from "../task/labels.ts";
import { toBareRow, toCategoryPrior } from "./category-prior.ts";
import { rankByScore } from "./decide.ts";
import { PLAIN_REQUEST } from "./decision.ts";
import { toDomainMix } from "./domain-mix.ts";
import { defaultPolicy } from "./policy.ts";
import { buildRankList } from "./rank-list.ts";
import { toCatalog } from "./testing/made-input.ts";

const parsed = parseCatalog(defaultCatalogue);
if (!parsed.ok) throw new Error("the catalogue that ships cannot be read");
const shipped = parsed.value;

const made = toCatalog([
  { id: "a/high", theta: 1, over: { effort: "high" } },
  { id: "a/both", theta: 0.5, over: { effort: "high" } },
  { id: "a/both", theta: 0.1 },
  { id: "a/unrated", linked: false },
]);
const catalog = { ...made, priors: { reasoning: { thetaMean: 0, thetaSd: 0.5 } } };
const curve = (theta: number): number => 1 / (1 + Math.exp(-1.46 * (theta + 0.076)));
const priorOf = (modelId: string) => toCategoryPrior(catalog, { modelId, category: "reasoning" });

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

it("toCategoryPrior() is what pick tells before feedback, in every category", () => {
  const providerState = { excluded: [], penalties: [] };
  const policy = { ...defaultPolicy, band: "any" as const };
  for (const category of CATEGORY_LABELS) {
    const list = buildRankList(shipped, toDomainMix(category, { acting: [], needs: [] }));
    const terms = { list, policy, request: PLAIN_REQUEST, providerState, governance: null };
    const ranking = rankByScore({ ...terms, classification: null, feedback: [], count: 1_000 });
    if (!ranking.ok) throw new Error(ranking.fault.kind);
    for (const { entry, confidence } of ranking.value.ranked) {
      if (entry.model !== toBareRow(shipped, entry.model.id)) continue;
      const told = toCategoryPrior(shipped, { modelId: entry.model.id, category });
      expect([category, entry.model.id, told]).toEqual([category, entry.model.id, expect.closeTo(confidence, 3)]);
    }
  }
});

it("toCategoryPrior() is null where nothing is known, not a guess", () => {
  expect(toCategoryPrior({ ...catalog, priors: {} }, { modelId: "a/none", category: "vision" })).toBeNull();
});
