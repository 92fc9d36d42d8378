import { describe, expect, it } from "vitest";
import { macroF1, toAccuracy, toHeadPairs, toMajority } from "./accuracy.ts";
import { toScored } from "./testing/scored-row.ts";

// Complexity: easy/easy, easy/medium, hard/hard, hard/hard (label/answer). The other heads are right but for one risk.
const ROWS = [
  toScored({}),
  toScored({ task: { complexity: [0.2, 0.7, 0.1] } }),
  toScored({ labels: { complexity: "hard" }, task: { complexity: [0.1, 0.2, 0.7] } }),
  toScored({ labels: { complexity: "hard", risk: "high" }, task: { complexity: [0.1, 0.2, 0.7] } }),
];
const ALL = [0, 1, 2, 3];

describe("macroF1()", () => {
  it("averages over the classes that were labelled: easy 2/3, hard 1, medium left out", () => {
    const { complexity } = toHeadPairs(ROWS);
    expect(macroF1(complexity, ALL)).toBeCloseTo((2 / 3 + 1) / 2, 12);
    expect(macroF1(complexity, [0, 0, 1])).toBeCloseTo(4 / 5, 12);
    expect(macroF1(complexity, [])).toBeNaN();
  });
});

describe("toAccuracy()", () => {
  it("gives accuracy per head, their mean, and the share with all three right", () => {
    const figures = toAccuracy(toHeadPairs(ROWS), ALL);
    expect(figures).toMatchObject({ complexity: 0.75, task_type: 1, risk: 0.75, exact: 0.5, task_typeF1: 1 });
    expect(figures.unified).toBeCloseTo(2.5 / 3, 12);
    // Risk: low has 3 of 4 answers right and all 3 labels found, high has none.
    expect(figures.riskF1).toBeCloseTo(6 / 7 / 2, 12);
    expect(figures.macroF1).toBeCloseTo((5 / 6 + 1 + 3 / 7) / 3, 12);
  });

  it("counts a row as often as it was drawn", () => {
    expect(toAccuracy(toHeadPairs(ROWS), [1, 1, 0]).complexity).toBeCloseTo(1 / 3, 12);
  });
});

describe("toMajority()", () => {
  it("answers with the commonest class of the rows, the first of equals", () => {
    const majority = toMajority(toHeadPairs(ROWS), ALL);
    expect(toAccuracy(majority, ALL)).toMatchObject({ complexity: 0.5, task_type: 1, risk: 0.75 });
    expect(majority.complexity.answer).toEqual([0, 0, 0, 0]);
  });
});
