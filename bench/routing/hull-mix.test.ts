import { expect, test } from "vitest";
import { costOfMix, mixAt, toUpperHull } from "./hull-mix.ts";

const at = (costUsd: number, solved: number) => ({ costUsd, solved });
const [low, high] = [at(1, 0.4), at(3, 0.8)];

test("toUpperHull() keeps the corners of the concave hull and nothing under or beside it", () => {
  const [under, onLine, weak, worse] = [at(1.5, 0.45), at(2, 0.6), at(0.5, 0.1), at(4, 0.8)];
  expect(toUpperHull([worse, high, under, weak, low, onLine])).toEqual([weak, low, high]);
  expect(toUpperHull([at(1, 0.2), at(1, 0.3)])).toEqual([at(1, 0.3)]);
});

test("mixAt() is linear between corners, leaves tasks undone below the cheapest and adds nothing above the best", () => {
  const hull = [low, high];
  expect([1, 2, 3].map((cost) => mixAt(hull, cost))).toEqual([0.4, expect.closeTo(0.6, 12), 0.8]);
  expect(mixAt(hull, 0.5)).toBeCloseTo(0.2, 12);
  expect(mixAt(hull, 9)).toBe(0.8);
});

test("costOfMix() undoes mixAt(), and is null for what no mix solves", () => {
  const hull = [low, at(1.5, 0.7), high];
  for (const cost of [1, 1.2, 1.5, 2.9]) expect(costOfMix(hull, mixAt(hull, cost))).toBeCloseTo(cost, 12);
  expect([costOfMix(hull, 0.1), costOfMix(hull, 0.81)]).toEqual([1, null]);
});
