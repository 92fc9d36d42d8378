import { bootstrap, toInterval } from "../../scripts/eval/bootstrap.ts";
import { mean } from "../../shared/base/stats.ts";
import { toChainTerms } from "../../shared/run/continuation.ts";
import type { ScoreCalibration } from "../../shared/run/escalate.ts";
import { mixAt, type Point, toUpperHull } from "../routing/hull-mix.ts";
import type { Pool } from "../routing/pool.ts";
import { toPoint } from "../routing/run-plans.ts";
import type { Baseline, Estimate } from "../routing/score.ts";
import type { Fold } from "./folds.ts";
import {
  type Chain,
  drawCalibrations,
  type Replayed,
  replayTask,
  runOf,
  toEscalated,
  toRule,
  toTerms,
  USD_PER_VERDICT,
} from "./replay.ts";
import { jOfAuc, type ScoreShares, type SimulatedVerifier, toEase, toScoreShares } from "./verifiers.ts";

/** An attempt with everything that the other half says of judging it. */
interface Judged {
  readonly shares: ScoreShares;
  readonly auc: number;
  readonly terms: ReturnType<typeof toTerms>;
  readonly calibrations: readonly ScoreCalibration[];
}

/** The scored half of the tasks; one judged attempt for each of the chain but the last. */
interface Prepared extends Fold {
  readonly chain: Chain;
  readonly attempts: readonly Judged[];
  /** J of the verifier as its AUC says. */
  readonly j: number;
}

/** A chain for each fold, in their order. */
export interface Setup {
  readonly pool: Pool;
  readonly baseline: Baseline;
  readonly folds: readonly (Fold & { readonly chain: Chain })[];
}

/** Scores the verifier gives and what is calibrated on them, for both halves. */
export function prepare({ pool, folds }: Setup, verifier: SimulatedVerifier): readonly Prepared[] {
  return folds.map((fold) => {
    const ease = toEase(pool, fold.chain);
    const attempts = fold.chain.slice(0, -1).map((model, at) => {
      const { shares, auc } = toScoreShares(verifier, pool.tasks, { model, ease });
      const calibrations = drawCalibrations(pool, fold.known, { shares, model });
      return { shares, auc, terms: toTerms(pool, fold.known, { chain: fold.chain, at }), calibrations };
    });
    return { ...fold, attempts, j: jOfAuc(verifier.auc) };
  });
}

/** Worth of a solved task in USD, or the plain 7 of 10 that holds until scores are calibrated. */
export type RuleName = { readonly valueUsd: number } | "plain";

/** Every task under the engine's rule, in the order of the pool. */
export function replayRule({ tasks }: Pool, prepared: readonly Prepared[], rule: RuleName): readonly Replayed[] {
  const results: Replayed[] = [];
  for (const { scored, chain, attempts, j } of prepared) {
    const valueMicroUsd = rule === "plain" ? 0 : Math.round(rule.valueUsd * 1e6);
    const ahead = attempts.map(({ terms }) => ({ ...terms, valueMicroUsd }));
    const rules = toChainTerms(ahead, { j, microUsd: Math.round(1e6 * USD_PER_VERDICT) }).map((terms, at) =>
      toRule(terms, rule === "plain" ? null : (attempts[at]?.calibrations ?? null)),
    );
    for (const t of scored) {
      const task = tasks[t];
      const escalated = attempts.map(({ shares }, at) => toEscalated(shares[t] ?? [], rules[at] ?? []));
      if (task !== undefined) results[t] = replayTask(task, chain, { escalated, usdPerVerdict: USD_PER_VERDICT });
    }
  }
  return results;
}

/** The same shares of tasks handed on by chance, with no verdict to pay for. */
function escalateAtRandom({ pool, folds }: Setup, results: readonly Replayed[]): readonly Point[] {
  const points: Point[] = [];
  for (const { scored, chain } of folds) {
    const reached = chain.map((_, at) => mean(scored.map((t) => results[t]?.reached[at] ?? 0)));
    const escalated = reached.slice(1).map((share, at) => share / (reached[at] || 1));
    for (const t of scored) {
      const task = pool.tasks[t];
      if (task !== undefined) points[t] = replayTask(task, chain, { escalated, usdPerVerdict: 0 });
    }
  }
  return points;
}

const toGroups = ({ tasks }: Pool): readonly (readonly number[])[] => tasks.map((_, t) => [t]);

/** Points of the hull models on drawn tasks: what a random mix of them buys there. */
export function toDrawnHull({ pool, baseline }: Setup, indexes: readonly number[]): readonly Point[] {
  const runs = baseline.hull.map(({ model }) => pool.tasks.map((task) => runOf(task, model)));
  return toUpperHull(runs.map((points) => toPoint(points, indexes)));
}

export interface RuleScore extends Point {
  readonly verifier: string;
  readonly rule: RuleName;
  /** Share of tasks that the second model, and the third, were asked to do. */
  readonly handedOn: readonly number[];
  /** Share solved above the mix of hull models at the same cost. */
  readonly aboveMix: Estimate;
  /** The same of escalation by chance, as often. */
  readonly chanceAboveMix: number;
  /** Difference of the two. */
  readonly aboveChance: Estimate;
  /** Against the fixed model that solves most. */
  readonly solvedVsBest: Estimate;
  readonly costVsBest: Estimate;
}

/** Scores one rule of one verifier; intervals by drawing tasks, the mix's points with them. */
export function scoreRule(
  setup: Setup,
  verifier: string,
  { rule, results }: { readonly rule: RuleName; readonly results: readonly Replayed[] },
): RuleScore {
  const { pool, baseline } = setup;
  const byChance = escalateAtRandom(setup, results);
  const best = pool.tasks.map((task) => runOf(task, baseline.best.model));
  const measure = (indexes: readonly number[]) => {
    const hull = toDrawnHull(setup, indexes);
    const [point, dealt, fixed] = [toPoint(results, indexes), toPoint(byChance, indexes), toPoint(best, indexes)];
    const aboveMix = point.solved - mixAt(hull, point.costUsd);
    const chanceAboveMix = dealt.solved - mixAt(hull, dealt.costUsd);
    return {
      aboveMix,
      chanceAboveMix,
      aboveChance: aboveMix - chanceAboveMix,
      solved: point.solved - fixed.solved,
      cost: point.costUsd / fixed.costUsd,
    };
  };
  const all = pool.tasks.map((_, t) => t);
  const [stated, draws] = [measure(all), bootstrap(toGroups(pool), measure)];
  const estimate = (of: "aboveMix" | "aboveChance" | "solved" | "cost"): Estimate => ({
    value: stated[of],
    interval: toInterval(draws.map((draw) => draw[of])),
  });
  return {
    verifier,
    rule,
    ...toPoint(results, all),
    handedOn: (results[0]?.reached ?? [])
      .slice(1)
      .map((_, at) => mean(results.map(({ reached }) => reached[at + 1] ?? 0))),
    aboveMix: estimate("aboveMix"),
    chanceAboveMix: stated.chanceAboveMix,
    aboveChance: estimate("aboveChance"),
    solvedVsBest: estimate("solved"),
    costVsBest: estimate("cost"),
  };
}
