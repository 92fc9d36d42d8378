import { expect, test } from "vitest";
import { mean } from "../../shared/base/stats.ts";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import type { PoolTask } from "./pool.ts";
import { runAtRandom, runPlans, type TaskResult } from "./run-plans.ts";

const task = (id: string, ...solved: readonly (0 | 1)[]): PoolTask => ({
  id,
  prompt: id,
  runs: solved.map((one, m) => ({ solved: one, costUsd: m + 1 })),
});
const both = [0, 1];
const checked = (tpr: number, tnr: number) => ({ tpr, tnr, usdPerVerdict: 0.1 });
const second = (results: readonly TaskResult[]) => mean(results.map(({ tried }) => tried[1] ?? 0));
const near = (value: number): number => expect.closeTo(value, 12);

test("runPlans() delivers the first accepted attempt and pays for all attempts and verdicts before", () => {
  const tasks = [task("first right", 1, 0), task("second right", 0, 1), task("none", 0, 0)];
  const plans = [both, both, both];
  expect(runPlans({ tasks, plans, verifier: checked(1, 1) })).toEqual([
    { solved: 1, costUsd: near(1.1), tried: [1, 0] },
    { solved: 1, costUsd: near(3.1), tried: [1, 1] },
    { solved: 0, costUsd: near(3.1), tried: [1, 1] },
  ]);
  // A wrong rejection loses a solved task, a wrong acceptance delivers an unsolved one.
  expect(runPlans({ tasks, plans, verifier: checked(0.9, 0.7) })).toEqual([
    { solved: near(0.9), costUsd: near(1.3), tried: [1, near(0.1)] },
    { solved: near(0.7), costUsd: near(2.5), tried: [1, 0.7] },
    { solved: 0, costUsd: near(2.5), tried: [1, 0.7] },
  ]);
});

test("runPlans() asks for verdicts on all attempts but the last", () => {
  const [three] = runPlans({ tasks: [task("a", 0, 0, 1)], plans: [[0, 1, 2]], verifier: checked(0.8, 0.6) });
  expect(three).toEqual({
    solved: near(0.36),
    costUsd: near(1.1 + 0.6 * 2.1 + 0.36 * 3),
    tried: [1, 0.6, near(0.36)],
  });
  expect(runPlans({ tasks: [task("a", 1)], plans: [[0]], verifier: null })).toEqual([
    { solved: 1, costUsd: 1, tried: [1] },
  ]);
});

test("runAtRandom() keeps the mix of plans and the share that is escalated, and nothing else", () => {
  // The second model solves what the first does not, so a verdict that knows is worth much and chance nothing.
  const tasks = Array.from({ length: 400 }, (_, i) => task(`${i}`, i % 2 === 0 ? 1 : 0, i % 2 === 0 ? 0 : 1));
  const plans = tasks.map((_, i) => (i % 4 === 0 ? [1] : both));
  const input = { tasks, plans, verifier: checked(0.9, 0.9) };
  const results = runPlans(input);
  const dealt = runAtRandom(input, results, toRandom(4));
  expect(dealt.filter(({ tried }) => tried.length === 1)).toHaveLength(100);
  expect(second(dealt)).toBeCloseTo(second(results), 12);
  expect(mean(results.map(({ solved }) => solved))).toBeGreaterThan(0.65);
  expect(mean(dealt.map(({ solved }) => solved))).toBeCloseTo(0.5, 1);
  expect(runAtRandom(input, results, toRandom(4))).toEqual(dealt);
});

test("runPlans() throws on a plan that names no model of the pool", () => {
  for (const plan of [[3], [0, 3], []])
    expect(() => runPlans({ tasks: [task("a", 1)], plans: [plan], verifier: null })).toThrow("no run");
});
