import { bootstrap, toInterval } from "../../scripts/eval/bootstrap.ts";
import { mean } from "../../shared/base/stats.ts";
import { mixAt, type Point } from "../routing/hull-mix.ts";
import { toPoint } from "../routing/run-plans.ts";
import type { Estimate } from "../routing/score.ts";
import { prepare, replayRule, type Setup, toDrawnHull } from "./score-rule.ts";
import type { SimulatedVerifier } from "./verifiers.ts";

/** Cost at which the reference figures stand: that of a mid-priced model on the same tasks. */
export const AT_USD = 0.28;

/** A chain by name with the points above the mix at AT_USD that an earlier simulation found for it, by verifier. */
export interface ReferenceChain {
  readonly models: readonly string[];
  readonly gains: Readonly<Record<string, number>>;
}

/**
 * Found on 500 tasks, of which the scored ones may be a part, with a $.02 judge. There a judge is named by its rate of right
 * verdicts q (.7, .8, .9), and J = 2q - 1.
 */
export const REFERENCES: readonly ReferenceChain[] = [
  {
    models: ["deepseek-v3.2-reasoner", "gemini-3-pro-preview"],
    gains: { "J 0.4": 0.029, "J 0.6": 0.049, "J 0.8": 0.069 },
  },
  {
    models: ["deepseek-v3.2-reasoner", "gpt-5-mini-2025-08-07", "gemini-3-pro-preview"],
    gains: { "J 0.4": 0.031, "J 0.6": 0.057, "J 0.8": 0.081 },
  },
];

/** Worths swept to trace the curve of cost and quality, USD: from never handing on to always. */
const SWEPT_USD = Array.from({ length: 29 }, (_, i) => 0.8 * 10 ** (i / 9));

/** Share solved at `costUsd` on the line through the points, by cost; null outside them. */
export function solvedAt(points: readonly Point[], costUsd: number): number | null {
  const byCost = [...points].sort((a, b) => a.costUsd - b.costUsd || a.solved - b.solved);
  const above = byCost.findIndex((point) => point.costUsd >= costUsd);
  const [low, high] = [byCost[above - 1], byCost[above]];
  if (low === undefined || high === undefined) return null;
  const span = high.costUsd - low.costUsd;
  return span === 0 ? high.solved : low.solved + ((high.solved - low.solved) * (costUsd - low.costUsd)) / span;
}

export interface AtCost {
  readonly verifier: string;
  /** P(a right attempt scores above a wrong one) that the simulation reached, the mean over attempts. */
  readonly auc: number;
  /** Share solved at AT_USD above the mix there; null where the cascade cannot cost that much. */
  readonly gain: Estimate | null;
  readonly reference: number | null;
  /** Ours less the reference. */
  readonly difference: Estimate | null;
}

/** What the rule solves at one fixed cost, V being what moves it there. */
export function scoreAtCost(setup: Setup, verifier: SimulatedVerifier, gains: ReferenceChain["gains"]): AtCost {
  const prepared = prepare(setup, verifier);
  const curves = SWEPT_USD.map((valueUsd) => replayRule(setup.pool, prepared, { valueUsd }));
  const measure = (indexes: readonly number[]): number => {
    const solved = solvedAt(
      curves.map((results) => toPoint(results, indexes)),
      AT_USD,
    );
    return solved === null ? Number.NaN : solved - mixAt(toDrawnHull(setup, indexes), AT_USD);
  };
  const all = setup.pool.tasks.map((_, t) => t);
  const value = measure(all);
  const auc = mean(prepared.flatMap(({ attempts }) => attempts.map((one) => one.auc)));
  const reference = gains[verifier.name] ?? null;
  if (Number.isNaN(value)) return { verifier: verifier.name, auc, gain: null, reference, difference: null };
  const interval = toInterval(
    bootstrap(
      all.map((t) => [t]),
      measure,
    ),
  );
  const shifted = (by: number): Estimate => ({
    value: value - by,
    interval: interval === null ? null : { low: interval.low - by, high: interval.high - by },
  });
  return {
    verifier: verifier.name,
    auc,
    gain: shifted(0),
    reference,
    difference: reference === null ? null : shifted(reference),
  };
}
