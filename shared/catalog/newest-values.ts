import { mean, roundTo } from "../base/stats.ts";
import { abilityKey } from "./ability.ts";
import { benchmarkOf } from "./benchmark-table.ts";
import type { ResolvedRow } from "./matrix.ts";
import type { CatalogModel } from "./model.ts";

type Benchmarks = CatalogModel["benchmarks"];

/**
 * Newest value of every benchmark by (id, effort), in the benchmark's own unit, names sorted. Of several editions the
 * one that measures the benchmark itself comes before a copy, then the newer date, then the later edition; what one
 * edition states twice (two names of one model) is averaged. A benchmark outside the table has no unit and is left out.
 */
export function newestValues(resolved: readonly ResolvedRow[]): ReadonlyMap<string, Benchmarks> {
  const byRow = new Map<string, Map<string, ResolvedRow["row"][]>>();
  for (const { row, resolution } of resolved) {
    if (benchmarkOf(row.benchmark) === undefined) continue;
    const key = abilityKey(resolution.id, resolution.effort);
    const held = byRow.get(key) ?? new Map<string, ResolvedRow["row"][]>();
    held.set(row.benchmark, [...(held.get(row.benchmark) ?? []), row]);
    byRow.set(key, held);
  }
  return new Map(
    [...byRow].map(([key, held]) => [
      key,
      Object.fromEntries([...held].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, rows]) => [name, newest(rows)])),
    ]),
  );
}

function newest(rows: readonly ResolvedRow["row"][]): number {
  const best = rows.map(editionKey).reduce((a, b) => (b > a ? b : a), "");
  // Four digits: shares are stated to three, ratings and indices to one or two.
  return roundTo(mean(rows.filter((row) => editionKey(row) === best).map(({ value }) => value)), 4);
}

/** Sorts as text: measured at home, date, edition, source. */
function editionKey({ benchmark, source, date, release }: ResolvedRow["row"]): string {
  const home = benchmarkOf(benchmark)?.home;
  // Numbers of one width, so that version 4.10 comes after 4.9; a line break sorts before whatever a part may hold.
  const edition = release.replace(/\d+/g, (digits) => digits.padStart(8, "0"));
  return [home === undefined || home === source ? "1" : "0", date ?? "", edition, source].join("\n");
}
