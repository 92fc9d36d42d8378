import { describe, expect, it } from "vitest";
import { createResolver } from "../../catalog/aliases.ts";
import catalogueJson from "../../data/default-catalogue.json" with { type: "json" };
import limits from "../../data/governance-limits.json" with { type: "json" };
import { resolveModelName, toCostOf, toCostTier, toPriceCeiling } from "./cost-tier.ts";
import { modelsOf } from "./follow-entry.ts";
import { COST_TIERS } from "./routing-file.ts";
import { shippedFile } from "./testing/made-file.ts";
import { validateRouting } from "./validate-routing.ts";

const resolve = createResolver(catalogueJson.models);
const prices = new Map(
  catalogueJson.models.map(({ id, prices: { promptMicroUsdPerMillion } }) => [id, promptMicroUsdPerMillion]),
);
const costOf = toCostOf({ resolve, promptPriceOf: (id) => prices.get(id), limits });

describe("resolveModelName()", () => {
  it.each([
    ["GPT-5.5 (copilot)", "openai/gpt-5.5"],
    ["Claude Opus 4.8", "anthropic/claude-opus-4.8"],
    ["Gemini 3.1 Pro (Preview) (copilot)", "google/gemini-3.1-pro-preview"],
    ["Nobody 9 (copilot)", null],
  ])("reads %j as %j", (name, id) => {
    expect(resolveModelName(resolve, name)).toBe(id);
  });
});

describe("toCostOf()", () => {
  it("goes by the model's own price, whatever its entry says", () => {
    expect(costOf("Claude Opus 4.8 (copilot)", "low")).toEqual({
      ...{ model: "Claude Opus 4.8 (copilot)", modelId: "anthropic/claude-opus-4.8" },
      ...{ costTier: "high", assumed: false },
    });
    expect(costOf("Claude Haiku 4.5", "high")).toMatchObject({ costTier: "low", assumed: false });
  });

  it("takes the entry's tier and says so when there is no price", () => {
    expect(costOf("Nobody 9", "medium")).toEqual({
      model: "Nobody 9",
      modelId: null,
      costTier: "medium",
      assumed: true,
    });
    expect(costOf("auto", "low")).toMatchObject({ modelId: null, assumed: true });
  });

  it("puts the ends of a tier into it", () => {
    expect([1_000_000, 1_000_001, 3_000_000, 3_000_001].map((price) => toCostTier(price, limits))).toEqual([
      ...["low", "medium", "medium", "high"],
    ]);
    expect(COST_TIERS.map((tier) => toPriceCeiling(tier, limits))).toEqual([1_000_000, 3_000_000, null]);
  });
});

describe("the shipped roles", () => {
  it("are valid by their models' own prices, and every model is in the shipped catalogue at the tier it is meant for", () => {
    const file = shippedFile();
    expect(validateRouting(file, costOf)).toEqual([]);
    const entries = Object.values(file.roles).flatMap((role) => [role, ...Object.values(role.by_tier)]);
    const seen = entries.flatMap((entry) =>
      "primary" in entry && entry.primary !== "auto" ? [costOf(entry.primary, entry.cost_tier)] : [],
    );
    expect(seen.filter(({ assumed }) => assumed)).toEqual([]);
    const fallbacks = entries.flatMap((entry) => ("primary" in entry ? modelsOf(entry).slice(1) : []));
    expect(fallbacks.filter((name) => resolveModelName(resolve, name) === null)).toEqual([]);
    const dearer = entries.filter(
      (entry) => "primary" in entry && costOf(entry.primary, entry.cost_tier).costTier !== entry.cost_tier,
    );
    expect(dearer).toEqual([]);
  });

  it("break the tier floor when the lead's model is cheaper than it is said to be", () => {
    const file = shippedFile();
    const conductor = file.roles.conductor;
    if (conductor === undefined) throw new Error("no conductor");
    const cheap = { ...file, roles: { ...file.roles, conductor: { ...conductor, primary: "Claude Haiku 4.5" } } };
    expect(validateRouting(cheap)).toEqual([]);
    expect(validateRouting(cheap, costOf)[0]).toMatchObject({
      code: "tier_floor_violated",
      path: "/roles/conductor/cost_tier",
    });
  });
});
