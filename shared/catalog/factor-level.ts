import type { Expectation } from "./expectation.ts";
import type { WeightedCell } from "./factor-boards.ts";
import type { ColumnLine } from "./factor-line.ts";
import type { Effort } from "./model.ts";

/** What the rows of one id say: per effort the cells, and the level found so far. */
export interface ModelState {
  readonly id: string;
  readonly efforts: readonly {
    readonly effort: Effort;
    readonly cells: readonly WeightedCell[];
  }[];
  readonly columnCount: number;
  /** Boards it stands on: the columns of one population count once. */
  readonly boardCount: number;
}
export interface Posterior {
  readonly mean: number;
  readonly variance: number;
  /** What the benchmarks alone say, before the ridge. */
  readonly unpulled: { readonly mean: number; readonly variance: number };
  /** By position in `ModelState.efforts`. */
  readonly efforts: readonly { readonly mean: number; readonly variance: number }[];
}

/** Spread between efforts of one model as a share of the spread between models: 6.9 of about 15 index points. */
export const EFFORT_SPREAD = 0.45;

/** Posterior of a model's level and of its efforts, both Gaussian. `default` is the level; others differ from it. */
export function toPosterior(
  model: ModelState,
  { lines, expected }: { readonly lines: readonly ColumnLine[]; readonly expected: Expectation },
): Posterior {
  const evidence = model.efforts.map(({ effort, cells }) => ({
    ...toEvidence(cells, lines),
    spread: effort === "default" ? 0 : EFFORT_SPREAD ** 2,
  }));
  let own = 0;
  let pull = 0;
  for (const e of evidence) {
    if (e.precision <= 0) continue;
    const share = 1 / (1 / e.precision + e.spread);
    own += share;
    pull += (share * e.pull) / e.precision;
  }
  const precision = own + 1 / expected.variance;
  const level = { mean: (pull + expected.mean / expected.variance) / precision, variance: 1 / precision };
  const efforts = evidence.map((e) => {
    if (e.spread === 0) return level;
    const total = e.precision + 1 / e.spread;
    const inherited = 1 / e.spread / total;
    return { mean: (e.pull + level.mean / e.spread) / total, variance: 1 / total + inherited ** 2 * level.variance };
  });
  return { ...level, unpulled: { mean: own > 0 ? pull / own : 0, variance: own > 0 ? 1 / own : 1 }, efforts };
}

/** Weighted least squares of one row's cells against the columns' lines: information and its pull. */
function toEvidence(
  cells: ModelState["efforts"][number]["cells"],
  lines: readonly ColumnLine[],
): { readonly precision: number; readonly pull: number } {
  let precision = 0;
  let pull = 0;
  for (const { column, value, weight } of cells) {
    const line = lines[column];
    if (line === undefined) continue;
    const scaled = (weight * line.slope) / line.variance;
    precision += scaled * line.slope;
    pull += scaled * (value - line.intercept);
  }
  return { precision, pull };
}
