import { expect, test } from "vitest";
import { type Budget, raiseCap, toWarnings } from "./budget.ts";

const CAP: Budget = {
  scope: { kind: "run", runId: "r" },
  ...{ capMicroUsd: 1000, spentMicroUsd: 0, reservedMicroUsd: 0, overrunMicroUsd: 0, frozen: false },
};

test("raiseCap() thaws a cap that rises, and refuses one that does not, or would not hold what is booked", () => {
  const frozen = { ...CAP, spentMicroUsd: 900, reservedMicroUsd: 100, overrunMicroUsd: 30, frozen: true };
  expect(raiseCap(frozen, 1000)).toBeNull();
  expect(raiseCap(frozen, 1029)).toBeNull();
  expect(raiseCap(frozen, 1030)).toMatchObject({ capMicroUsd: 1030, frozen: false });
  for (const bad of [-1, 0.5, Number.NaN, 2 ** 60]) expect(() => raiseCap(CAP, bad)).toThrow(RangeError);
});

test("toWarnings() tells once at 70 and once at 85 percent", () => {
  const at = (spentMicroUsd: number) => ({ ...CAP, spentMicroUsd });
  expect(toWarnings(at(0), at(699))).toEqual([]);
  expect(toWarnings(at(699), at(700))).toEqual([70]);
  expect(toWarnings(at(700), at(849))).toEqual([]);
  expect(toWarnings(at(100), at(900))).toEqual([70, 85]);
  expect(toWarnings(at(900), at(1000))).toEqual([]);
});
