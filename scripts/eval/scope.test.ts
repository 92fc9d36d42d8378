import { describe, expect, it } from "vitest";
import { toScopeFigures } from "./scope.ts";
import { toScored } from "./testing/scored-row.ts";

const made = (stated: boolean | null, flagged: boolean | null) =>
  toScored({ row: { outOfScope: stated }, answer: { out_of_scope: flagged } });

describe("toScopeFigures()", () => {
  it("gives precision of the flags and recall of what is out of scope; no answer is no flag", () => {
    const rows = [
      made(true, true),
      made(true, false),
      made(true, null),
      made(false, true),
      made(false, false),
      made(null, true),
    ];
    const figures = toScopeFigures(rows);
    expect(figures).toMatchObject({
      rows: 5,
      unanswered: 1,
      precision: { count: 1, of: 2 },
      recall: { count: 1, of: 3 },
    });
  });

  it("is null when no row says", () => {
    expect(toScopeFigures([made(null, true)])).toBeNull();
  });
});
