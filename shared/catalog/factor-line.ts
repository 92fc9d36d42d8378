import { clamp } from "../base/stats.ts";
import { weightedMean } from "./weighted-mean.ts";

/** One column's line: value = intercept + slope x factor, with noise of `variance` around it. */
export interface ColumnLine {
  readonly intercept: number;
  readonly slope: number;
  readonly variance: number;
}

/** One value of a column, the level of its model with its variance, and how much the model counts, 0..1. */
export interface LinePoint {
  readonly value: number;
  readonly share: number;
  readonly x: { readonly mean: number; readonly variance: number };
}

/** Columns of few rows borrow this noise (share of their variance) with the weight of so many rows. */
const PRIOR_NOISE = 0.3;
const PRIOR_ROWS = 5;
/** No benchmark is a perfect measure of a domain, however well it fits the few rows it shares. */
const NOISE_FLOOR = 0.1;
/** Values that place a column, in shares: as many as a column must share to be linked. */
const ENOUGH = 5;
/** Below this many in all, no line is fitted. */
const LEAST = 3;

/**
 * Least squares of a column's values on the levels; the levels' own uncertainty enters the normal equations. A board
 * of weak models alone is placed by them, as far as too few others stand on it: unplaced, its models would come out as
 * average ones. `line` is the answer where there are too few values for any.
 */
export function fitLine(line: ColumnLine, stated: readonly LinePoint[]): ColumnLine {
  const points = fillShares(stated).filter(({ share }) => share > 0);
  const shares = points.map((p) => p.share);
  const n = shares.reduce((a, b) => a + b, 0);
  if (n < LEAST) return line;
  const average = (of: (p: LinePoint) => number): number => weightedMean(points.map(of), shares);
  const meanX = average((p) => p.x.mean);
  const meanY = average((p) => p.value);
  const spreadX = average((p) => (p.x.mean - meanX) ** 2 + p.x.variance);
  const varianceY = Math.max(
    1e-9,
    average((p) => (p.value - meanY) ** 2),
  );
  const raw = average((p) => (p.x.mean - meanX) * (p.value - meanY)) / spreadX;
  // A benchmark that falls with ability is noise, not a mirror: its slope may become small, never negative.
  const slope = Math.max(raw, 0.05 * Math.sqrt(varianceY));
  const intercept = meanY - slope * meanX;
  const residual = average((p) => (p.value - intercept - slope * p.x.mean) ** 2 + slope ** 2 * p.x.variance);
  const variance = (n * residual + PRIOR_ROWS * PRIOR_NOISE * varianceY) / (n + PRIOR_ROWS);
  return { intercept, slope, variance: clamp(variance, NOISE_FLOOR * varianceY, Number.POSITIVE_INFINITY) };
}

/** The fewer values count, the more every one does: a step would make the fit jump between two states. */
function fillShares(points: readonly LinePoint[]): readonly LinePoint[] {
  const held = points.reduce((sum, { share }) => sum + share, 0);
  const fill = clamp(1 - held / ENOUGH, 0, 1);
  return fill === 0 ? points : points.map((p) => ({ ...p, share: p.share + (1 - p.share) * fill }));
}
