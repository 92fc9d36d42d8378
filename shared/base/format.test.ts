import { expect, test } from "vitest";
import { formatPercent, formatUsd } from "./format.ts";

test("formatPercent() rounds to whole percent", () => {
  expect([formatPercent(0.524), formatPercent(1)]).toEqual(["52 %", "100 %"]);
});

test.each([
  [280.4, "$280"],
  [0.0301, "$0.03"],
  [1_000_000, "$1000000"],
  [0.0000012, "$0.0000012"],
  [4e-7, "$0"],
  [-2.75, "-$2.8"],
  [0, "$0"],
])("formatUsd() says %d as %s, in two digits and without an exponent", (amount, text) => {
  expect(formatUsd(amount)).toBe(text);
});
