import { clamp, mean } from "../base/stats.ts";
import { benchmarkWeight, type RatedDomain } from "./benchmark-table.ts";
import { type Expectation, type ExpectationInput, fitExpectations } from "./expectation.ts";
import { type Anchors, linkedPart } from "./linked-part.ts";
import type { ScoreMatrix } from "./matrix.ts";
import type { Effort } from "./model.ts";
import { weightedMean } from "./weighted-mean.ts";

/** Position of one (id, effort) on the anchored scale, with its standard deviation there. */
export interface FactorScore {
  readonly id: string;
  readonly effort: Effort;
  readonly g: number;
  readonly sd: number;
}

export interface FactorFit {
  /** Every linked (id, effort) with rows of its own, and `default` of every linked id; sorted by id and effort. */
  readonly scores: readonly FactorScore[];
  readonly unlinked: readonly string[];
  readonly unlinkedColumns: readonly string[];
}

/** One column's line: value = intercept + slope x factor, with noise of `variance` around it. */
interface ColumnLine {
  readonly intercept: number;
  readonly slope: number;
  readonly variance: number;
}

/** What the rows of one id say: per effort the cells, and the level found so far. */
interface ModelState {
  readonly id: string;
  readonly efforts: readonly {
    readonly effort: Effort;
    readonly cells: readonly { readonly column: number; readonly value: number }[];
  }[];
  readonly columnCount: number;
}
interface Posterior {
  readonly mean: number;
  readonly variance: number;
  /** What the benchmarks alone say, before the ridge. */
  readonly unpulled: { readonly mean: number; readonly variance: number };
  /** By position in `ModelState.efforts`. */
  readonly efforts: readonly { readonly mean: number; readonly variance: number }[];
}

const SWEEPS = 80;
/** Benchmarks a model must have before its level teaches what release date and price predict. */
const WELL_KNOWN = 3;
const UNKNOWN: Expectation = { mean: 0, variance: 1 };
/** Spread between efforts of one model as a share of the spread between models: 6.9 of about 15 index points. */
const EFFORT_SPREAD = 0.45;
/** Columns of few rows borrow this noise (share of their variance) with the weight of so many rows. */
const PRIOR_NOISE = 0.3;
const PRIOR_ROWS = 5;
/** No benchmark is a perfect measure of a domain, however well it fits the few rows it shares. */
const NOISE_FLOOR = 0.1;
/**
 * Models far below the weak anchor place themselves on the columns' lines but do not bend them. Between these distances
 * below it (in factor units) their share falls from 1 to 0: with one hard cut a model beside it entered and left in
 * turn, and the general factor never settled (three states, up to 4 points of score apart).
 */
const FULL_SHARE_BELOW = 0.25;
const NO_SHARE_BELOW = 0.75;

export interface FactorInput {
  readonly domain: RatedDomain;
  readonly anchors: Anchors;
  /** Release year and price per id, where known: the ridge pulls thin data towards what these predict. */
  readonly knownOf: ReadonlyMap<string, ExpectationInput>;
}

/**
 * Rank-1 factor with ridge: alternating between the columns' lines and the models' posterior levels, each column's
 * precision times its weight for the domain. The ridge target of a model is what its release date and price predict
 * (N(0, 1) where these are unknown), so a flagship with one board is not pulled to the average of three years. Level =
 * effort `default`; other efforts are N(level, .45^2). Lines and scale come only from models that bridge two columns
 * and are not far below the weak anchor, so weak newcomers cannot move the others. null = no column holds both anchors.
 */
export function fitFactor(matrix: ScoreMatrix, { domain, anchors, knownOf }: FactorInput): FactorFit | null {
  const weights = matrix.columns.map(({ benchmark }) => benchmarkWeight(benchmark, domain));
  const linked = linkedPart(matrix, weights, anchors);
  if (linked === null) return null;
  const models = toModels(matrix, linked.ids, linked.columns);
  let lines = startLines(models, matrix.columns.length);
  let posteriors = models.map((model) => toPosterior(model, { lines, weights, expected: UNKNOWN }));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const shares = calibratingShares(models, posteriors, anchors);
    posteriors = standardise(posteriors, shares);
    lines = lines.map((line, column) => fitLine(column, { models, posteriors, shares, line }));
    const expect = fitExpectations(
      models.flatMap((model, i) => {
        const known = knownOf.get(model.id);
        const level = posteriors[i];
        const share = shares[i] ?? 0;
        if (known === undefined || level === undefined || share <= 0 || model.columnCount < WELL_KNOWN) return [];
        return [{ ...known, level: level.unpulled.mean, share }];
      }),
    );
    posteriors = models.map((model) => {
      const known = knownOf.get(model.id);
      return toPosterior(model, {
        lines,
        weights,
        expected: known === undefined ? UNKNOWN : (expect?.(known) ?? UNKNOWN),
      });
    });
  }
  return {
    ...toAnchored(models, posteriors, anchors),
    unlinked: linked.unlinkedIds,
    unlinkedColumns: linked.unlinkedColumns,
  };
}

function toModels(matrix: ScoreMatrix, ids: ReadonlySet<string>, columns: ReadonlySet<number>): ModelState[] {
  const byId = new Map<string, ModelState["efforts"][number][]>();
  for (const row of matrix.rows) {
    const cells = row.cells.filter((cell) => columns.has(cell.column));
    if (ids.has(row.id) && cells.length > 0)
      byId.set(row.id, [...(byId.get(row.id) ?? []), { effort: row.effort, cells }]);
  }
  return [...byId.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, efforts]) => ({
      id,
      efforts,
      columnCount: new Set(efforts.flatMap(({ cells }) => cells.map((cell) => cell.column))).size,
    }));
}

/** Start: each column standardised over the models that bridge, i.e. slope = its spread and half its variance noise. */
function startLines(models: readonly ModelState[], count: number): ColumnLine[] {
  return Array.from({ length: count }, (_, column) => {
    const values = models.filter((m) => m.columnCount > 1).flatMap((m) => valuesIn(m, column));
    const centre = values.length === 0 ? 0 : mean(values);
    const variance = Math.max(1e-6, mean(values.map((v) => (v - centre) ** 2)) || 0);
    return { intercept: centre, slope: Math.sqrt(variance), variance: variance / 2 };
  });
}

const valuesIn = (model: ModelState, column: number): number[] =>
  model.efforts.flatMap(({ cells }) => cells.filter((cell) => cell.column === column).map((cell) => cell.value));

/** Posterior of a model's level and of its efforts, both Gaussian. `default` is the level; others differ from it. */
function toPosterior(
  model: ModelState,
  {
    lines,
    weights,
    expected,
  }: { readonly lines: readonly ColumnLine[]; readonly weights: readonly number[]; readonly expected: Expectation },
): Posterior {
  const evidence = model.efforts.map(({ effort, cells }) => ({
    ...toEvidence(cells, lines, weights),
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
  weights: readonly number[],
): { readonly precision: number; readonly pull: number } {
  let precision = 0;
  let pull = 0;
  for (const { column, value } of cells) {
    const line = lines[column];
    if (line === undefined) continue;
    const scaled = ((weights[column] ?? 0) * line.slope) / line.variance;
    precision += scaled * line.slope;
    pull += scaled * (value - line.intercept);
  }
  return { precision, pull };
}

/** How much each model counts for lines and scale, 0..1: only those that bridge two columns, the weak ones less. */
function calibratingShares(
  models: readonly ModelState[],
  posteriors: readonly Posterior[],
  anchors: Anchors,
): number[] {
  const low = posteriors[models.findIndex(({ id }) => id === anchors.low)]?.mean ?? Number.NEGATIVE_INFINITY;
  return models.map((model, i) => {
    if (model.columnCount < 2) return 0;
    const below = low - (posteriors[i]?.mean ?? 0);
    return clamp((NO_SHARE_BELOW - below) / (NO_SHARE_BELOW - FULL_SHARE_BELOW), 0, 1);
  });
}

/** Centre 0 and spread 1 over the calibrating models, posterior variance included. */
function standardise(posteriors: readonly Posterior[], shares: readonly number[]): Posterior[] {
  const centre = weightedMean(
    posteriors.map((p) => p.mean),
    shares,
  );
  const scale = Math.sqrt(
    weightedMean(
      posteriors.map((p) => (p.mean - centre) ** 2 + p.variance),
      shares,
    ),
  );
  const to = <P extends { readonly mean: number; readonly variance: number }>(p: P): P => ({
    ...p,
    mean: (p.mean - centre) / scale,
    variance: p.variance / scale ** 2,
  });
  return posteriors.map((p) => ({ ...to(p), unpulled: to(p.unpulled), efforts: p.efforts.map(to) }));
}

/** Least squares of a column's values on the levels; the levels' own uncertainty enters the normal equations. */
function fitLine(
  column: number,
  state: {
    readonly models: readonly ModelState[];
    readonly posteriors: readonly Posterior[];
    readonly shares: readonly number[];
    readonly line: ColumnLine;
  },
): ColumnLine {
  const points = state.models.flatMap((model, i) =>
    model.efforts.flatMap(({ cells }, e) =>
      cells
        .filter((cell) => cell.column === column && (state.shares[i] ?? 0) > 0)
        .map(({ value }) => ({
          value,
          share: state.shares[i] ?? 0,
          x: state.posteriors[i]?.efforts[e] ?? { mean: 0, variance: 1 },
        })),
    ),
  );
  const shares = points.map((p) => p.share);
  const n = shares.reduce((a, b) => a + b, 0);
  if (n < 3) return state.line;
  const average = (of: (p: (typeof points)[number]) => number): number => weightedMean(points.map(of), shares);
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

function toAnchored(
  models: readonly ModelState[],
  posteriors: readonly Posterior[],
  anchors: Anchors,
): { readonly scores: readonly FactorScore[] } {
  const levelOf = (id: string): number => posteriors[models.findIndex((m) => m.id === id)]?.mean ?? Number.NaN;
  const origin = levelOf(anchors.low);
  const unit = levelOf(anchors.high) - origin;
  const scores = models.flatMap((model, i) => {
    const posterior = posteriors[i];
    if (posterior === undefined) return [];
    const at = (effort: Effort, p: { readonly mean: number; readonly variance: number }): FactorScore => ({
      id: model.id,
      effort,
      g: (p.mean - origin) / unit,
      sd: Math.sqrt(p.variance) / unit,
    });
    const own = model.efforts.map(({ effort }, e) => at(effort, posterior.efforts[e] ?? posterior));
    if (model.efforts.some(({ effort }) => effort === "default")) return own;
    // No row of its own: borrowed from the efforts that have one, with what one effort may differ from another.
    return [at("default", { mean: posterior.mean, variance: posterior.variance + EFFORT_SPREAD ** 2 }), ...own];
  });
  return { scores };
}
