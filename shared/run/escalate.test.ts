import { expect, test } from "vitest";
import { chance, toRandom } from "../policy/testing/random-catalog.ts";
import { calibrateScores, decideEscalation, PAIRS_WANTED, toThreshold } from "./escalate.ts";
import type { EscalationTerms } from "./step.ts";

/** Measured of one pair of models: gain .43, loss .05, next at $0.46. */
const toTerms = (valueUsd: number): EscalationTerms => ({
  valueMicroUsd: valueUsd * 1e6,
  nextCostMicroUsd: 460_000,
  prior: 0.6,
  gain: 0.43,
  loss: 0.05,
});

/** `each` pairs a score, right with the given chance. */
function toPairs(pRight: (score: number) => number, each: number) {
  const random = toRandom(41);
  return Array.from({ length: 10 * each }, (_, i) => {
    const score = (i % 10) + 1;
    return { score, right: chance(random, pRight(score)), prior: 0.6 };
  });
}

test("toThreshold() gives the measured thresholds by the worth of a solved task", () => {
  // Read off the same pair: 0.42 at $2, 0.70 at $5, 0.80 at $10, 0.86 at $25, 0.89 at $100.
  for (const [usd, wanted] of [
    [2, 0.42],
    [5, 0.7],
    [10, 0.8],
    [25, 0.86],
    [100, 0.89],
  ] as const)
    expect(toThreshold(toTerms(usd))).toBeCloseTo(wanted, 1);
  expect(toThreshold(toTerms(1))).toBeLessThan(0);
  expect(toThreshold(toTerms(0))).toBe(0);
});

test("calibrateScores() needs 100 pairs, never falls in the score, and finds the shares behind it", () => {
  expect(calibrateScores(toPairs(() => 0.5, 10).slice(1))).toBeNull();
  const calibration = calibrateScores(toPairs((score) => score / 10, 400));
  expect(calibration?.pairs).toBe(4000);
  const shares = calibration?.pRight ?? [];
  expect(shares).toHaveLength(10);
  for (const [i, share] of shares.entries()) {
    expect(share ?? 0).toBeGreaterThanOrEqual(shares[i - 1] ?? 0);
    expect(Math.abs((share ?? 0) - (i + 1) / 10)).toBeLessThan(0.08);
  }
  const falling = calibrateScores(toPairs((score) => 1 - score / 10, 40))?.pRight ?? [];
  expect(new Set(falling).size).toBe(1);
  const few = Array.from({ length: PAIRS_WANTED }, (_, i) => ({
    score: i % 2 === 0 ? 4 : 8,
    right: i % 2 === 1,
    prior: 0.5,
  }));
  const [low, , three, four, , , seven, eight, , ten] = calibrateScores(few)?.pRight ?? [];
  expect([low, three, seven, ten]).toEqual([null, null, four, eight]);
  const unseen = decideEscalation({ kind: "score", score: 2, calibration: calibrateScores(few) }, toTerms(0.01));
  expect(unseen).toMatchObject({ escalate: true, reason: "under_plain_threshold", uncalibrated: true });
});

test("decideEscalation() weighs calibrated scores by value, and holds to 7 of 10 until then", () => {
  const score = (value: number, calibrated: boolean) =>
    ({
      kind: "score",
      score: value,
      calibration: calibrated ? calibrateScores(toPairs((s) => s / 10, 400)) : null,
    }) as const;
  for (let s = 1; s <= 10; s += 1)
    expect(decideEscalation(score(s, false), toTerms(5))).toMatchObject({ escalate: s < 7, uncalibrated: true });
  const escalated = (usd: number) =>
    Array.from({ length: 10 }, (_, i) => decideEscalation(score(i + 1, true), toTerms(usd))).filter(
      ({ escalate }) => escalate,
    ).length;
  const counts = [1, 2, 5, 10, 100].map(escalated);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect([counts[0], (counts[4] ?? 0) >= 8]).toEqual([0, true]);
  expect(decideEscalation(score(10, true), toTerms(5))).toMatchObject({ reason: "not_worth_it", uncalibrated: false });
});

test("decideEscalation() trusts the same score less where less was expected", () => {
  const calibration = calibrateScores(toPairs((s) => s / 10, 400));
  const at = (prior: number) => decideEscalation({ kind: "score", score: 7, calibration }, { ...toTerms(5), prior });
  expect(at(0.6).pRight).toBeCloseTo(calibration?.pRight[6] ?? 0, 9);
  expect(at(0.2).pRight).toBeLessThan(at(0.6).pRight ?? 0);
  expect([at(0.2).escalate, at(0.95).escalate]).toEqual([true, false]);
  expect(Number.isFinite(at(0).pRight) && Number.isFinite(at(1).pRight)).toBe(true);
});

test("decideEscalation() fails closed, and lets a check outside have the last word on acceptance", () => {
  for (const kind of ["unreadable", "cut_off"] as const)
    expect(decideEscalation({ kind }, toTerms(0.01))).toMatchObject({ escalate: true, reason: kind });
  const rates = { tpr: 0.9, tnr: 0.9 };
  const outside = (accepted: boolean, known: boolean, usd: number) =>
    decideEscalation({ kind: "outside", accepted, rates: known ? rates : null }, toTerms(usd)).escalate;
  expect([outside(true, true, 1000), outside(true, false, 1000)]).toEqual([false, false]);
  expect([outside(false, false, 0.01), outside(false, true, 5), outside(false, true, 0.5)]).toEqual([
    true,
    true,
    false,
  ]);
});
