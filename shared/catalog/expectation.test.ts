import { expect, test } from "vitest";
import { fitExpectations, toKnown } from "./expectation.ts";
import type { ModelFacts } from "./sources/model-facts.ts";

const samples = Array.from({ length: 30 }, (_, i) => {
  const releasedYear = 2023 + i / 10;
  const logPrice = (i * 7) % 5;
  return { releasedYear, logPrice, level: releasedYear - 2024 + 0.2 * logPrice, share: 1 };
});

test("fitExpectations() finds both slopes and holds inputs at the edge of what was seen", () => {
  const expected = fitExpectations(samples);
  const at = (releasedYear: number, logPrice: number): number =>
    expected?.({ releasedYear, logPrice }).mean ?? Number.NaN;
  expect(at(2025, 2) - at(2024, 2)).toBeCloseTo(1, 0);
  expect(at(2024, 3) - at(2024, 2)).toBeCloseTo(0.2, 1);
  expect(at(2040, 2)).toBe(at(2025.9, 2));
  expect(expected?.({ releasedYear: 2024, logPrice: 1 }).variance).toBeLessThan(0.05);
});

test("fitExpectations() counts a sample by its share: none is as if it were absent, a half twice as if it were whole", () => {
  const known = { releasedYear: 2024.5, logPrice: 1 };
  const odd = { releasedYear: 2024, logPrice: 2, level: 9 };
  const plain = fitExpectations([...samples, { ...odd, share: 1 }])?.(known);
  const halves = fitExpectations([...samples, { ...odd, share: 0.5 }, { ...odd, share: 0.5 }])?.(known);
  expect(halves?.mean).toBeCloseTo(plain?.mean ?? Number.NaN, 9);
  expect(fitExpectations([...samples, { ...odd, share: 0 }])?.(known).mean).toBeCloseTo(
    fitExpectations(samples)?.(known).mean ?? Number.NaN,
    9,
  );
});

test("fitExpectations() answers null when too few models are well known", () => {
  expect(fitExpectations(samples.slice(0, 5))).toBeNull();
});

test("toKnown() takes priced models with a date and skips the rest", () => {
  const facts = (id: string, over: Partial<ModelFacts>): ModelFacts => ({
    id,
    name: id,
    kind: "model",
    prices: {
      promptMicroUsdPerMillion: 1,
      completionMicroUsdPerMillion: 1e6,
      cacheReadMicroUsdPerMillion: null,
      cacheWriteMicroUsdPerMillion: null,
    },
    contextTokens: 1,
    maxOutputTokens: null,
    capabilities: { vision: false, tools: true, json: false, reasoning: false },
    releaseDate: "2025-04",
    ...over,
  });
  const known = toKnown([facts("a/1", {}), facts("b/1", { releaseDate: null }), facts("c/1", { kind: "free" })]);
  expect([...known.keys()]).toEqual(["a/1"]);
  expect(known.get("a/1")).toMatchObject({ logPrice: 0 });
});
