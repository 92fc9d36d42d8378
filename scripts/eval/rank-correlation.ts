import { mean } from "../../shared/base/stats.ts";
import type { ScoredRow } from "./eval-row.ts";
import { SCORE_NAMES, type ScoreName, scoreOf } from "./eval-row.ts";

/** How one score of the model follows the labelled one. */
export interface ScoreFigures {
  readonly rows: number;
  /** NaN when either side is constant. */
  readonly spearman: number;
  readonly meanAbsoluteError: number;
}

/** Ranks from 1; equal values share the mean of their ranks. */
export function toRanks(values: readonly number[]): readonly number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && order[end]?.value === order[start]?.value) end += 1;
    for (const { index } of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

function pearson(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const product = (x: readonly number[], y: readonly number[], [mx, my]: readonly [number, number]): number =>
    x.reduce((sum, value, i) => sum + (value - mx) * ((y[i] ?? my) - my), 0);
  return product(a, b, [meanA, meanB]) / Math.sqrt(product(a, a, [meanA, meanA]) * product(b, b, [meanB, meanB]));
}

/** Spearman's rank correlation; NaN when either list is constant or empty. */
export const spearman = (a: readonly number[], b: readonly number[]): number => pearson(toRanks(a), toRanks(b));

/** Per score, over the rows that state it; a score that no row states is left out. */
export function toScoreFigures(rows: readonly ScoredRow[]): Readonly<Partial<Record<ScoreName, ScoreFigures>>> {
  const figures: Partial<Record<ScoreName, ScoreFigures>> = {};
  for (const name of SCORE_NAMES) {
    const pairs = rows.flatMap(({ row, answer }) => {
      const wanted = row.scores[name];
      return wanted === undefined ? [] : [{ wanted, got: scoreOf(answer, name) }];
    });
    if (pairs.length === 0) continue;
    const [wanted, got] = [pairs.map((pair) => pair.wanted), pairs.map((pair) => pair.got)];
    const meanAbsoluteError = mean(pairs.map((pair) => Math.abs(pair.got - pair.wanted)));
    figures[name] = { rows: pairs.length, spearman: spearman(got, wanted), meanAbsoluteError };
  }
  return figures;
}
