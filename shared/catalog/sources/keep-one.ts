import type { Reject } from "./source.ts";

/** A row that was read, with its place in the payload. */
export interface Found<Row> {
  readonly place: string;
  readonly row: Row;
}

/**
 * One row per key: of two the one that `isBetter` prefers, else the earlier. What gives way is listed with `reason`,
 * so that parsed and rejected rows add up to the payload's.
 */
export function keepOne<Row>(
  found: readonly Found<Row>[],
  rule: {
    readonly keyOf: (row: Row) => string;
    readonly isBetter: (row: Row, held: Row) => boolean;
    readonly reason: string;
  },
): { readonly rows: readonly Row[]; readonly rejected: readonly Reject[] } {
  const kept = new Map<string, Found<Row>>();
  const rejected: Reject[] = [];
  for (const one of found) {
    const key = rule.keyOf(one.row);
    const held = kept.get(key);
    const wins = held === undefined || rule.isBetter(one.row, held.row);
    if (held !== undefined) rejected.push({ place: wins ? held.place : one.place, reason: rule.reason });
    if (wins) kept.set(key, one);
  }
  return { rows: [...kept.values()].map(({ row }) => row), rejected };
}
