import { expect, test } from "vitest";
import { discount, toBoards } from "./factor-boards.ts";
import type { MatrixColumn, ScoreMatrix } from "./matrix.ts";

const column = (source: string, release: string, benchmark: string): MatrixColumn => ({
  key: `${source}|${release}|${benchmark}`,
  source,
  benchmark,
});
const COLUMNS = [
  column("livebench", "r1", "livebench_coding"),
  column("livebench", "r1", "livebench_if"),
  column("livebench", "r2", "livebench_coding"),
  column("epoch", "r1", "gpqa_diamond"),
  column("epoch", "r1", "frontiermath"),
];
/** Ten models: the first three columns hold all, the fourth all but one, the last only four. */
const matrix: ScoreMatrix = {
  columns: COLUMNS,
  rows: Array.from({ length: 10 }, (_, i) => ({
    id: `m/${i}`,
    effort: "default",
    cells: [0, 1, 2, ...(i > 0 ? [3] : []), ...(i > 5 ? [4] : [])].map((at) => ({ column: at, value: i })),
    sources: [],
    newestDate: null,
  })),
};

const ALL = new Set(COLUMNS.keys());

test("toBoards() takes columns of one edition and population for one board, and keeps the rest apart", () => {
  expect(toBoards(matrix, ALL)).toEqual([0, 0, 2, 3, 4]);
});

test("toBoards() does not part a board when newcomers stand on one of its columns and nowhere else", () => {
  const newcomers = Array.from({ length: 50 }, (_, i) => ({
    id: `new/${i}`,
    effort: "default" as const,
    cells: [{ column: 1, value: i }],
    sources: [],
    newestDate: null,
  }));
  expect(toBoards({ ...matrix, rows: [...matrix.rows, ...newcomers] }, ALL)).toEqual(toBoards(matrix, ALL));
});

test("toBoards() keeps the columns of an edition apart when nothing else is linked", () => {
  expect(toBoards(matrix, new Set([0, 1]))).toEqual([0, 1, 2, 3, 4]);
});

test("discount() leaves a lone score its weight and lets kin share theirs", () => {
  const weigh = discount({ columns: COLUMNS, boards: toBoards(matrix, ALL), weights: [1, 0.4, 1, 0.5, 0.5] });
  const weights = (columns: readonly number[]): readonly number[] =>
    weigh(columns.map((at) => ({ column: at, value: 0 }))).map(({ weight }) => weight);
  expect(weights([0, 3, 4])).toEqual([1, 0.5, 0.5]);
  expect(weights([0, 1])[0]).toBeCloseTo(1 / 1.2);
  expect(weights([0, 1])[1]).toBeCloseTo(0.4 / 1.5);
  // Two editions of one benchmark say more than one, and less than two.
  const [a, b] = weights([0, 2]);
  expect((a ?? 0) + (b ?? 0)).toBeGreaterThan(1);
  expect((a ?? 0) + (b ?? 0)).toBeLessThan(2);
});
