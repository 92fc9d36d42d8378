import type { BenchmarkRow } from "./sources/source.ts";

/** A score with the last day its source showed it. */
export interface SeenRow extends BenchmarkRow {
  /** ISO day. */
  readonly seen: string;
}

const keyOf = (row: BenchmarkRow): string => [row.source, row.benchmark, row.release, row.name].join("\n");
const DAY_MS = 86_400_000;

/**
 * The rows of today and, behind them, those of the last snapshot that no source shows any more: a score that left its
 * board, or was of an edition before, was still measured. Rows last seen more than `maxDays` ago go. An edition keeps
 * its own columns, so an old value never mixes with the scale of a new one. `today` is an ISO day.
 */
export function carryRows(
  fresh: readonly BenchmarkRow[],
  earlier: readonly SeenRow[],
  { today, maxDays }: { readonly today: string; readonly maxDays: number },
): { readonly rows: readonly SeenRow[]; readonly carriedCount: number } {
  const keys = new Set(fresh.map(keyOf));
  const oldest = new Date(Date.parse(today) - maxDays * DAY_MS).toISOString().slice(0, 10);
  const carried = earlier.filter((row) => row.seen >= oldest && !keys.has(keyOf(row)));
  return { rows: [...fresh.map((row) => ({ ...row, seen: today })), ...carried], carriedCount: carried.length };
}
