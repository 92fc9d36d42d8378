import { expect, test } from "vitest";
import { mergePages } from "./merge-pages.ts";
import type { BenchmarkRow } from "./source.ts";

const row = (name: string, value: number, date: string | null): BenchmarkRow => ({
  source: "s",
  benchmark: "b",
  release: "r",
  name,
  value,
  higherIsBetter: true,
  date,
  stderr: null,
  costUsdPerTask: null,
});

test("mergePages() counts a score once, the newer one, and lists what gave way", () => {
  const rejected = [{ place: "rows[0]", reason: "no name" }];
  const merged = mergePages([
    { rows: [row("a", 1, "2026-01-01"), row("b", 2, null)], rejected },
    { rows: [row("a", 3, "2026-02-01"), row("b", 4, null), { ...row("b", 5, null), benchmark: "c" }], rejected: [] },
  ]);
  expect(merged.rows.map(({ name, value }) => [name, value])).toEqual([
    ["a", 3],
    ["b", 2],
    ["b", 5],
  ]);
  expect(merged.rejected).toEqual([
    ...rejected,
    { place: "page 1 a", reason: "stands on another page too" },
    { place: "page 2 b", reason: "stands on another page too" },
  ]);
});
