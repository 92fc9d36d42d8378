import { mean, standardDeviation } from "../../shared/base/stats.ts";

/** A measured or scored value per model id. */
export type Scores = ReadonlyMap<string, number>;

/** How far two orders of the same models agree. */
export interface Agreement {
  readonly n: number;
  /** Spearman's rank correlation, ties at their mean rank. */
  readonly rho: number;
  /** Of the pairs that the truth holds more than one standard deviation apart, the share in the reverse order. */
  readonly grossInversions: number;
}

/** Compares the ids that both hold. */
export function agreementOf(scores: Scores, truth: Scores): Agreement {
  const ids = [...truth.keys()].filter((id) => scores.has(id));
  const predicted = ids.map((id) => scores.get(id) ?? Number.NaN);
  const stated = ids.map((id) => truth.get(id) ?? Number.NaN);
  return { n: ids.length, rho: spearman(predicted, stated), grossInversions: grossInversions(predicted, stated) };
}

export function spearman(a: readonly number[], b: readonly number[]): number {
  const [ra, rb] = [toRanks(a), toRanks(b)];
  const middle = (a.length - 1) / 2;
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + (value - middle) * ((y[i] ?? 0) - middle), 0);
  return dot(ra, rb) / Math.sqrt(dot(ra, ra) * dot(rb, rb));
}

const toRanks = (values: readonly number[]): readonly number[] =>
  values.map((v) => values.filter((w) => w < v).length + (values.filter((w) => w === v).length - 1) / 2);

function grossInversions(predicted: readonly number[], truth: readonly number[]): number {
  const spread = standardDeviation(truth);
  const wrong = truth.flatMap((a, i) =>
    truth.slice(0, i).flatMap((b, j) => {
      if (Math.abs(a - b) <= spread) return [];
      return [((predicted[i] ?? 0) - (predicted[j] ?? 0)) * (a - b) < 0 ? 1 : 0];
    }),
  );
  return mean(wrong);
}
