import { describe, expect, it } from "vitest";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import type { Judged } from "./calibration-error.ts";
import { toCalibrationError } from "./calibration-error.ts";

const alone = (rows: readonly unknown[]) => rows.map((_, i) => [i]);
const measure = (judged: readonly Judged[]) => toCalibrationError(judged, alone(judged));

/** Rows whose truth follows `chanceOf` their confidence. */
function drawn(rows: number, chanceOf: (confidence: number) => number): Judged[] {
  const random = toRandom(3);
  return Array.from({ length: rows }, () => {
    const confidence = 0.4 + 0.6 * random();
    return { confidence, right: random() < chanceOf(confidence) };
  });
}

describe("toCalibrationError()", () => {
  it("gives the hand-computed errors of two bins", () => {
    // Bins of two: confidence .5, accuracy .5, then confidence .9, accuracy .5; variance .25 / 1 in each.
    const rows = [
      { confidence: 0.4, right: true },
      { confidence: 0.6, right: false },
      { confidence: 0.8, right: true },
      { confidence: 1, right: false },
    ];
    const error = measure(rows);
    expect(error?.l1).toBeCloseTo(0.5 * 0 + 0.5 * 0.4, 12);
    // (0 + .16) / 2 - .25 is below 0: sampling explains it all.
    expect(error?.l2).toBe(0);
    expect(error?.bins).toEqual([
      { rows: 2, from: 0.4, to: 0.6, confidence: 0.5, accuracy: 0.5 },
      { rows: 2, from: 0.8, to: 1, confidence: 0.9, accuracy: 0.5 },
    ]);
  });

  it("subtracts accuracy (1 - accuracy) / (n - 1) from each squared gap", () => {
    // 150 rows of confidence .9, 15 bins of ten, eight right in each: gap .1, variance .16 / 9.
    const rows = Array.from({ length: 150 }, (_, i) => ({ confidence: 0.9 + i * 1e-9, right: i % 10 < 8 }));
    const error = measure(rows);
    expect(error?.bins).toHaveLength(15);
    expect(error?.l1).toBeCloseTo(0.1, 6);
    expect(error?.l2).toBe(0);
    const five = measure(rows.map((row, i) => ({ ...row, right: i % 10 < 5 })));
    expect(five?.l2).toBeCloseTo(Math.sqrt(0.16 - 0.25 / 9), 6);
  });

  it("is near 0 for a calibrated model where the plain error is not, and its interval reaches 0", () => {
    const error = measure(drawn(1500, (confidence) => confidence));
    expect(error?.l2).toBeLessThan(0.03);
    expect(error?.l1).toBeGreaterThan(0.02);
    expect(error?.interval?.low).toBe(0);
  });

  it("finds a constant gap of 0.2, and its interval holds it without 0", () => {
    const error = measure(drawn(1500, (confidence) => confidence - 0.2));
    expect(error?.l2).toBeCloseTo(0.2, 1);
    expect(error?.interval?.low).toBeGreaterThan(0.15);
    expect(error?.interval?.low).toBeLessThan(0.2);
    expect(error?.interval?.high).toBeGreaterThan(0.2);
    expect(error?.interval?.high).toBeLessThan(0.25);
  });

  it("says nothing of no rows", () => {
    expect(toCalibrationError([], [])).toBeNull();
  });
});
