import { mean } from "../base/stats.ts";
import type { Resolution } from "./aliases.ts";
import { benchmarkOf, toLinear } from "./benchmark-table.ts";
import type { Effort } from "./model.ts";
import type { BenchmarkRow } from "./sources/source.ts";

export interface MatrixCell {
  /** Index into `columns`. */
  readonly column: number;
  /** On the benchmark's linear scale, higher is better. */
  readonly value: number;
}

/** What one (id, effort) is known by. */
export interface MatrixRow {
  readonly id: string;
  readonly effort: Effort;
  readonly cells: readonly MatrixCell[];
  readonly sources: readonly string[];
  readonly newestDate: string | null;
}

export interface MatrixColumn {
  readonly key: string;
  readonly source: string;
  readonly benchmark: string;
}

/** (id, effort) x (source, release, benchmark), sorted by key so that equal input gives equal output. */
export interface ScoreMatrix {
  readonly rows: readonly MatrixRow[];
  readonly columns: readonly MatrixColumn[];
}

/** A measurement that two rows claim for one cell with different values. */
export interface Conflict {
  readonly id: string;
  readonly effort: Effort;
  readonly column: string;
  readonly names: readonly string[];
  readonly values: readonly number[];
}

/** A score that no column could take. */
export interface DroppedRow {
  readonly source: string;
  readonly benchmark: string;
  readonly name: string;
  readonly value: number;
  readonly reason: string;
}

export interface ResolvedRow {
  readonly row: BenchmarkRow;
  readonly resolution: Extract<Resolution, { readonly id: string }>;
}

/** A resolved row with its column and its value on the benchmark's linear scale, higher is better. */
interface Measurement extends ResolvedRow {
  readonly column: MatrixColumn;
  readonly value: number;
}
type Group<T> = readonly [T, ...T[]];

const CONFLICT_SPREAD = 0.2;

/**
 * Builds the matrix. Two values for one cell (a model listed under two host names, or at two thinking budgets that
 * are one effort) are averaged on the linear scale; a spread of more than a fifth of a unit is reported, and so is
 * every row that has no place on its benchmark's scale or repeats, through a second source, a score already there.
 */
export function buildMatrix(resolved: readonly ResolvedRow[]): {
  readonly matrix: ScoreMatrix;
  readonly conflicts: readonly Conflict[];
  readonly dropped: readonly DroppedRow[];
} {
  const measured: Measurement[] = [];
  const dropped: DroppedRow[] = [];
  const atHome = statedAtHome(resolved);
  for (const { row, resolution } of resolved) {
    const value = toLinear(row.benchmark, row.value);
    if (value === null) dropped.push(toDropped(row));
    else if (isCopy(row) && atHome.has(scoreKey(row, resolution))) dropped.push(toDropped(row, REPEATED));
    else measured.push({ row, resolution, column: toColumn(row), value: row.higherIsBetter ? value : -value });
  }
  const columns = groupBy(measured, ({ column }) => column.key)
    .map(([{ column }]) => column)
    .sort((a, b) => compareText(a.key, b.key));
  const indexOf = new Map(columns.map(({ key }, index) => [key, index]));
  const built = groupBy(measured, ({ resolution }) => `${resolution.id}\n${resolution.effort}`)
    .sort(([{ resolution: a }], [{ resolution: b }]) => compareText(a.id, b.id) || compareText(a.effort, b.effort))
    .map((items) => toRow(items, indexOf));
  return {
    matrix: { rows: built.map(({ row }) => row), columns },
    conflicts: built.flatMap(({ conflicts }) => conflicts),
    dropped,
  };
}

const toColumn = ({ source, release, benchmark }: BenchmarkRow): MatrixColumn => ({
  key: `${source}|${release}|${benchmark}`,
  source,
  benchmark,
});

const REPEATED = "repeats what the benchmark's own source states";

/** Whether a row of a benchmark comes from another source than the one that measures it. */
function isCopy({ benchmark, source }: BenchmarkRow): boolean {
  const home = benchmarkOf(benchmark)?.home;
  return home !== undefined && home !== source;
}

const scoreKey = ({ benchmark }: BenchmarkRow, { id }: ResolvedRow["resolution"]): string => `${benchmark}\n${id}`;

/** Scores that their own source states, by id: a copy may give the effort in another way. */
const statedAtHome = (resolved: readonly ResolvedRow[]): ReadonlySet<string> =>
  new Set(resolved.flatMap(({ row, resolution }) => (isCopy(row) ? [] : [scoreKey(row, resolution)])));

const toDropped = (
  { source, benchmark, name, value }: BenchmarkRow,
  reason = benchmarkOf(benchmark) === undefined ? "benchmark is not in the table" : "value has no place on the scale",
): DroppedRow => ({ source, benchmark, name, value, reason });

/** Groups in order of first appearance; a group is never empty. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Group<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One (id, effort): its cells, and the cells that two rows claim with different values. */
function toRow(
  items: Group<Measurement>,
  indexOf: ReadonlyMap<string, number>,
): { readonly row: MatrixRow; readonly conflicts: readonly Conflict[] } {
  const [{ resolution }] = items;
  const cells = groupBy(items, ({ column }) => column.key).sort(([a], [b]) => compareText(a.column.key, b.column.key));
  const row: MatrixRow = {
    id: resolution.id,
    effort: resolution.effort,
    cells: cells.map((cell) => ({
      // Every measurement's column is a key of `indexOf`; -1 would be a column that no reader knows.
      column: indexOf.get(cell[0].column.key) ?? -1,
      value: mean(cell.map(({ value }) => value)),
    })),
    sources: [...new Set(items.map((item) => item.row.source))].sort(),
    newestDate:
      items
        .flatMap((item) => item.row.date ?? [])
        .sort()
        .at(-1) ?? null,
  };
  return { row, conflicts: cells.flatMap(toConflicts) };
}

function toConflicts(cell: Group<Measurement>): readonly Conflict[] {
  const values = cell.map(({ value }) => value);
  if (Math.max(...values) - Math.min(...values) <= CONFLICT_SPREAD) return [];
  const [{ resolution, column }] = cell;
  return [
    {
      id: resolution.id,
      effort: resolution.effort,
      column: column.key,
      names: cell.map(({ row }) => row.name),
      values: cell.map(({ row }) => row.value),
    },
  ];
}
