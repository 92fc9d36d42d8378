import { expect, test } from "vitest";
import parameters from "../data/parameters.json" with { type: "json" };
import { type CostParameters, mediumTaskCost, priceTier } from "./cost.ts";
import type { Prices } from "./model.ts";

const PROFILE: CostParameters = {
  mediumTokenProfile: { freshInputTokens: 50_000, cachedInputTokens: 800_000, outputTokens: 10_000 },
  effortOutputFactor: parameters.effortOutputFactor,
};
const prices = (prompt: number, completion: number, cacheRead: number | null): Prices => ({
  promptMicroUsdPerMillion: prompt,
  completionMicroUsdPerMillion: completion,
  cacheReadMicroUsdPerMillion: cacheRead,
  cacheWriteMicroUsdPerMillion: null,
});

test("mediumTaskCost() bills cached tokens at the cache price when there is one and at the prompt price when not", () => {
  expect(mediumTaskCost(prices(1_250_000, 10_000_000, 125_000), "default", PROFILE).microUsd).toBe(262_500);
  expect(mediumTaskCost(prices(1_250_000, 10_000_000, null), "default", PROFILE).microUsd).toBe(1_162_500);
});

test("mediumTaskCost() says that the cache price is assumed when the source states none, and not when it states 0", () => {
  const assumed = (cacheRead: number | null) =>
    mediumTaskCost(prices(1, 1, cacheRead), "default", PROFILE).assumedCachePrice;
  expect([assumed(null), assumed(0), assumed(5)]).toEqual([true, false, false]);
});

test("mediumTaskCost() rounds up and is never lower at a higher effort", () => {
  const at = (effort: "low" | "default" | "high" | "max"): number =>
    mediumTaskCost(prices(1, 3, 0), effort, PROFILE).microUsd;
  expect(at("default")).toBe(1);
  const dear = (["low", "default", "high", "max"] as const).map(
    (effort) => mediumTaskCost(prices(0, 10_000_000, 0), effort, PROFILE).microUsd,
  );
  expect(dear).toEqual([...dear].sort((a, b) => a - b));
  expect(mediumTaskCost(prices(0, 0, null), "default", PROFILE)).toMatchObject({ microUsd: 0, basis: "profile" });
});

test("priceTier() makes the four big makers premium from $2 and others from $5", () => {
  expect(priceTier("openai", prices(2_000_000, 0, null))).toBe("premium");
  expect(priceTier("qwen", prices(2_000_000, 0, null))).toBe("standard");
  expect(priceTier("qwen", prices(5_000_000, 0, null))).toBe("premium");
  expect(priceTier("openai", prices(499_999, 0, null))).toBe("budget");
  expect(priceTier("openai", prices(500_000, 0, null))).toBe("standard");
});
