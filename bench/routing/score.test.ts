import { expect, test } from "vitest";
import { chance, toRandom } from "../../shared/policy/testing/random-catalog.ts";
import type { Plan } from "./plan-tasks.ts";
import { scorePlans, toBaseline } from "./score.ts";
import type { Setting, Verifier } from "./setting.ts";
import { MADE_MODELS, toMadePool } from "./testing/made-pool.ts";

const pool = toMadePool(300, 11);
const baseline = toBaseline(pool);
const indexOf = (name: string): number => MADE_MODELS.findIndex((model) => model.name === name);
const [cheap, strong] = [indexOf("cheap"), indexOf("strong")];
const setting = (verifier: Verifier | null = null): Setting => ({
  name: "made",
  valueMicroUsd: 1,
  floor: false,
  verifier,
});
const score = (plans: readonly Plan[], verifier: Verifier | null = null) =>
  scorePlans({ pool, baseline }, setting(verifier), plans);
const everywhere = (plan: Plan): readonly Plan[] => pool.tasks.map(() => plan);

test("toBaseline() finds the two hull models and the best fixed pick", () => {
  expect(baseline.hull.map(({ model }) => model)).toEqual([cheap, strong]);
  expect(baseline.best.model).toBe(strong);
});

test("scorePlans() gives a fixed hull model exactly zero and one under the line its distance", () => {
  const fixed = score(everywhere([strong]));
  expect([fixed.gain.value, fixed.gain.interval, fixed.nonInferior]).toEqual([0, { low: 0, high: 0 }, true]);
  expect([fixed.solvedVsBest.value, fixed.costVsBest.value, fixed.controlAtLeast]).toEqual([0, 1, 1]);
  const weak = score(everywhere([indexOf("dear-and-weak")]));
  expect(weak.gain.value).toBeLessThan(-0.3);
  expect([weak.nonInferior, weak.picks[0]?.onHull]).toEqual([false, false]);
});

test("scorePlans() credits plans that know the task and not their mix", () => {
  const knowing = pool.tasks.map(({ runs }) => [
    runs[cheap]?.solved === 0 && runs[strong]?.solved === 1 ? strong : cheap,
  ]);
  const { gain, control, controlAtLeast, mixCostUsd, solved } = score(knowing);
  expect(gain.interval?.low).toBeGreaterThan(0.05);
  expect(Math.abs(control.value)).toBeLessThan(0.01);
  expect([controlAtLeast, mixCostUsd]).toEqual([0, null]);
  expect(solved).toBeGreaterThan(baseline.best.solved);
});

test("scorePlans() gives plans drawn by chance no gain beyond the dealt ones", () => {
  const random = toRandom(23);
  const blind = score(pool.tasks.map(() => [chance(random, 0.4) ? strong : cheap]));
  expect(blind.gain.interval?.low).toBeLessThan(0);
  expect(blind.gain.interval?.high).toBeGreaterThan(0);
  expect(blind.gain.value).toBeLessThan(blind.control.interval?.high ?? -1);
  expect(blind.picks.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
});

test("scorePlans() lets a cascade gain with J and not without", () => {
  const gains = [0.5, 0.75, 0.95].map((rate) => {
    const { gain, meanAttempts } = score(everywhere([cheap, strong]), { tpr: rate, tnr: rate, usdPerVerdict: 0 });
    expect(meanAttempts).toBeGreaterThan(1.3);
    return gain.value;
  });
  expect(gains[0]).toBeLessThan(0);
  expect(gains[1]).toBeGreaterThan((gains[0] ?? 9) + 0.02);
  expect(gains[2]).toBeGreaterThan((gains[1] ?? 9) + 0.02);
});
