import { expect, test } from "vitest";
import { between, toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { randomClassification } from "../../shared/policy/testing/random-input.ts";
import { checkCostInValue } from "./cost-in-value.ts";
import { checkMembership, FULL_HULL_MARGIN, shortfallFrom } from "./hull-membership.ts";
import { planTasks } from "./plan-tasks.ts";
import { TEXT_SETTINGS, TEXT_SWEEPS, toPolicyDigest } from "./setting.ts";
import { toPoolCatalog } from "./to-catalog.ts";

/** Abler models cost more, with scatter: many near ties, and every worth has its own pick. */
function toMade(seed: number) {
  const random = toRandom(seed);
  const models = Array.from({ length: 24 }, (_, i) => {
    const theta = between(random, -1.5, 1);
    return { name: `m${i}`, theta, se: 0.07, meanCostUsd: 0.3 * Math.exp(2 * theta) * between(random, 0.7, 1.4) };
  });
  return { catalog: toPoolCatalog(models), tasks: Array.from({ length: 8 }, () => randomClassification(random)) };
}

test("shortfallFrom() is 0 on the hull and the distance to the line under it", () => {
  const at = (costUsd: number, worth: number) => ({ id: `${costUsd}`, costUsd, success: worth, worth });
  const [low, under, high, dear] = [at(1, 0.4), at(2, 0.5), at(3, 0.8), at(4, 0.7)];
  const all = [low, under, high, dear];
  expect(all.map((point) => Number(shortfallFrom(all, point, "worth").toFixed(6)))).toEqual([0, 0.1, 0, 0.1]);
});

test("checkMembership() finds every pick of random pools on the hull of its kept set, and some off the full one", () => {
  let [checked, largest] = [0, 0];
  for (let seed = 1; seed <= 12; seed += 1) {
    const { catalog, tasks } = toMade(seed);
    for (const setting of TEXT_SETTINGS) {
      const found = checkMembership(tasks, catalog, setting);
      expect([found.onKeptHull, found.beyondMargin]).toEqual([tasks.length, 0]);
      checked += found.tasks;
      largest = Math.max(largest, found.largestShortfall);
    }
  }
  expect(checked).toBe(12 * 8 * TEXT_SETTINGS.length);
  // Near ties are dropped, so the full hull does lie above some picks: a check that never sees it would see nothing.
  expect(largest).toBeGreaterThan(0.005);
  expect(largest).toBeLessThanOrEqual(FULL_HULL_MARGIN);
});

test("checkCostInValue() finds no fall as V rises, and finds them when the worths are turned round", () => {
  const { catalog, tasks } = toMade(40);
  for (const sweep of TEXT_SWEEPS) {
    expect(checkCostInValue(tasks, catalog, sweep)).toMatchObject({ falls: 0 });
    const turned = { ...sweep, settings: [...sweep.settings].reverse() };
    expect(checkCostInValue(tasks, catalog, turned).falls).toBeGreaterThan(tasks.length / 2);
  }
});

test("planTasks() has one attempt a task without a verifier, and chains with a good one", () => {
  const { catalog, tasks } = toMade(41);
  const plain = { name: "made", valueMicroUsd: 5_000_000, floor: false, verifier: null };
  expect(planTasks(tasks, catalog, plain).every((plan) => plan.length === 1)).toBe(true);
  const verified = planTasks(tasks, catalog, { ...plain, verifier: { tpr: 0.9, tnr: 0.9, usdPerVerdict: 0.02 } });
  expect(verified.some((plan) => plan.length > 1)).toBe(true);
  const distrusted = planTasks(tasks, catalog, { ...plain, verifier: { tpr: 0.7, tnr: 0.7, usdPerVerdict: 0.02 } });
  expect(distrusted.every((plan) => plan.length === 1)).toBe(true);
});

test("toPolicyDigest() is a SHA-256 that does not change between calls", () => {
  expect(toPolicyDigest()).toMatch(/^[0-9a-f]{64}$/);
  expect(toPolicyDigest()).toBe(toPolicyDigest());
});
