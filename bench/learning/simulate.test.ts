import { expect, test } from "vitest";
import type { BenchModel } from "../routing/bench-models.ts";
import { breakModel, RULES, type Runs, simulate, toStaticUsd } from "./simulate.ts";

const prior: readonly BenchModel[] = [
  { name: "cheap", theta: 0, se: 0.1, meanCostUsd: 0.05 },
  { name: "strong", theta: 1.2, se: 0.1, meanCostUsd: 0.5 },
];
/** The cheap one solves every second task, the strong one four of five. */
const tasks: readonly Runs[] = Array.from({ length: 40 }, (_, i) => [
  { solved: i % 2 === 0 ? 1 : 0, costUsd: 0.05 },
  { solved: i % 5 === 0 ? 0 : 1, costUsd: 0.5 },
]);
const asked = { prior, tasks, valueUsd: 5, count: 60, seed: 3 };
const rule = (name: string) => {
  const found = RULES.find((candidate) => candidate.name.startsWith(name));
  if (found === undefined) throw new Error(`no rule ${name}`);
  return found;
};

test("toStaticUsd() is what always picking a model is worth", () => {
  expect(toStaticUsd(tasks, 5).map((usd) => usd.toFixed(2))).toEqual(["2.45", "3.50"]);
});

test("simulate() picks the same for the same seed, and always the first pick without learning", () => {
  for (const each of RULES) expect(simulate({ ...asked, rule: each })).toEqual(simulate({ ...asked, rule: each }));
  expect(new Set(simulate({ ...asked, rule: rule("no learning") }))).toEqual(new Set([1]));
});

test("simulate() leaves a model that fails at this tenant, by the shipped rule too", () => {
  const broken = breakModel(tasks, { model: 1, share: 0.9, seed: 1 });
  for (const name of ["no doubt", "as shipped", "doubt 3"])
    expect(simulate({ ...asked, tasks: broken, rule: rule(name) }).at(-1)).toBe(0);
});

test("breakModel() takes solved tasks from one model alone", () => {
  const broken = breakModel(tasks, { model: 1, share: 1, seed: 1 });
  expect(toStaticUsd(broken, 5).map((usd) => usd.toFixed(2))).toEqual(["2.45", "-0.50"]);
});
