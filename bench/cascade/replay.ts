import { mean } from "../../shared/base/stats.ts";
import type { Random } from "../../shared/policy/testing/random-catalog.ts";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { calibrateScores, decideEscalation, type ScoreCalibration } from "../../shared/run/escalate.ts";
import type { EscalationTerms } from "../../shared/run/step.ts";
import type { Run } from "../routing/bench-task.ts";
import type { Point } from "../routing/hull-mix.ts";
import type { Pool, PoolTask } from "../routing/pool.ts";
import type { ScoreShares } from "./verifiers.ts";

/** Price of a verdict; .02 is what the figures that this is compared with were made at. */
export const USD_PER_VERDICT = 0.02;
/** Logs that a calibration is drawn from, over which results are averaged: one log of 150 pairs is luck. */
const LOG_DRAWS = 20;
const LOG_SEED = 61;

/** Numbers of the models that try in turn: two or three, each when the answer before it is not good enough. */
export type Chain = readonly number[];

export const runOf = ({ id, runs }: PoolTask, model: number): Run => {
  const run = runs[model];
  if (run === undefined) throw new Error(`${id} has no run of model ${model}`);
  return run;
};

/**
 * What the rule weighs after attempt `at`, as the tasks of `indexes` on which all before it failed say: the engine takes
 * the same from logged outcomes.
 */
export function toTerms(
  { tasks }: Pool,
  indexes: readonly number[],
  { chain, at }: { readonly chain: Chain; readonly at: number },
): Omit<EscalationTerms, "valueMicroUsd"> {
  const tried = indexes.flatMap((t) => {
    const task = tasks[t];
    const runs = task === undefined ? [] : chain.map((model) => runOf(task, model));
    const [here, next] = [runs[at], runs[at + 1]];
    const isReached = runs.slice(0, at).every(({ solved }) => solved === 0);
    return isReached && here !== undefined && next !== undefined ? [{ here, next }] : [];
  });
  const wrong = tried.filter(({ here }) => here.solved === 0);
  const right = tried.filter(({ here }) => here.solved === 1);
  // Where no attempt is wrong (or right) there is nothing to gain (or to lose).
  const shareOf = (runs: typeof tried, solved: 0 | 1): number =>
    runs.length === 0 ? 0 : runs.filter(({ next }) => next.solved === solved).length / runs.length;
  return {
    nextCostMicroUsd: Math.round(1e6 * mean((wrong.length === 0 ? tried : wrong).map(({ next }) => next.costUsd))),
    prior: right.length / tried.length,
    gain: shareOf(wrong, 1),
    loss: shareOf(right, 0),
  };
}

function drawScore(shares: readonly number[], random: Random): number {
  let left = random();
  for (const [i, share] of shares.entries()) {
    left -= share;
    if (left < 0) return i + 1;
  }
  return shares.length;
}

/** Calibrations as an engine would have them: from one scored, later known attempt of `model` a task of `indexes`. */
export function drawCalibrations(
  { tasks }: Pool,
  indexes: readonly number[],
  { shares, model }: { readonly shares: ScoreShares; readonly model: number },
): readonly ScoreCalibration[] {
  const random = toRandom(LOG_SEED + model);
  const known = indexes.flatMap((t) => {
    const task = tasks[t];
    return task === undefined ? [] : [{ right: runOf(task, model).solved === 1, shares: shares[t] ?? [] }];
  });
  const prior = known.filter(({ right }) => right).length / known.length;
  return Array.from({ length: LOG_DRAWS }, () => {
    const pairs = known.map((one) => ({ score: drawScore(one.shares, random), right: one.right, prior }));
    const calibration = calibrateScores(pairs);
    if (calibration === null) throw new Error(`${pairs.length} logged pairs are too few to calibrate on`);
    return calibration;
  });
}

/** One task under a cascade; `reached` is the chance that each attempt was made. */
export interface Replayed extends Point {
  readonly reached: readonly number[];
}

/** P(the rule escalates) for each score, over the calibrations; null = none, the plain threshold holds. */
export function toRule(terms: EscalationTerms, calibrations: readonly ScoreCalibration[] | null): readonly number[] {
  const scores = Array.from({ length: 10 }, (_, i) => i + 1);
  return scores.map((score) =>
    mean(
      (calibrations ?? [null]).map((calibration) =>
        decideEscalation({ kind: "score", score, calibration }, terms).escalate ? 1 : 0,
      ),
    ),
  );
}

/** The mean over all scores that the judge may give: no luck of single verdicts is in it. `escalated` by attempt. */
export function replayTask(
  task: PoolTask,
  chain: Chain,
  { escalated, usdPerVerdict }: { readonly escalated: readonly number[]; readonly usdPerVerdict: number },
): Replayed {
  let [here, solved, costUsd] = [1, 0, 0];
  const reached: number[] = [];
  for (const [at, model] of chain.entries()) {
    const run = runOf(task, model);
    const isLast = at === chain.length - 1;
    const next = isLast ? 0 : here * (escalated[at] ?? 0);
    reached.push(here);
    solved += (here - next) * run.solved;
    costUsd += here * (run.costUsd + (isLast ? 0 : usdPerVerdict));
    here = next;
  }
  return { solved, costUsd, reached };
}

/** P(escalation) of a task whose scores have `shares`, under a rule by score. */
export const toEscalated = (shares: readonly number[], rule: readonly number[]): number =>
  shares.reduce((sum, share, i) => sum + share * (rule[i] ?? 0), 0);
