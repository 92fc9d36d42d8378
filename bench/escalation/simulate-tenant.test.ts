import { expect, test } from "vitest";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { simulateTenant } from "./simulate-tenant.ts";

const terms = { valueMicroUsd: 5_000_000, nextCostMicroUsd: 460_000, prior: 0.6, gain: 0.43, loss: 0.05 };
const setting = {
  ...{ judge: { name: "made", j: 0.6, shift: 2 }, terms, cheapUsd: 0.03, verdictUsd: 0.02 },
  ...{ tasks: 600, checkpoints: [0, 300] },
};

test("simulateTenant() gives the same tenant for the same seed, and starts at 7 of 10", () => {
  const followed = { delivered: 0.5, sentOn: 0.2 };
  const made = simulateTenant({ ...setting, followed }, toRandom(3));
  expect(simulateTenant({ ...setting, followed }, toRandom(3))).toEqual(made);
  expect(made.accepts[0]).toBe(7);
  expect(made.accepts.at(-1)).toBeGreaterThan(7);
});

test("simulateTenant() learns nothing where nothing is followed up", () => {
  const made = simulateTenant({ ...setting, followed: { delivered: 0, sentOn: 0 } }, toRandom(3));
  expect([made.pairs, made.accepts]).toEqual([0, [7, 7, 7]]);
  expect(made.usd.learned).toBe(made.usd["7 of 10"]);
});
