import { clamp, mean } from "../base/stats.ts";
import { benchmarkWeight, type RatedDomain } from "./benchmark-table.ts";
import { type Expectation, type ExpectationInput, fitExpectations } from "./expectation.ts";
import { discount, toBoards, type WeightedCell } from "./factor-boards.ts";
import { type ColumnLine, fitLine, type LinePoint } from "./factor-line.ts";
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

/** What the rows of one id say: per effort the cells, and the level found so far. */
interface ModelState {
  readonly id: string;
  readonly efforts: readonly {
    readonly effort: Effort;
    readonly cells: readonly WeightedCell[];
  }[];
  readonly columnCount: number;
  /** Boards it stands on: the columns of one population count once. */
  readonly boardCount: number;
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
 * effort `default`; other efforts are N(level, .45^2). Lines and scale come only from models that bridge two boards and
 * are not far below the weak anchor, so weak newcomers cannot move the others: what one board says of its own models
 * cannot place that board, however many scores it gives each. null = the anchors are not linked.
 */
export function fitFactor(matrix: ScoreMatrix, { domain, anchors, knownOf }: FactorInput): FactorFit | null {
  const weights = matrix.columns.map(({ benchmark }) => benchmarkWeight(benchmark, domain));
  const linked = linkedPart(matrix, weights, anchors);
  if (linked === null) return null;
  const models = toModels(matrix, weights, linked);
  let lines = startLines(models, matrix.columns.length);
  let posteriors = models.map((model) => toPosterior(model, { lines, expected: UNKNOWN }));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const shares = calibratingShares(models, posteriors, anchors);
    posteriors = standardise(posteriors, shares);
    lines = lines.map((line, column) => fitLine(line, toPoints(column, { models, posteriors, shares })));
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

function toModels(
  matrix: ScoreMatrix,
  weights: readonly number[],
  { ids, columns }: { readonly ids: ReadonlySet<string>; readonly columns: ReadonlySet<number> },
): ModelState[] {
  const boards = toBoards(matrix, columns);
  const toWeighted = discount({ columns: matrix.columns, boards, weights });
  const byId = new Map<string, ModelState["efforts"][number][]>();
  for (const row of matrix.rows) {
    const cells = row.cells.filter((cell) => columns.has(cell.column));
    if (ids.has(row.id) && cells.length > 0)
      byId.set(row.id, [...(byId.get(row.id) ?? []), { effort: row.effort, cells: toWeighted(cells) }]);
  }
  return [...byId.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, efforts]) => {
      const held = new Set(efforts.flatMap(({ cells }) => cells.map((cell) => cell.column)));
      return { id, efforts, columnCount: held.size, boardCount: new Set([...held].map((c) => boards[c])).size };
    });
}

/** Start: each column standardised over the models that bridge, i.e. slope = its spread and half its variance noise. */
function startLines(models: readonly ModelState[], count: number): ColumnLine[] {
  return Array.from({ length: count }, (_, column) => {
    const values = models.filter((m) => m.boardCount > 1).flatMap((m) => valuesIn(m, column));
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

/** How much each model counts for lines and scale, 0..1: only those that bridge two boards, the weak ones less. */
function calibratingShares(
  models: readonly ModelState[],
  posteriors: readonly Posterior[],
  anchors: Anchors,
): number[] {
  const low = posteriors[models.findIndex(({ id }) => id === anchors.low)]?.mean ?? Number.NEGATIVE_INFINITY;
  const shares = models.map((model, i) => {
    if (model.boardCount < 2) return 0;
    const below = low - (posteriors[i]?.mean ?? 0);
    return clamp((NO_SHARE_BELOW - below) / (NO_SHARE_BELOW - FULL_SHARE_BELOW), 0, 1);
  });
  // Nothing bridges where a single board is at hand, or only weak models do: then all that is there has to do.
  return shares.some((share) => share > 0) ? shares : models.map(() => 1);
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

/** What a column's line is fitted to: its values beside the levels, each with its model's share. */
function toPoints(
  column: number,
  state: {
    readonly models: readonly ModelState[];
    readonly posteriors: readonly Posterior[];
    readonly shares: readonly number[];
  },
): readonly LinePoint[] {
  return state.models.flatMap((model, i) =>
    model.efforts.flatMap(({ cells }, e) =>
      cells
        .filter((cell) => cell.column === column && model.boardCount > 1)
        .map(({ value }) => ({
          value,
          share: state.shares[i] ?? 0,
          x: state.posteriors[i]?.efforts[e] ?? { mean: 0, variance: 1 },
        })),
    ),
  );
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
