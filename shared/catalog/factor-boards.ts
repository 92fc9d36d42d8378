import type { MatrixCell, MatrixColumn, ScoreMatrix } from "./matrix.ts";

/**
 * Columns of one edition whose ids overlap by this share (Jaccard) are scores of one population: boards of several
 * scores stand at .98 and above, files of one source that were measured apart at .83 and below.
 */
const SAME_POPULATION = 0.9;

/**
 * Board of every column, as the index of the board's first column. A board that gives each of its models several
 * scores is one board, not several: its models agree with each other about it, and tell nothing of where it stands
 * beside the others. (Taken for bridges, 200 weak models of one six-score board moved the scores of others by 90
 * points.) Files of one source that rate different models stay apart. Only ids count that stand on another edition
 * too, so that newcomers cannot part a board or join two, and an edition that is alone keeps its columns as boards.
 * Columns outside `linked` are boards of their own.
 */
export function toBoards({ rows, columns }: ScoreMatrix, linked: ReadonlySet<number>): readonly number[] {
  const editions = columns.map(({ key, benchmark }) => key.slice(0, -benchmark.length));
  const columnsOf = new Map<string, Set<number>>();
  for (const { id, cells } of rows) {
    const held = columnsOf.get(id) ?? new Set<number>();
    for (const { column } of cells) if (linked.has(column)) held.add(column);
    columnsOf.set(id, held);
  }
  const bridges = [...columnsOf.values()].filter((held) => new Set([...held].map((c) => editions[c])).size > 1);
  const boards: number[] = [];
  columns.forEach((_, column) => {
    const first = boards.findIndex(
      (board, other) =>
        board === other && editions[other] === editions[column] && overlap(bridges, other, column) >= SAME_POPULATION,
    );
    boards.push(first === -1 ? column : first);
  });
  return boards;
}

function overlap(bridges: readonly ReadonlySet<number>[], a: number, b: number): number {
  const either = bridges.filter((held) => held.has(a) || held.has(b));
  return either.filter((held) => held.has(a) && held.has(b)).length / Math.max(1, either.length);
}

/** A cell with what it counts for in the domain, beside the other cells of its row. */
export interface WeightedCell extends MatrixCell {
  readonly weight: number;
}

/** What two scores of one board, or of one benchmark in two editions, share beyond the ability itself. */
const SHARED_NOISE = 0.5;

/**
 * Weights of a row's cells in the domain. Scores of one board, and editions of one benchmark, err together: each is
 * divided by the design effect 1 + r x (weights of its kin in the row), so that a board with seven categories in nine
 * editions does not count as 63 independent measurements. Over 23 models with a measured ability the errors were 1.35
 * times the sd without it.
 */
export function discount({
  columns,
  boards,
  weights,
}: {
  readonly columns: readonly MatrixColumn[];
  readonly boards: readonly number[];
  readonly weights: readonly number[];
}): (cells: readonly MatrixCell[]) => readonly WeightedCell[] {
  const weightOf = (column: number): number => weights[column] ?? 0;
  const isKin = (a: number, b: number): boolean =>
    boards[a] === boards[b] || columns[a]?.benchmark === columns[b]?.benchmark;
  return (cells) =>
    cells.map((cell) => {
      const kin = cells.filter(({ column }) => column !== cell.column && isKin(column, cell.column));
      const others = kin.reduce((sum, { column }) => sum + weightOf(column), 0);
      return { ...cell, weight: weightOf(cell.column) / (1 + SHARED_NOISE * others) };
    });
}
