import { quantile } from "../../shared/base/stats.ts";
import type { Groups } from "./bootstrap.ts";
import { bootstrap } from "./bootstrap.ts";
import type { Interval } from "./clopper-pearson.ts";

/** A head's stated confidence in its answer and whether the answer was right. */
export interface Judged {
  readonly confidence: number;
  readonly right: boolean;
}

/** One bin of the reliability table. */
export interface ReliabilityBin {
  readonly rows: number;
  /** Least and greatest confidence in the bin. */
  readonly from: number;
  readonly to: number;
  readonly confidence: number;
  readonly accuracy: number;
}

/** Calibration of one head on one slice. */
export interface CalibrationError {
  /**
   * Root of the mean squared gap between confidence and accuracy over the bins, less what sampling alone adds to each
   * squared gap: acc (1 - acc) / (n - 1) (Kumar, Liang and Ma 2019). 0 when sampling explains all of it.
   */
  readonly l2: number;
  readonly interval: Interval | null;
  /** Mean absolute gap, nothing subtracted: what is usually called ECE; never 0, however good the model. */
  readonly l1: number;
  readonly bins: readonly ReliabilityBin[];
}

const BINS = 15;
/** A bin of one row has no variance to subtract. */
const LEAST_ROWS_A_BIN = 2;

/** What the rows of a bin add up to. */
interface Sum {
  rows: number;
  right: number;
  confidence: number;
}

const gapOf = ({ rows, right, confidence }: Sum): number => (rows === 0 ? 0 : (confidence - right) / rows);

function samplingVariance({ rows, right }: Sum): number {
  const accuracy = right / rows;
  return rows < LEAST_ROWS_A_BIN ? 0 : (accuracy * (1 - accuracy)) / (rows - 1);
}

const weightedMean = (sums: readonly Sum[], figure: (sum: Sum) => number): number => {
  const total = sums.reduce((n, { rows }) => n + rows, 0);
  return sums.reduce((value, sum) => value + (sum.rows === 0 ? 0 : (sum.rows / total) * figure(sum)), 0);
};

/** Bin of each row: equal masses in the order of confidence. */
function toBins(judged: readonly Judged[], indexes: readonly number[]): ReadonlyMap<number, number> {
  const confidenceOf = (index: number): number => judged[index]?.confidence ?? 0;
  const sorted = [...indexes].sort((a, b) => confidenceOf(a) - confidenceOf(b) || a - b);
  const bins = Math.max(1, Math.min(BINS, Math.floor(sorted.length / LEAST_ROWS_A_BIN)));
  return new Map(sorted.map((index, rank) => [index, Math.floor((rank * bins) / sorted.length)]));
}

function toSums(
  judged: readonly Judged[],
  indexes: readonly number[],
  binOf: ReadonlyMap<number, number>,
): readonly Sum[] {
  const sums: Sum[] = Array.from({ length: BINS }, () => ({ rows: 0, right: 0, confidence: 0 }));
  for (const index of indexes) {
    const [sum, row] = [sums[binOf.get(index) ?? 0], judged[index]];
    if (sum === undefined || row === undefined) continue;
    sum.rows += 1;
    sum.right += row.right ? 1 : 0;
    sum.confidence += row.confidence;
  }
  return sums;
}

function toTable(
  judged: readonly Judged[],
  binOf: ReadonlyMap<number, number>,
  sums: readonly Sum[],
): ReliabilityBin[] {
  return sums.flatMap((sum, bin) => {
    if (sum.rows === 0) return [];
    const inside = [...binOf].filter(([, of]) => of === bin).map(([index]) => judged[index]?.confidence ?? 0);
    const { rows, right, confidence } = sum;
    const [from, to] = [Math.min(...inside), Math.max(...inside)];
    return [{ rows, from, to, confidence: confidence / rows, accuracy: right / rows }];
  });
}

const root = (squared: number): number => Math.sqrt(Math.max(0, squared));

/**
 * Calibration of the rows in `groups` over 15 bins of equal mass (fewer below 30 rows). The bins stay as they are in
 * every draw. A draw repeats the sample's own noise, so draws lie around the squared error with nothing subtracted:
 * the interval is pivoted on that value (basic bootstrap), on the squared scale.
 */
export function toCalibrationError(judged: readonly Judged[], groups: Groups): CalibrationError | null {
  const indexes = groups.flat();
  if (indexes.length === 0) return null;
  const binOf = toBins(judged, indexes);
  const debiased = (sums: readonly Sum[]): number =>
    weightedMean(sums, (sum) => gapOf(sum) ** 2 - samplingVariance(sum));
  const sums = toSums(judged, indexes, binOf);
  const [point, plain] = [debiased(sums), weightedMean(sums, (sum) => gapOf(sum) ** 2)];
  const draws = bootstrap(groups, (drawn) => debiased(toSums(judged, drawn, binOf)));
  const pivot = (q: number): number => root(point - (quantile(draws, q) - plain));
  return {
    l2: root(point),
    // One group cannot be resampled.
    interval: groups.length < 2 ? null : { low: pivot(0.975), high: pivot(0.025) },
    l1: weightedMean(sums, (sum) => Math.abs(gapOf(sum))),
    bins: toTable(judged, binOf, sums),
  };
}
