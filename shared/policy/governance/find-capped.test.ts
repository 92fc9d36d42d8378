import { describe, expect, it } from "vitest";
import { type CostOf, isDearer } from "./cost-tier.ts";
import { findCapped } from "./find-capped.ts";
import { shippedFile } from "./testing/made-file.ts";

const file = shippedFile();
/** The lead's model is a medium one, GPT-5.5 a dear one, and of all others nothing is known. */
const costOf: CostOf = (model, entryTier) => {
  const known = { "Claude Opus 4.8": "medium", "GPT-5.5": "high" } as const;
  const costTier = model === "Claude Opus 4.8" || model === "GPT-5.5" ? known[model] : undefined;
  return { model, modelId: null, costTier: costTier ?? entryTier, assumed: costTier === undefined };
};

describe("findCapped()", () => {
  it("finds nothing under a lead of the highest tier", () => {
    expect(findCapped(file)).toEqual([]);
  });

  it("finds every dearer model by its own cost, fallbacks included", () => {
    const found = findCapped(file, costOf);
    expect(found).toContainEqual({
      ...{ agent: "planner", tier: "SMALL", attempt: 1, assumed: false },
      ...{ effectiveModel: "Claude Opus 4.8", capped: true, asked: { model: "GPT-5.5", costTier: "high" } },
    });
    expect(found.some(({ agent, attempt }) => agent === "planner" && attempt === 0)).toBe(false);
    expect(found.every(({ asked }) => asked !== null && isDearer(asked.costTier, "medium"))).toBe(true);
    expect(found.filter(({ agent, attempt }) => agent === "planner" && attempt === 2)[0]).toMatchObject({
      assumed: true,
    });
  });

  it("finds nothing where nobody leads", () => {
    expect(findCapped({ ...file, orchestrator: "ghost" }, costOf)).toEqual([]);
  });
});
