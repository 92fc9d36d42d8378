import { keepOne } from "./keep-one.ts";
import type { BenchmarkRow, SourceParse } from "./source.ts";

/**
 * The pages of one answer as one: a score that stands on two of them counts once, the newer one, of one day the first.
 * Pages shift while they are read, so that a row at a page's edge may come twice.
 */
export function mergePages(pages: readonly SourceParse<BenchmarkRow>[]): SourceParse<BenchmarkRow> {
  const found = pages.flatMap(({ rows }, i) => rows.map((row) => ({ place: `page ${i + 1} ${row.name}`, row })));
  const kept = keepOne(found, {
    keyOf: ({ source, release, benchmark, name }) => [source, release, benchmark, name].join("\n"),
    isBetter: (row, held) => (row.date ?? "") > (held.date ?? ""),
    reason: "stands on another page too",
  });
  return { rows: kept.rows, rejected: [...pages.flatMap(({ rejected }) => rejected), ...kept.rejected] };
}
