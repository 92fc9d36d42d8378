import { describe, expect, it } from "vitest";
import { betaQuantile, incompleteBeta, logGamma } from "./incomplete-beta.ts";

describe("logGamma()", () => {
  it("gives logarithms of factorials, and of the root of pi for one half", () => {
    expect(logGamma(1)).toBeCloseTo(0, 12);
    expect(logGamma(6)).toBeCloseTo(Math.log(120), 12);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 12);
    expect(logGamma(0.3)).toBeCloseTo(1.09579799, 8);
    expect(logGamma(120)).toBeCloseTo(453.02489624, 7);
  });
});

describe("incompleteBeta()", () => {
  it.each([
    // Beta(1, 1) is uniform; Beta(2, 3) has the polynomial 6x^2 - 8x^3 + 3x^4; Beta(1/2, 1/2) is the arcsine law.
    [0.3, 1, 1, 0.3],
    [0.4, 2, 3, 0.5248],
    [0.25, 0.5, 0.5, 1 / 3],
    [0.1, 30, 300, 0.728961734587926],
    [0.95, 300, 30, 0.9987327091380571],
  ])("at %d of Beta(%d, %d) gives %d", (x, a, b, wanted) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(wanted, 10);
  });

  it("is 0 at 0, 1 at 1 and mirrors at 1 - x", () => {
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    expect(incompleteBeta(0.2, 4, 7)).toBeCloseTo(1 - incompleteBeta(0.8, 7, 4), 12);
  });
});

describe("betaQuantile()", () => {
  it("undoes incompleteBeta()", () => {
    for (const p of [0.001, 0.025, 0.5, 0.975])
      expect(incompleteBeta(betaQuantile(p, 12, 89), 12, 89)).toBeCloseTo(p, 9);
  });
});
