import { expect, test } from "vitest";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { calibrateScores } from "../../shared/run/escalate.ts";
import type { PoolTask } from "../routing/pool.ts";
import { toMadePool } from "../routing/testing/made-pool.ts";
import { solvedAt } from "./at-cost.ts";
import { toFolds, toHullPair } from "./folds.ts";
import { replayTask, toEscalated, toRule, toTerms } from "./replay.ts";

const PAIR = { chain: [0, 1], at: 0 };
const toTask = (cheap: 0 | 1, strong: 0 | 1): PoolTask => ({
  id: `${cheap}${strong}`,
  prompt: "p",
  runs: [
    { solved: cheap, costUsd: 0.1 },
    { solved: strong, costUsd: 1 },
  ],
});
const POOL = {
  models: [],
  dropped: [],
  abilitiesFrom: "models file" as const,
  // Of four wrong answers the strong model mends three; of two right ones it spoils one.
  tasks: [toTask(0, 1), toTask(0, 1), toTask(0, 1), toTask(0, 0), toTask(1, 1), toTask(1, 0)],
};

test("toTerms() counts what the strong model mends and spoils", () => {
  const terms = toTerms(POOL, [0, 1, 2, 3, 4, 5], PAIR);
  expect(terms).toEqual({ nextCostMicroUsd: 1_000_000, prior: 1 / 3, gain: 0.75, loss: 0.5 });
  expect(toTerms(POOL, [4, 5], PAIR)).toMatchObject({ prior: 1, gain: 0, loss: 0.5 });
});

test("toRule() is the engine's: 7 of 10 without a calibration, and by expected value with one", () => {
  const terms = { ...toTerms(POOL, [0, 1, 2, 3, 4, 5], PAIR), valueMicroUsd: 4_000_000 };
  expect(toRule(terms, null)).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0]);
  const random = toRandom(7);
  const pairs = Array.from({ length: 2000 }, (_, i) => ({
    score: (i % 10) + 1,
    right: random() < ((i % 10) + 1) / 10,
    prior: 1 / 3,
  }));
  // P* = (.75 - 1/4) / (.75 + .5) = .4: scores whose share is below it are handed on.
  const rule = toRule(
    terms,
    [calibrateScores(pairs)].flatMap((one) => one ?? []),
  );
  expect([rule[0], rule[1], rule[6], rule[9]]).toEqual([1, 1, 0, 0]);
});

test("replayTask() averages over the verdicts that may fall, and pays for each", () => {
  const once = replayTask(toTask(0, 1), [0, 1], { escalated: [0.25], usdPerVerdict: 0.02 });
  expect(once).toEqual({ reached: [1, 0.25], solved: 0.25, costUsd: 0.1 + 0.02 + 0.25 });
  const twice = replayTask(toTask(0, 1), [0, 0, 1], { escalated: [0.5, 0.5], usdPerVerdict: 0 });
  expect(twice).toEqual({ reached: [1, 0.5, 0.25], solved: 0.25, costUsd: 0.1 + 0.05 + 0.25 });
  expect(toEscalated([0.5, 0.5], [1, 0.2])).toBeCloseTo(0.6);
});

test("toFolds() halves the tasks, each half known to the other alone, and wants two hundred", () => {
  const pool = toMadePool(201, 3);
  const folds = toFolds(pool);
  if (!folds.ok) throw new Error("201 tasks are enough");
  for (const { scored, known } of folds.value) expect(new Set([...scored, ...known]).size).toBe(201);
  expect(toFolds(toMadePool(199, 3))).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  // The made pool's hull is its cheap and its strong model.
  const pair = toHullPair(pool, folds.value[0]?.known ?? []);
  expect(pair?.map((m) => pool.models[m]?.name)).toEqual(["cheap", "strong"]);
});

test("solvedAt() reads a curve between its points and nowhere else", () => {
  const curve = [
    { costUsd: 1, solved: 0.5 },
    { costUsd: 3, solved: 0.7 },
  ];
  expect(solvedAt(curve, 2)).toBeCloseTo(0.6);
  expect([solvedAt(curve, 0.5), solvedAt(curve, 4)]).toEqual([null, null]);
});
