import { expect, test } from "vitest";
import { agreementOf, spearman } from "./agreement.ts";
import { averageZ, bradleyTerry } from "./rivals.ts";

test("spearman() is 1 for the same order, -1 for the reverse, and gives ties their mean rank", () => {
  expect(spearman([1, 2, 9], [3, 5, 6])).toBeCloseTo(1);
  expect(spearman([1, 2, 9], [6, 5, 3])).toBeCloseTo(-1);
  expect(spearman([1, 1, 2], [1, 2, 3])).toBeCloseTo(Math.sqrt(0.75));
});

test("agreementOf() counts only pairs that the truth holds more than one standard deviation apart", () => {
  const truth = new Map([
    ["a", 0],
    ["b", 1],
    ["c", 10],
  ]);
  const swapped = new Map([
    ["a", 2],
    ["b", 1],
    ["c", 10],
    ["d", 0],
  ]);
  expect(agreementOf(swapped, truth)).toMatchObject({ n: 3, grossInversions: 0 });
  expect(agreementOf(new Map([...swapped, ["c", 1.5]]), truth).grossInversions).toBeCloseTo(0.5);
});

test("bradleyTerry() orders an old and a new board through the model they share, where z-scores cannot", () => {
  const boards = [
    new Map([
      ["old/weak", 1],
      ["old/strong", 2],
      ["bridge", 3],
    ]),
    new Map([
      ["bridge", 1],
      ["new/weak", 2],
      ["new/strong", 3],
    ]),
  ];
  const [paired, averaged] = [bradleyTerry(boards), averageZ(boards)];
  expect(paired.get("new/weak")).toBeGreaterThan(paired.get("old/strong") ?? 9);
  expect(averaged.get("new/weak")).toBeCloseTo(averaged.get("old/strong") ?? 9);
});
