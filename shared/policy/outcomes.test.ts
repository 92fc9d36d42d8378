import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { OutcomeObservation } from "./outcomes.ts";
import { sumOutcomes, toCorrection, toObservations } from "./outcomes.ts";
import { PARAMETERS } from "./parameters.ts";
import { toInput } from "./testing/made-input.ts";
import { toRandom } from "./testing/random-catalog.ts";
import { randomInput } from "./testing/random-input.ts";

const observation = (over: Partial<OutcomeObservation>): OutcomeObservation => ({
  modelId: "a/x",
  taskType: "bugfix",
  y: 1,
  predictedP: 0.5,
  weight: 1,
  ...over,
});

const successOf = (outcomes: readonly OutcomeObservation[]): number => {
  const sums = sumOutcomes(outcomes, "bugfix");
  const decided = decide(toInput([{ id: "a/x" }], { complexity: [0, 0, 1] }, { outcomes: sums }));
  return decided.ok ? decided.value.pick.expected.success : Number.NaN;
};

describe("toObservations()", () => {
  it("halves a row's weight with each half-life and never weighs more than one", () => {
    const row = { modelId: "a/x", taskType: "bugfix", y: 1, predictedP: 0.5 } as const;
    const weights = toObservations([0, 60, 120, -5].map((ageDays) => ({ ...row, ageDays }))).map(
      ({ weight }) => weight,
    );
    expect(weights).toEqual([1, 0.5, 0.25, 1]);
  });
});

describe("sumOutcomes()", () => {
  it("sums each model of the task type alone, in the order of ids", () => {
    const seen = [
      observation({ modelId: "b/y", weight: 0.5, predictedP: 0.25 }),
      observation({}),
      observation({ taskType: "docs" }),
      observation({ y: 0, weight: 0.5 }),
    ];
    expect(sumOutcomes(seen, "bugfix")).toEqual([
      { modelId: "a/x", residual: 0.25, weight: 1.5, count: 2 },
      { modelId: "b/y", residual: 0.375, weight: 0.5, count: 1 },
    ]);
  });
});

describe("toCorrection()", () => {
  it("is the residual sum beyond its doubt over n0 plus the weights, of this task type alone", () => {
    const losses = Array.from({ length: 8 }, () => observation({ y: 0 }));
    const seen = [...losses, observation({ weight: 0.5 }), observation({ taskType: "docs", y: 0 })];
    const doubt = PARAMETERS.outcomes.doubtSds * Math.sqrt(0.25 * 8.5);
    expect(toCorrection(sumOutcomes(seen, "bugfix")[0], 0.5)).toBeCloseTo(-(4 - 0.25 - doubt) / 18.5, 12);
    expect(toCorrection(sumOutcomes(seen, "design")[0], 0.5)).toBe(0);
  });

  it("is 0 for what chance explains, and goes to the whole residual as it repeats", () => {
    const even = [observation({ y: 1 }), observation({ y: 0 }), observation({ y: 0 })];
    expect(Math.abs(toCorrection(sumOutcomes(even, "bugfix")[0], 0.5))).toBe(0);
    const many = Array.from({ length: 5_000 }, (_, i) => observation({ y: i % 5 === 0 ? 1 : 0 }));
    expect(toCorrection(sumOutcomes(many, "bugfix")[0], 0.5)).toBeCloseTo(-0.3, 1);
  });
});

describe("outcomes in decide()", () => {
  it("does not let wins that were sure anyway lift hard work", () => {
    const plain = successOf([]);
    const certain = Array.from({ length: 1000 }, () => observation({ predictedP: 1 }));
    expect(successOf(certain)).toBe(plain);
    const easy = Array.from({ length: 1000 }, () => observation({ predictedP: 0.95 }));
    expect(successOf(easy) - plain).toBeLessThanOrEqual(0.05);
    expect(successOf([observation({ predictedP: 0.95 })]) - plain).toBeLessThanOrEqual(0.05 / 11 + 1e-6);
  });

  it("moves P up by wins nobody expected and down by losses", () => {
    expect(successOf([observation({ predictedP: 0.1 })])).toBeGreaterThan(successOf([]));
    expect(successOf([observation({ y: 0, predictedP: 0.9 })])).toBeLessThan(successOf([]));
  });

  it("never raises any candidate's P by an observation with y = 1 at predicted P = 1", () => {
    const random = toRandom(11);
    for (let n = 0; n < 300; n += 1) {
      const input = randomInput(random, 20);
      const sure = input.catalog.models.map(({ id }) => observation({ modelId: id, predictedP: 1 }));
      const before = decide({ ...input, outcomes: [] });
      expect(decide({ ...input, outcomes: sumOutcomes(sure, "bugfix") })).toEqual(before);
    }
  });
});
