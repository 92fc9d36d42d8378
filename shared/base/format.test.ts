import { expect, test } from "vitest";
import { formatPercent, formatPercents, formatUsd } from "./format.ts";

test("formatPercent() rounds to whole percent", () => {
  expect([formatPercent(0.524), formatPercent(1)]).toEqual(["52 %", "100 %"]);
});

test.each([
  [0.524, 0.35, ["52 %", "35 %"]],
  [0.0199, 0.02, ["1.99 %", "2.00 %"]],
  [0.016, 0.02, ["1.6 %", "2.0 %"]],
  [0.02, 0.02, ["2 %", "2 %"]],
])("formatPercents() tells %d from %d", (p, q, texts) => {
  expect(formatPercents(p, q)).toEqual(texts);
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
