import { describe, expect, it } from "vitest";
import { mean } from "../../shared/base/stats.ts";
import { BOOTSTRAP_DRAWS, bootstrap, toGroups, toInterval } from "./bootstrap.ts";

describe("toGroups()", () => {
  it("puts rows of one source together and leaves rows without one alone", () => {
    const sources = ["a", null, "b", "a", null];
    expect(toGroups([0, 1, 2, 3, 4], (i) => sources[i] ?? null)).toEqual([[0, 3], [2], [1], [4]]);
  });

  it("draws row by row when one source is all there is", () => {
    expect(toGroups([4, 7], () => "only")).toEqual([[4], [7]]);
  });
});

describe("bootstrap()", () => {
  it("draws whole groups, as many as there are, the same ones each time", () => {
    const groups = [[0, 1], [2]];
    const draws = bootstrap(groups, (drawn) => drawn.join(""));
    expect(draws).toHaveLength(BOOTSTRAP_DRAWS);
    expect(new Set(draws)).toEqual(new Set(["0101", "012", "201", "22"]));
    expect(bootstrap(groups, (drawn) => drawn.join(""))).toEqual(draws);
  });

  it("spreads as theory says: a mean of 400 coin throws has a standard error of 0.025", () => {
    const groups = Array.from({ length: 400 }, (_, i) => [i]);
    const interval = toInterval(bootstrap(groups, (drawn) => mean(drawn.map((i) => i % 2))));
    expect(interval?.low).toBeCloseTo(0.5 - 1.96 * 0.025, 2);
    expect(interval?.high).toBeCloseTo(0.5 + 1.96 * 0.025, 2);
  });
});

describe("toInterval()", () => {
  it("takes the middle 95 % of what is finite", () => {
    expect(toInterval([Number.NaN, ...Array.from({ length: 101 }, (_, i) => i)])).toEqual({ low: 2.5, high: 97.5 });
    expect(toInterval([Number.NaN])).toBeNull();
  });
});
