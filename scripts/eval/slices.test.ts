import { describe, expect, it } from "vitest";
import { toSlices } from "./slices.ts";
import { toScored } from "./testing/scored-row.ts";

const made = (kind: string | null, tokens: number, firstTurn = false) =>
  toScored({ row: { kind, firstTurn }, answer: { tokens } });

describe("toSlices()", () => {
  it("gives all rows, each kind, the real ones together, first turns, and lengths", () => {
    const rows = [made("written", 16), made("real_prompt", 17, true), made("work_item", 64), made("real_prompt", 65)];
    expect(toSlices(rows).map(({ name, indexes }) => [name, indexes])).toEqual([
      ["all", [0, 1, 2, 3]],
      ["real_prompt", [1, 3]],
      ["work_item", [2]],
      ["written", [0]],
      ["real (both)", [1, 2, 3]],
      ["first turn", [1]],
      ["<=16 tokens", [0]],
      ["17-64 tokens", [1, 2]],
      [">64 tokens", [3]],
    ]);
  });

  it("leaves out what no row belongs to", () => {
    expect(toSlices([made(null, 5)]).map(({ name }) => name)).toEqual(["all", "<=16 tokens"]);
  });
});
