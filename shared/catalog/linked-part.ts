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
 * share at least five ids with the linked ones. Where no single column holds both (an old board with the weak anchor, a
 * new one with the strong one) it grows from the columns of the weak one, and must reach the strong one. All efforts of
 * one id are one node. null = the anchors are not linked.
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
  const linked = growFromAnchors({ idsOf, usable }, anchors);
  if (linked === null) return null;
  const { ids, columns } = linked;
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

/** Ids of every column, and the columns that count in the domain. */
interface Board {
  readonly idsOf: readonly ReadonlySet<string>[];
  readonly usable: readonly number[];
}

interface Linked {
  readonly ids: ReadonlySet<string>;
  readonly columns: ReadonlySet<number>;
}

/** Columns with both anchors are one seed; else each column of the weak anchor is, and the largest part counts. */
function growFromAnchors(board: Board, anchors: Anchors): Linked | null {
  const withLow = board.usable.filter((column) => board.idsOf[column]?.has(anchors.low));
  const withBoth = withLow.filter((column) => board.idsOf[column]?.has(anchors.high));
  const seeds = withBoth.length > 0 ? [withBoth] : withLow.map((column) => [column]);
  return seeds
    .map((seed) => grow(board, seed))
    .filter(({ ids }) => ids.has(anchors.high))
    .reduce<Linked | null>((best, part) => (best === null || part.ids.size > best.ids.size ? part : best), null);
}

function grow({ idsOf, usable }: Board, seed: readonly number[]): Linked {
  const columns = new Set(seed);
  const ids = new Set(seed.flatMap((column) => [...(idsOf[column] ?? [])]));
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
  return { ids, columns };
}
