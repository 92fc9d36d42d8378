import type { Resolution } from "./aliases.ts";
import { toLinear } from "./benchmark-table.ts";
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

export interface ResolvedRow {
  readonly row: BenchmarkRow;
  readonly resolution: Extract<Resolution, { readonly id: string }>;
}

/**
 * Builds the matrix. Two values for one cell (a model listed under two host names, or at two thinking budgets that
 * are one effort) are averaged on the linear scale; a spread of more than a fifth of a unit is reported.
 */
export function buildMatrix(resolved: readonly ResolvedRow[]): {
  readonly matrix: ScoreMatrix;
  readonly conflicts: readonly Conflict[];
} {
  const cells = new Map<string, ResolvedRow[]>();
  const columnOf = (row: BenchmarkRow): string => `${row.source}|${row.release}|${row.benchmark}`;
  for (const item of resolved) {
    if (toLinear(item.row.benchmark, item.row.value) === null) continue;
    const key = `${item.resolution.id}\n${item.resolution.effort}\n${columnOf(item.row)}`;
    cells.set(key, [...(cells.get(key) ?? []), item]);
  }
  const columnKeys = [...new Set([...cells.values()].flat().map(({ row }) => columnOf(row)))].sort();
  const columns = columnKeys.map((key) => {
    const [source = "", , benchmark = ""] = key.split("|");
    return { key, source, benchmark };
  });
  const rows = new Map<string, { items: ResolvedRow[]; cells: MatrixCell[] }>();
  const conflicts: Conflict[] = [];
  for (const [key, items] of cells) {
    const [id = "", effort = "", column = ""] = key.split("\n");
    const values = items.map(({ row }) => signed(row));
    if (Math.max(...values) - Math.min(...values) > CONFLICT_SPREAD)
      conflicts.push({
        id,
        effort: effort as Effort,
        column,
        names: items.map((i) => i.row.name),
        values: items.map((i) => i.row.value),
      });
    const row = rows.get(`${id}\n${effort}`) ?? { items: [], cells: [] };
    row.items.push(...items);
    row.cells.push({ column: columnKeys.indexOf(column), value: values.reduce((a, b) => a + b, 0) / values.length });
    rows.set(`${id}\n${effort}`, row);
  }
  const sorted = [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, row]) => toRow(key, row));
  return { matrix: { rows: sorted, columns }, conflicts };
}

const CONFLICT_SPREAD = 0.2;

/** `toLinear` cannot be null here: rows without a scale were left out above. */
const signed = (row: BenchmarkRow): number => (toLinear(row.benchmark, row.value) ?? 0) * (row.higherIsBetter ? 1 : -1);

function toRow(key: string, row: { items: ResolvedRow[]; cells: MatrixCell[] }): MatrixRow {
  const [id = "", effort = ""] = key.split("\n");
  const dates = row.items.map((item) => item.row.date).filter((date): date is string => date !== null);
  return {
    id,
    effort: effort as Effort,
    cells: [...row.cells].sort((a, b) => a.column - b.column),
    sources: [...new Set(row.items.map((item) => item.row.source))].sort(),
    newestDate: dates.sort().at(-1) ?? null,
  };
}
