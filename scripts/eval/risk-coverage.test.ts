import { describe, expect, it } from "vitest";
import type { Judged } from "./calibration-error.ts";
import { toAnsweredShare, toCoverage } from "./risk-coverage.ts";

const judged = (right: string): Judged[] =>
  [...right].map((mark, i) => ({ confidence: 1 - i / 100, right: mark === "+" }));

describe("toAnsweredShare()", () => {
  it("answers as long as at most a tenth is wrong", () => {
    // Nine right, then one wrong: ten answered with one wrong is just allowed; another wrong one is not.
    expect(toAnsweredShare(judged("+++++++++--+"), 0.1)).toMatchObject({ answered: 10, error: 0.1, threshold: 0.91 });
  });

  it("may pass through a bad stretch to a better share behind it", () => {
    expect(toAnsweredShare(judged(`-${"+".repeat(19)}`), 0.1)).toMatchObject({ answered: 20, error: 0.05, share: 1 });
  });

  it("answers rows of equal confidence together or not at all", () => {
    const rows = [...judged("++++"), { confidence: 0.5, right: true }, { confidence: 0.5, right: false }];
    expect(toAnsweredShare(rows, 0.1)).toMatchObject({ answered: 4, threshold: 0.97 });
  });

  it("answers none when the surest is wrong and few follow", () => {
    const none = toAnsweredShare(judged("-++"), 0.1);
    expect(none).toMatchObject({ answered: 0, share: 0, threshold: null, errorUpper: 1 });
    expect(none.error).toBeNaN();
  });
});

describe("toCoverage()", () => {
  it("bounds the error among the answered from above", () => {
    const coverage = toCoverage(judged(`${"-".repeat(5)}${"+".repeat(45)}`), 100);
    expect(coverage).toMatchObject({ answered: 50, share: 0.5, error: 0.1 });
    expect(coverage.errorUpper).toBeCloseTo(0.1988, 4);
  });
});
