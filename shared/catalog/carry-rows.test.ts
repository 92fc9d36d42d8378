import { expect, test } from "vitest";
import { carryRows } from "./carry-rows.ts";

const row = (name: string, value: number, release = "v1") => ({
  source: "artificial_analysis",
  benchmark: "aa_coding_index",
  release,
  name,
  value,
  higherIsBetter: true,
  date: null,
  stderr: null,
  costUsdPerTask: null,
});
const at = { today: "2026-11-21", maxDays: 180 };

test("carryRows() keeps what its source no longer shows, in its own edition, and takes today's value where it does", () => {
  const earlier = [
    { ...row("a", 1), seen: "2026-11-20" },
    { ...row("b", 2), seen: "2026-11-20" },
  ];
  const { rows, carriedCount } = carryRows([row("a", 9), row("b", 7, "v2")], earlier, at);
  expect(rows.map(({ name, value, release, seen }) => [name, value, release, seen])).toEqual([
    ["a", 9, "v1", "2026-11-21"],
    ["b", 7, "v2", "2026-11-21"],
    ["b", 2, "v1", "2026-11-20"],
  ]);
  expect(carriedCount).toBe(1);
});

test("carryRows() lets go of what was last seen long ago", () => {
  const earlier = [
    { ...row("a", 1), seen: "2026-05-25" },
    { ...row("b", 1), seen: "2026-05-24" },
  ];
  expect(carryRows([], earlier, at).rows.map(({ name }) => name)).toEqual(["a"]);
});
