import { describe, expect, it } from "vitest";
import { toCatalog } from "../testing/made-input.ts";
import { toCatalogCosts } from "./catalog-costs.ts";

const prices = {
  completionMicroUsdPerMillion: 0,
  cacheReadMicroUsdPerMillion: null,
  cacheWriteMicroUsdPerMillion: null,
};
const at = (id: string, promptMicroUsdPerMillion: number, kind: "model" | "free" = "model") => ({
  ...{ id, over: { kind, prices: { ...prices, promptMicroUsdPerMillion } } },
});
const costs = toCatalogCosts(
  toCatalog([
    at("anthropic/claude-opus-4.8", 5_000_000),
    at("openai/gpt-5.5", 2_000_000),
    at("z-ai/glm-5.2:free", 0, "free"),
  ]),
  [{ name: "our planner", id: "openai/gpt-5.5", reason: "an alias" }],
);

describe("toCatalogCosts()", () => {
  it.each([
    ["Claude Opus 4.8 (copilot)", "anthropic/claude-opus-4.8"],
    ["openai/gpt-5.5", "openai/gpt-5.5"],
    ["z-ai/glm-5.2:free", "z-ai/glm-5.2:free"],
    ["our planner", "openai/gpt-5.5"],
    ["Nobody 9", null],
    ["auto", null],
  ])("reads %j as %j, the second time too", (name, id) => {
    expect([costs.modelIdOf(name), costs.modelIdOf(name)]).toEqual([id, id]);
  });

  it("goes by each model's own price, and by the entry's word where there is none", () => {
    expect(costs.costOf("Claude Opus 4.8", "low")).toMatchObject({ costTier: "high", assumed: false });
    expect(costs.costOf("GPT-5.5 (copilot)", "high")).toMatchObject({ costTier: "medium", assumed: false });
    expect(costs.costOf("Nobody 9", "medium")).toMatchObject({ modelId: null, costTier: "medium", assumed: true });
  });
});
