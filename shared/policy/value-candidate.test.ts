import { describe, expect, it } from "vitest";
import { mediumTaskCost } from "../catalog/cost.ts";
import { EFFORTS } from "../catalog/model.ts";
import parametersJson from "../data/parameters.json" with { type: "json" };
import type { Candidate } from "./candidate.ts";
import type { DecideInput } from "./decision.ts";
import { applyFilters } from "./filters.ts";
import { toTaskTerms } from "./task-terms.ts";
import type { MadeRow, MadeTask } from "./testing/made-input.ts";
import { toInput, toRequest, toRow } from "./testing/made-input.ts";
import { valueCandidate } from "./value-candidate.ts";

function toValued(row: MadeRow, task: MadeTask = {}, over: Partial<DecideInput> = {}): Candidate {
  const input = toInput([row], task, over);
  const terms = toTaskTerms(input);
  const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
  const eligible = filtered.ok ? filtered.value.eligible[0] : undefined;
  if (eligible === undefined) throw new Error("the row was filtered out");
  return valueCandidate(eligible, eligible.reaches[0], terms);
}

describe("valueCandidate()", () => {
  // Grid of the fit with the residual spread integrated exactly; the effective pairs stay within the noise of .04.
  it.each([
    [-0.5, [0.5, 0.31, 0.08]],
    [0, [0.7, 0.49, 0.17]],
    [0.4, [0.81, 0.62, 0.27]],
    [0.75, [0.87, 0.72, 0.37]],
  ])("is near the fitted success at theta %d", (theta, expected) => {
    const { successByStratum } = toValued({ id: "v/m", theta, sd: 0 });
    for (const [k, p] of expected.entries()) expect(Math.abs((successByStratum[k] ?? 0) - p)).toBeLessThan(0.04);
  });

  it("takes the sd off the ability", () => {
    expect(toValued({ id: "v/m", theta: 0.3, sd: 0.3 }).success).toBeCloseTo(
      toValued({ id: "v/m", theta: 0, sd: 0 }).success,
      12,
    );
  });

  it("uses one P without information and w = 1 when the complexity head abstained", () => {
    const { success, worth, successByStratum } = toValued(
      { id: "v/m", theta: -0.076, sd: 0 },
      { abstained: ["complexity"] },
    );
    expect(success).toBeCloseTo(0.5, 12);
    expect([worth, ...successByStratum]).toEqual([success, success]);
  });

  it("weighs worth by complexity, but not when the request gives the worth of this task", () => {
    const hard = { complexity: [0, 0, 1] as const };
    const weighted = toValued({ id: "v/m" }, hard);
    expect(weighted.worth).toBeCloseTo(3 * weighted.success, 12);
    const request = toRequest({ valueMicroUsd: 5_000_000, preset: "quality" });
    const plain = toValued({ id: "v/m" }, hard, { request });
    expect(plain.worth).toBeCloseTo(plain.success, 12);
    expect(plain.utilityUsd).toBeCloseTo(5 * plain.success - plain.totalUsd, 12);
  });

  it("keeps P within its bounds", () => {
    expect(toValued({ id: "v/m", theta: 9 }, { complexity: [1, 0, 0] }).success).toBe(0.99);
    expect(toValued({ id: "v/m", theta: -9 }, { complexity: [0, 0, 1] }).success).toBe(0.01);
  });

  it("scales money by task type and difficulty, and keeps time apart", () => {
    const medium = { complexity: [0, 1, 0] as const };
    const bugfix = toValued({ id: "v/m", usd: 1 }, medium);
    expect(bugfix.moneyUsd).toBeCloseTo(Math.exp(0.3 * 0.13), 12);
    // 1 s to the first token, then 10,000 tokens of a medium task at 100 a second.
    expect(bugfix.minutes).toBeCloseTo((1 + 100 * Math.exp(0.3 * 0.13)) / 60, 12);
    expect(bugfix.totalUsd).toBeCloseTo(bugfix.moneyUsd + 0.02 * bugfix.minutes, 12);
    const docs = toValued({ id: "v/m", usd: 1 }, { ...medium, type: "docs" });
    expect(docs.moneyUsd).toBeCloseTo(0.6 * bugfix.moneyUsd, 12);
    expect(docs.minutes).toBeCloseTo((1 + 60 * Math.exp(0.3 * 0.13)) / 60, 12);
    expect(docs.totalUsd).toBeCloseTo(docs.moneyUsd + 0.1 * docs.minutes, 12);
  });
});

describe("valueCandidate(): speed", () => {
  it("counts the same answer tokens for time as a token profile does for money, at every effort", () => {
    for (const effort of EFFORTS) {
      const prices = { ...toRow({ id: "v/m" }).prices, promptMicroUsdPerMillion: 0, cacheReadMicroUsdPerMillion: 0 };
      const cost = mediumTaskCost(prices, effort, parametersJson);
      const { moneyUsd, minutes } = toValued({ id: "v/m", over: { effort, prices, cost } });
      const tokens = moneyUsd / (prices.completionMicroUsdPerMillion / 1e12);
      expect(minutes * 60).toBeCloseTo(1 + tokens / 100, 6);
    }
  });

  it("takes unknown speeds from the domain's median, else assumes them, and flags which", () => {
    const unknown = { outputTokensPerSecond: null, timeToFirstTokenS: null };
    const alone = toValued({ id: "v/m", over: { speed: unknown } });
    const harder = 0.2 * Math.exp(0.3 * -0.41) + 0.6 * Math.exp(0.3 * 0.13) + 0.2 * Math.exp(0.3 * 1.01);
    expect(alone.minutes).toBeCloseTo((2 + (10_000 * harder) / 60) / 60, 12);
    expect(alone.flags).toEqual(["assumed_speed"]);
    const input = toInput([{ id: "v/m", over: { speed: unknown } }, { id: "v/n" }]);
    const terms = toTaskTerms(input);
    const filtered = applyFilters({ ...input, taskType: terms.taskType, domain: terms.domain });
    const eligible = filtered.ok ? filtered.value.eligible[0] : undefined;
    if (eligible === undefined) throw new Error("the row was filtered out");
    const beside = valueCandidate(eligible, eligible.reaches[0], terms);
    expect(beside.minutes).toBeCloseTo((1 + 100 * harder) / 60, 12);
    expect(beside.flags).toEqual(["median_speed"]);
  });
});
