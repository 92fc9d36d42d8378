import { describe, expect, it } from "vitest";
import { toDifference, toWilson } from "./wilson.ts";

describe("toWilson()", () => {
  it.each([
    // Textbook values of the score interval, to three places.
    [0, 10, 0, 0.278],
    [5, 10, 0.237, 0.763],
    [10, 10, 0.722, 1],
    [81, 263, 0.255, 0.366],
  ])("puts %j of %j between %j and %j", (successes, n, low, high) => {
    const interval = toWilson(successes, n);
    expect(interval?.low).toBeCloseTo(low, 3);
    expect(interval?.high).toBeCloseTo(high, 3);
  });

  it("is null for nothing", () => {
    expect(toWilson(0, 0)).toBeNull();
  });
});

describe("toDifference()", () => {
  it("gives the published interval of 56 of 70 less 48 of 80", () => {
    const [a, b] = [toWilson(56, 70), toWilson(48, 80)];
    if (a === null || b === null) throw new Error("no interval");
    const { rate, low, high } = toDifference(a, b);
    expect([rate, low, high].map((x) => Number(x.toFixed(4)))).toEqual([0.2, 0.0524, 0.3339]);
  });
});
