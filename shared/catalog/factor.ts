import { clamp, mean } from "../base/stats.ts";
import { benchmarkWeight } from "./benchmark-table.ts";
import { type Expectation, type ExpectationInput, fitExpectations } from "./expectation.ts";
import { discount, toBoards } from "./factor-boards.ts";
import { EFFORT_SPREAD, type ModelState, type Posterior, toPosterior } from "./factor-level.ts";
import { type ColumnLine, fitLine, type LinePoint } from "./factor-line.ts";
import { type Anchors, linkedPart } from "./linked-part.ts";
import type { ScoreMatrix } from "./matrix.ts";
import type { Domain, Effort } from "./model.ts";
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

const SWEEPS = 80;
/** Levels that move less than this in a sweep stand still: scores are kept to a tenth of a point, thetas to 0.001. */
const SETTLED = 1e-8;
/** Benchmarks a model must have before its level teaches what release date and price predict. */
const WELL_KNOWN = 3;
const UNKNOWN: Expectation = { mean: 0, variance: 1 };
/**
 * Models far below the weak anchor place themselves on the columns' lines but do not bend them. Between these distances
 * below it (in factor units) their share falls from 1 to 0: with one hard cut a model beside it entered and left in
 * turn, and the general factor never settled (three states, up to 4 points of score apart).
 */
const FULL_SHARE_BELOW = 0.25;
const NO_SHARE_BELOW = 0.75;

export interface FactorInput {
  readonly domain: Domain;
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
  const sweeping = models.filter(({ id, boardCount }) => boardCount > 1 || id === anchors.low);
  const { lines, expectedOf } = settle(sweeping.length > 1 ? sweeping : models, {
    columnCount: matrix.columns.length,
    anchors,
    knownOf,
  });
  const posteriors = models.map((model) => toPosterior(model, { lines, expected: expectedOf(model) }));
  return {
    ...toAnchored(models, posteriors, anchors),
    unlinked: linked.unlinkedIds,
    unlinkedColumns: linked.unlinkedColumns,
  };
}

/** Well-known models whose levels teach what release date and price predict. */
function toSamples(state: {
  readonly models: readonly ModelState[];
  readonly known: readonly (ExpectationInput | undefined)[];
  readonly posteriors: readonly Posterior[];
  readonly shares: readonly number[];
}): Parameters<typeof fitExpectations>[0] {
  return state.models.flatMap((model, i) => {
    const input = state.known[i];
    const level = state.posteriors[i];
    const share = state.shares[i] ?? 0;
    if (input === undefined || level === undefined || share <= 0 || model.columnCount < WELL_KNOWN) return [];
    return [{ ...input, level: level.unpulled.mean, share }];
  });
}

const greatestChange = (before: readonly Posterior[], after: readonly Posterior[]): number =>
  after.reduce((most, { mean }, i) => Math.max(most, Math.abs(mean - (before[i]?.mean ?? mean))), 0);

/**
 * Sweeps until the levels stand still. Models on one board have no say in lines, scale and expectations, so only those
 * that bridge take part (all of them where none does); the others are placed by what is answered here.
 */
function settle(
  models: readonly ModelState[],
  { columnCount, anchors, knownOf }: Pick<FactorInput, "anchors" | "knownOf"> & { readonly columnCount: number },
): { readonly lines: readonly ColumnLine[]; readonly expectedOf: (model: ModelState) => Expectation } {
  const known = models.map(({ id }) => knownOf.get(id));
  const values = bridgingValues(models, columnCount);
  let lines = startLines(values);
  let posteriors = models.map((model) => toPosterior(model, { lines, expected: UNKNOWN }));
  let expect: ReturnType<typeof fitExpectations> = null;
  const expected = (input: ExpectationInput | undefined): Expectation =>
    (input === undefined ? undefined : expect?.(input)) ?? UNKNOWN;
  for (let sweep = 0, change = Number.POSITIVE_INFINITY; sweep < SWEEPS && change > SETTLED; sweep++) {
    const before = posteriors;
    const shares = calibratingShares(models, before, anchors);
    const standing = standardise(before, shares);
    lines = lines.map((line, column) =>
      fitLine(line, toPoints(values[column] ?? [], { posteriors: standing, shares })),
    );
    expect = fitExpectations(toSamples({ models, known, posteriors: standing, shares }));
    posteriors = models.map((model, i) => toPosterior(model, { lines, expected: expected(known[i]) }));
    change = greatestChange(before, posteriors);
  }
  return { lines, expectedOf: ({ id }) => expected(knownOf.get(id)) };
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

/** A value of one column, and whose it is: position of the model, and of the effort in it. */
interface ColumnValue {
  readonly model: number;
  readonly effort: number;
  readonly value: number;
}

/** By column, the values of the models that bridge: looked up once, since every sweep asks for them. */
function bridgingValues(models: readonly ModelState[], count: number): readonly (readonly ColumnValue[])[] {
  const columns: ColumnValue[][] = Array.from({ length: count }, () => []);
  models.forEach(({ boardCount, efforts }, model) => {
    if (boardCount < 2) return;
    efforts.forEach(({ cells }, effort) => {
      for (const { column, value } of cells) columns[column]?.push({ model, effort, value });
    });
  });
  return columns;
}

/** Start: each column standardised over the models that bridge, i.e. slope = its spread and half its variance noise. */
function startLines(columns: readonly (readonly ColumnValue[])[]): ColumnLine[] {
  return columns.map((held) => {
    const values = held.map(({ value }) => value);
    const centre = values.length === 0 ? 0 : mean(values);
    const variance = Math.max(1e-6, mean(values.map((v) => (v - centre) ** 2)) || 0);
    return { intercept: centre, slope: Math.sqrt(variance), variance: variance / 2 };
  });
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
  values: readonly ColumnValue[],
  { posteriors, shares }: { readonly posteriors: readonly Posterior[]; readonly shares: readonly number[] },
): readonly LinePoint[] {
  return values.map(({ model, effort, value }) => ({
    value,
    share: shares[model] ?? 0,
    x: posteriors[model]?.efforts[effort] ?? { mean: 0, variance: 1 },
  }));
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
