import { expect, it } from "vitest";
import { toTable } from "./table.ts";

it("toTable() aligns the first column to the left and the others to the right", () => {
  expect(
    toTable([
      ["name", "n", "share"],
      ["a", "100", "1.5"],
      ["long name", "2"],
    ]),
  ).toEqual(["name         n  share", "a          100    1.5", "long name    2"]);
});
