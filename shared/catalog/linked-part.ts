import type { ScoreMatrix } from "./matrix.ts";

/** Two models that fix origin and unit of the anchored scale: the weak one is 0, the strong one 1. */
export interface Anchors {
  readonly low: string;
  readonly high: string;
}

/** Ids a column must share with what is already linked before its scores can be put on the same scale. */
const BRIDGE_IDS = 5;

/**
 * The part of the matrix that the anchors reach: columns that hold both anchors, then again and again columns that
 * share at least five ids with the linked ones. All efforts of one id are one node. null = no column holds both.
 */
export function linkedPart(
  matrix: ScoreMatrix,
  weights: readonly number[],
  anchors: Anchors,
): {
  readonly ids: ReadonlySet<string>;
  readonly columns: ReadonlySet<number>;
  readonly unlinkedIds: readonly string[];
  readonly unlinkedColumns: readonly string[];
} | null {
  const idsOf = matrix.columns.map(() => new Set<string>());
  for (const row of matrix.rows) for (const { column } of row.cells) idsOf[column]?.add(row.id);
  const usable = matrix.columns.map((_, column) => column).filter((column) => (weights[column] ?? 0) > 0);
  const columns = new Set(usable.filter((c) => idsOf[c]?.has(anchors.low) && idsOf[c]?.has(anchors.high)));
  if (columns.size === 0) return null;
  const ids = new Set([...columns].flatMap((column) => [...(idsOf[column] ?? [])]));
  for (let grew = true; grew; ) {
    grew = false;
    for (const column of usable) {
      const here = idsOf[column];
      if (columns.has(column) || here === undefined) continue;
      if ([...here].filter((id) => ids.has(id)).length < BRIDGE_IDS) continue;
      columns.add(column);
      for (const id of here) ids.add(id);
      grew = true;
    }
  }
  const known = new Set(
    matrix.rows.filter((row) => row.cells.some((c) => usable.includes(c.column))).map((row) => row.id),
  );
  return {
    ids,
    columns,
    unlinkedIds: [...known].filter((id) => !ids.has(id)).sort(),
    unlinkedColumns: usable.filter((column) => !columns.has(column)).map((column) => matrix.columns[column]?.key ?? ""),
  };
}
