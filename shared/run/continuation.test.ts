import { expect, test } from "vitest";
import { toChainTerms, withCostCeiling } from "./continuation.ts";
import { toThreshold } from "./escalate.ts";

const BASE = { valueMicroUsd: 10_000_000, prior: 0.6 };
/** A second model no better than the first, and a third that is. */
const AHEAD = [
  { ...BASE, nextCostMicroUsd: 30_000, gain: 0.35, loss: 0.2 },
  { ...BASE, prior: 0.35, nextCostMicroUsd: 460_000, gain: 0.35, loss: 0.05 },
];

test("toChainTerms() leaves the last check as it is and counts what follows the others", () => {
  const [first, last] = toChainTerms(AHEAD, { j: 0.8, microUsd: 20_000 });
  expect(last).toEqual(AHEAD[1]);
  expect(first?.gain).toBeGreaterThan(0.35);
  expect(first?.loss).toBeLessThan(0.2);
  // .35 x .1 + .65 x .9 = .62 of those handed on go on to the third.
  expect(first?.nextCostMicroUsd).toBe(30_000 + 20_000 + 285_200);
  expect(toThreshold(first ?? AHEAD[0] ?? { ...BASE, nextCostMicroUsd: 0, gain: 0, loss: 0 })).toBeGreaterThan(0.6);
});

test("toChainTerms() with a perfect check is right wherever a later model is", () => {
  const [first] = toChainTerms(AHEAD, { j: 1, microUsd: 0 });
  expect(first?.gain).toBeCloseTo(0.35 + 0.65 * 0.35, 12);
  expect(first?.loss).toBeCloseTo(0.2 * (1 - 0.35), 12);
  expect(toChainTerms([], { j: 1, microUsd: 0 })).toEqual([]);
});

test("withCostCeiling() lowers a cost that is known to be less, and never raises one", () => {
  const [terms] = AHEAD;
  if (terms === undefined) throw new Error("there are terms");
  expect(withCostCeiling(terms, 5)).toEqual({ ...terms, nextCostMicroUsd: 5 });
  expect(withCostCeiling(terms, 9e9)).toEqual(terms);
});
