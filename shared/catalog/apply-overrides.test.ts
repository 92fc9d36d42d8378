import { expect, test } from "vitest";
import overridesJson from "../data/catalogue-overrides.json" with { type: "json" };
import { type DatedOverride, sortOverrides } from "./apply-overrides.ts";
import { mergeFacts } from "./merge-facts.ts";
import type { ModelFacts } from "./sources/model-facts.ts";

const facts = (id: string, fields: Partial<ModelFacts> = {}): ModelFacts => ({
  id,
  name: id,
  kind: "model",
  prices: {
    promptMicroUsdPerMillion: 1,
    completionMicroUsdPerMillion: 1,
    cacheReadMicroUsdPerMillion: null,
    cacheWriteMicroUsdPerMillion: null,
  },
  contextTokens: 9,
  maxOutputTokens: null,
  capabilities: { vision: false, tools: true, json: true, reasoning: false },
  releaseDate: null,
  ...fields,
});

test("sortOverrides() leaves out what expired yesterday and what names no model, and says so", () => {
  const override = (id: string, expires: string | null): DatedOverride => ({ id, reason: "r", expires, set: {} });
  const all = [
    override("a/1", null),
    override("a/2", "2026-11-21"),
    override("a/3", "2026-11-20"),
    override("x/9", null),
  ];
  const listed = ["a/1", "a/2", "a/3"].map((id) => facts(id));
  const { live, idle } = sortOverrides(all, { today: "2026-11-21", facts: listed });
  expect(live.map(({ id }) => id)).toEqual(["a/1", "a/2"]);
  expect(idle.map(({ id, why }) => [id, why])).toEqual([
    ["a/3", "expired"],
    ["x/9", "unknown_id"],
  ]);
});

test("every shipped override has a reason and says when it ends, or that it does not", () => {
  for (const { reason, expires } of overridesJson.overrides as DatedOverride[]) {
    expect(reason).not.toBe("");
    if (expires !== null) expect(expires).toMatch(/^\d{4}-\d\d-\d\d$/);
  }
});

test("mergeFacts() takes the market's list, completed where it says nothing, and the second list alone without it", () => {
  const second = [facts("a/1", { releaseDate: "2026-01", maxOutputTokens: 5 }), facts("a/2")];
  const merged = mergeFacts([facts("a/1", { maxOutputTokens: 7 }), facts("a/3")], second);
  expect(merged.map(({ id, releaseDate, maxOutputTokens }) => [id, releaseDate, maxOutputTokens])).toEqual([
    ["a/1", "2026-01", 7],
    ["a/3", null, null],
  ]);
  expect(mergeFacts([], second)).toBe(second);
});
