import { describe, expect, it } from "vitest";
import { clopperPearson, clopperPearsonUpper, toProportion } from "./clopper-pearson.ts";

describe("clopperPearson()", () => {
  it.each([
    [5, 10, 0.18708602844739855, 0.8129139715526015],
    [0, 10, 0, 0.3084971078187607],
    [10, 10, 0.6915028921812392, 1],
    [10, 100, 0.04900468922148595, 0.17622259774002266],
    [1, 1000, 2.531748749129404e-5, 0.005558924279826672],
  ])("gives the exact interval of %d in %d", (count, of, low, high) => {
    const interval = clopperPearson(count, of);
    expect(interval.low).toBeCloseTo(low, 10);
    expect(interval.high).toBeCloseTo(high, 10);
  });

  it("knows nothing when nothing was counted", () => {
    expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 });
  });
});

describe("clopperPearsonUpper()", () => {
  it.each([
    // A tenth wrong in 50 to 1000 trials.
    [5, 50, 0.1988],
    [10, 100, 0.1637],
    [20, 200, 0.142],
    [50, 500, 0.1249],
    [100, 1000, 0.117],
  ])("bounds %d in %d by %d", (count, of, wanted) => {
    expect(clopperPearsonUpper(count, of)).toBeCloseTo(wanted, 4);
  });

  it("is the rule of three's exact form when nothing went wrong", () => {
    expect(clopperPearsonUpper(0, 30)).toBeCloseTo(1 - 0.05 ** (1 / 30), 10);
  });
});

describe("toProportion()", () => {
  it("holds count, share and interval", () => {
    expect(toProportion(5, 10)).toMatchObject({ count: 5, of: 10, share: 0.5 });
    expect(toProportion(0, 0).share).toBeNaN();
  });
});
