import { describe, expect, it } from "vitest";
import { spearman, toRanks, toScoreFigures } from "./rank-correlation.ts";
import { toScored } from "./testing/scored-row.ts";

describe("toRanks()", () => {
  it("gives equal values the mean of their ranks", () => {
    expect(toRanks([10, 30, 20, 20, 5])).toEqual([2, 5, 3.5, 3.5, 1]);
  });
});

describe("spearman()", () => {
  it("is 1 for any rising relation, -1 for a falling one", () => {
    expect(spearman([1, 2, 3], [1, 10, 100])).toBeCloseTo(1, 12);
    expect(spearman([1, 2, 3], [9, 4, 1])).toBeCloseTo(-1, 12);
  });

  it("handles ties: ranks 1 2.5 2.5 4 5 against 2 1 3.5 3.5 5 give 7.25 / 9.5", () => {
    expect(spearman([1, 2, 2, 4, 5], [2, 1, 4, 4, 9])).toBeCloseTo(7.25 / 9.5, 12);
  });

  it("is no number when one side is constant", () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});

describe("toScoreFigures()", () => {
  it("compares the rows that state a score and leaves out scores that none states", () => {
    const sub = (reasoning_depth: number) => ({
      complexity_sub: { reasoning_depth, scope_breadth: 0, domain_knowledge: 0, spec_completeness: 0 },
    });
    const figures = toScoreFigures([
      toScored({ row: { scores: { reasoning_depth: 0.1 } }, answer: sub(0.3) }),
      toScored({ row: { scores: { reasoning_depth: 0.5 } }, answer: sub(0.4) }),
      toScored({ answer: sub(1) }),
    ]);
    expect(Object.keys(figures)).toEqual(["reasoning_depth"]);
    expect(figures.reasoning_depth?.rows).toBe(2);
    expect(figures.reasoning_depth?.spearman).toBeCloseTo(1, 12);
    expect(figures.reasoning_depth?.meanAbsoluteError).toBeCloseTo(0.15, 12);
  });
});
