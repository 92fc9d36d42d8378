import { mean, standardDeviation } from "../../shared/base/stats.ts";
import type { Pool, PoolTask } from "../routing/pool.ts";

/** Scores are 1 to 10, as a judge gives them. */
const SCORES = 10;
/** Score from which a plain reader accepts: a latent of 0 falls between 6 and 7. */
const NEUTRAL = 7;
/** Width of one score in standard deviations of the noise; 1 and 10 take what lies beyond. */
const STEP = 0.4;

/** A simulated judge: a normal score around a mean that hangs on correctness, on difficulty, or on both. */
export interface SimulatedVerifier {
  readonly name: string;
  /** TPR + TNR - 1 of the plain threshold; null for one that is stated by its AUC. */
  readonly j: number | null;
  /** Share of the mean that is difficulty instead of correctness. */
  readonly difficulty: 0 | 0.5 | 1;
  /** P(a right attempt scores above a wrong one). */
  readonly auc: number;
}

/** Normal distribution function (Abramowitz and Stegun 7.1.26, error under 2e-7). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const poly = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const tail = 0.5 * poly * Math.exp(-z * z);
  return x < 0 ? tail : 1 - tail;
}

/** The least x with f(x) >= wanted, for a rising f, to 1e-9. */
function invert(
  f: (x: number) => number,
  wanted: number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  let [a, b] = [low, high];
  while (b - a > 1e-9) {
    const middle = (a + b) / 2;
    if (f(middle) < wanted) a = middle;
    else b = middle;
  }
  return b;
}

export const normalQuantile = (p: number): number => invert(normalCdf, p, { low: -10, high: 10 });

/** The AUC of two unit normals whose plain threshold has TPR = TNR = (1 + j) / 2. */
export const aucOfJ = (j: number): number => normalCdf(Math.SQRT2 * normalQuantile((1 + j) / 2));

/** The reverse. */
export const jOfAuc = (auc: number): number => 2 * normalCdf(normalQuantile(auc) / Math.SQRT2) - 1;

const named = (j: number): SimulatedVerifier => ({ name: `J ${j.toFixed(1)}`, j, difficulty: 0, auc: aucOfJ(j) });

/**
 * Judges by quality, and judges of the same AUC who read difficulty: they say "wrong" where the task is hard, which is
 * where the next model fails too.
 */
export const VERIFIERS: readonly SimulatedVerifier[] = [
  ...[0.4, 0.6, 0.7, 0.8].map(named),
  ...([0.75, 0.85] as const).flatMap((auc) =>
    ([0, 0.5, 1] as const).map((difficulty) => ({
      name: `AUC ${auc}, ${difficulty === 0 ? "correctness" : difficulty === 1 ? "difficulty" : "half difficulty"}`,
      j: null,
      difficulty,
      auc,
    })),
  ),
];

/** How easy each task is by the models outside `chain`, as standard scores. */
export function toEase(pool: Pool, chain: readonly number[]): readonly number[] {
  const others = pool.models.flatMap((_, m) => (chain.includes(m) ? [] : [m]));
  const shares = pool.tasks.map(({ runs }) => mean(others.map((m) => runs[m]?.solved ?? 0)));
  const [middle, spread] = [mean(shares), standardDeviation(shares)];
  return shares.map((share) => (spread === 0 ? 0 : (share - middle) / spread));
}

/** P(score = 1..10) of an attempt on each task, right or wrong as it was recorded. */
export type ScoreShares = readonly (readonly number[])[];

function toShares(latentMean: number): readonly number[] {
  const under = (score: number): number =>
    score <= 1 ? 0 : score > SCORES ? 1 : normalCdf((score - NEUTRAL) * STEP - latentMean);
  return Array.from({ length: SCORES }, (_, i) => under(i + 2) - under(i + 1));
}

/** AUC of normal scores with these means, exactly: the mean over pairs of a right and a wrong attempt. */
export function aucOf(means: readonly number[], isRight: readonly boolean[]): number {
  const right = means.filter((_, t) => isRight[t]);
  const wrong = means.filter((_, t) => !isRight[t]);
  return mean(right.map((r) => mean(wrong.map((w) => normalCdf((r - w) / Math.SQRT2)))));
}

/** The judge's score of `model`'s attempt on every task; its scale is set so that the stated AUC is met, or the nearest. */
export function toScoreShares(
  { difficulty, auc, j }: SimulatedVerifier,
  tasks: readonly PoolTask[],
  { model, ease }: { readonly model: number; readonly ease: readonly number[] },
): { readonly shares: ScoreShares; readonly auc: number } {
  const isRight = tasks.map(({ runs }) => runs[model]?.solved === 1);
  const unit = isRight.map((right, t) => (1 - difficulty) * (right ? 1 : -1) + difficulty * (ease[t] ?? 0));
  const atScale = (scale: number): number =>
    aucOf(
      unit.map((x) => scale * x),
      isRight,
    );
  const scale = j === null ? invert(atScale, auc, { low: 0, high: 8 }) : normalQuantile((1 + j) / 2);
  return { shares: unit.map((x) => toShares(scale * x)), auc: atScale(scale) };
}
