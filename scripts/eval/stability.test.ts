import { describe, expect, it } from "vitest";
import { toTask } from "../../shared/policy/testing/made-input.ts";
import { type ChangedAnswer, toFlips, toUnchanged } from "./stability.ts";

const plain = toTask({});
const riskier = toTask({ risk: [0.1, 0.1, 0.8] });
const harder = toTask({ complexity: [0.1, 0.1, 0.8], risk: [0.1, 0.1, 0.8] });
const ANSWERS: readonly ChangedAnswer[] = [
  { kind: "typos", before: plain, after: plain },
  { kind: "typos", before: plain, after: riskier },
  { kind: "case", before: plain, after: harder },
];

const counts = (of: ReturnType<typeof toFlips>[number] | undefined) =>
  of && [of.kind, of.shares.complexity.count, of.shares.task_type.count, of.shares.risk.count, of.shares.all.count];

describe("toUnchanged()", () => {
  it("counts kept labels per head and all three kept, over all kinds first", () => {
    expect(toUnchanged(ANSWERS).map(counts)).toEqual([
      ["", 2, 3, 1, 1],
      ["typos", 2, 2, 1, 1],
      ["case", 0, 1, 0, 0],
    ]);
  });
});

describe("toFlips()", () => {
  it("counts changed labels per head and any of the three changed", () => {
    expect(toFlips(ANSWERS).map(counts)).toEqual([
      ["", 1, 0, 2, 2],
      ["typos", 0, 0, 1, 1],
      ["case", 1, 0, 1, 1],
    ]);
    expect(toFlips(ANSWERS)[0]?.shares.all.of).toBe(3);
  });
});
