import { expect, test } from "vitest";
import { weightedMean } from "./weighted-mean.ts";

test("weightedMean() counts each value by its weight and is NaN when nothing counts", () => {
  expect(weightedMean([1, 5], [3, 1])).toBe(2);
  expect(weightedMean([1, 5], [1, 0])).toBe(1);
  expect(weightedMean([1], [0])).toBeNaN();
});
