import { expect, test } from "vitest";
import { fitLine, type LinePoint } from "./factor-line.ts";

const START = { intercept: 0, slope: 1, variance: 1 };
const point = (x: number, value: number, share: number): LinePoint => ({ value, share, x: { mean: x, variance: 0 } });
const strong = Array.from({ length: 10 }, (_, i) => point(i / 5, 3 + 2 * (i / 5), 1));

test("fitLine() finds the line of the models that count and never a falling one", () => {
  const line = fitLine(START, strong);
  expect(line.intercept).toBeCloseTo(3);
  expect(line.slope).toBeCloseTo(2);
  expect(
    fitLine(
      START,
      strong.map((p) => ({ ...p, value: -p.value })),
    ).slope,
  ).toBeGreaterThan(0);
});

test("fitLine() passes over models without a share when enough others count", () => {
  const weak = [point(-3, 50, 0), point(-4, 60, 0)];
  expect(fitLine(START, [...strong, ...weak])).toEqual(fitLine(START, strong));
});

test("fitLine() places a board by its weak models when no others stand on it", () => {
  const weak = Array.from({ length: 6 }, (_, i) => point(-3 + i / 5, 1 + (-3 + i / 5), 0));
  expect(fitLine(START, weak).intercept).toBeCloseTo(1);
  expect(fitLine(START, weak.slice(0, 2))).toBe(START);
});

test("fitLine() does not jump when a share crosses the least count", () => {
  const weak = [point(-2, -0.5, 0), point(-2.5, -1.5, 0)];
  const at = (share: number): number =>
    fitLine(START, [...strong.slice(0, 5).map((p) => ({ ...p, share })), ...weak]).slope;
  expect(Math.abs(at(1) - at(0.999))).toBeLessThan(0.01);
});
