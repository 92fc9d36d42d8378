import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { OutcomeObservation } from "./decision.ts";
import { sumResiduals, toCorrection, toObservations } from "./outcomes.ts";
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
  const decided = decide(toInput([{ id: "a/x" }], { complexity: [0, 0, 1] }, { outcomes }));
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

describe("toCorrection()", () => {
  it("is the residual sum over n0 plus the weights, of this task type alone", () => {
    const seen = [observation({}), observation({ y: 0, weight: 0.5 }), observation({ taskType: "docs", y: 0 })];
    expect(toCorrection(sumResiduals(seen, "bugfix").get("a/x"))).toBeCloseTo((0.5 - 0.25) / 11.5, 12);
    expect(toCorrection(sumResiduals(seen, "design").get("a/x"))).toBe(0);
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
      const sure = input.catalog.models.map(({ id }) =>
        observation({ modelId: id, predictedP: 1, taskType: input.classification.task_type.label }),
      );
      const before = decide({ ...input, outcomes: [] });
      expect(decide({ ...input, outcomes: sure })).toEqual(before);
    }
  });
});
