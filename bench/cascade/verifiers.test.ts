import { expect, test } from "vitest";
import { mean } from "../../shared/base/stats.ts";
import { toMadePool } from "../routing/testing/made-pool.ts";
import { aucOf, aucOfJ, normalCdf, normalQuantile, toEase, toScoreShares, VERIFIERS } from "./verifiers.ts";

const POOL = toMadePool(300, 5);
const CHEAP = 0;
const ease = toEase(POOL, [CHEAP, 2]);

test("normalCdf() and normalQuantile() meet known values and each other", () => {
  for (const [x, p] of [
    [0, 0.5],
    [1.959964, 0.975],
    [-1, 0.158655],
    [3, 0.99865],
  ] as const) {
    expect(normalCdf(x)).toBeCloseTo(p, 5);
    expect(normalQuantile(p)).toBeCloseTo(x, 3);
  }
  // Judges that are right 70, 80 and 90 % of the time.
  expect([0.4, 0.6, 0.8].map((j) => Number(aucOfJ(j).toFixed(3)))).toEqual([0.771, 0.883, 0.965]);
});

test("toScoreShares() gives distributions, and a judge by correctness has the stated J at 7 of 10", () => {
  for (const verifier of VERIFIERS) {
    const { shares, auc } = toScoreShares(verifier, POOL.tasks, { model: CHEAP, ease });
    for (const row of shares) {
      expect(row.every((share) => share >= 0)).toBe(true);
      expect(row.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6);
    }
    expect(auc).toBeCloseTo(verifier.auc, verifier.difficulty === 1 ? 0 : 3);
    const accepts = (solved: 0 | 1): number =>
      mean(
        shares.flatMap((row, t) =>
          POOL.tasks[t]?.runs[CHEAP]?.solved === solved ? [row.slice(6).reduce((a, b) => a + b, 0)] : [],
        ),
      );
    if (verifier.j !== null) expect(accepts(1) - accepts(0)).toBeCloseTo(verifier.j, 3);
  }
});

test("aucOf() is a half for one mean and one for means far apart", () => {
  const isRight = [true, true, false, false];
  expect(aucOf([1, 1, 1, 1], isRight)).toBeCloseTo(0.5, 6);
  expect(aucOf([9, 9, 0, 0], isRight)).toBeCloseTo(1, 6);
});
