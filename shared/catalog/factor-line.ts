import { clamp } from "../base/stats.ts";

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
  // Plain loops: this runs for every column of every sweep, and was most of the time that rating a catalogue takes.
  let n = 0;
  let sumX = 0;
  let sumY = 0;
  for (const { value, share, x } of points) {
    n += share;
    sumX += share * x.mean;
    sumY += share * value;
  }
  if (n < LEAST) return line;
  const meanX = sumX / n;
  const meanY = sumY / n;
  const { spreadX, spreadY, shared } = secondMoments(points, { meanX, meanY, n });
  const varianceY = Math.max(1e-9, spreadY);
  // A benchmark that falls with ability is noise, not a mirror: its slope may become small, never negative.
  const slope = Math.max(shared / spreadX, 0.05 * Math.sqrt(varianceY));
  const intercept = meanY - slope * meanX;
  let residual = 0;
  for (const { value, share, x } of points)
    residual += share * ((value - intercept - slope * x.mean) ** 2 + slope ** 2 * x.variance);
  const variance = (residual + PRIOR_ROWS * PRIOR_NOISE * varianceY) / (n + PRIOR_ROWS);
  return { intercept, slope, variance: clamp(variance, NOISE_FLOOR * varianceY, Number.POSITIVE_INFINITY) };
}

/** Variances of the levels (their own uncertainty included) and of the values, and their covariance. */
function secondMoments(
  points: readonly LinePoint[],
  { meanX, meanY, n }: { readonly meanX: number; readonly meanY: number; readonly n: number },
): { readonly spreadX: number; readonly spreadY: number; readonly shared: number } {
  let spreadX = 0;
  let spreadY = 0;
  let shared = 0;
  for (const { value, share, x } of points) {
    const dx = x.mean - meanX;
    const dy = value - meanY;
    spreadX += share * (dx ** 2 + x.variance);
    spreadY += share * dy ** 2;
    shared += share * (dx * dy);
  }
  return { spreadX: spreadX / n, spreadY: spreadY / n, shared: shared / n };
}

/** The fewer values count, the more every one does: a step would make the fit jump between two states. */
function fillShares(points: readonly LinePoint[]): readonly LinePoint[] {
  const held = points.reduce((sum, { share }) => sum + share, 0);
  const fill = clamp(1 - held / ENOUGH, 0, 1);
  return fill === 0 ? points : points.map((p) => ({ ...p, share: p.share + (1 - p.share) * fill }));
}
