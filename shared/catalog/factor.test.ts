import { expect, test } from "vitest";
import { type FactorFit, fitFactor } from "./factor.ts";
import type { MatrixRow, ScoreMatrix } from "./matrix.ts";
import type { Effort } from "./model.ts";

const ANCHORS = { low: "m/10", high: "m/40" };
const COLUMNS = ["swe_bench_verified", "epoch_eci", "lmarena_text", "gpqa_diamond"].map((benchmark) => ({
  key: `s|r|${benchmark}`,
  source: "s",
  benchmark,
}));
/** Small repeatable noise in -0.5..0.5. */
const noise = (i: number, c: number): number => ((i * 7919 + c * 104729) % 1000) / 1000 - 0.5;
const row = (id: string, cells: readonly (readonly [number, number])[], effort: Effort = "default"): MatrixRow => ({
  id,
  effort,
  cells: cells.map(([column, value]) => ({ column, value })),
  sources: ["s"],
  newestDate: null,
});
/** Fifty models of rising ability; old ones have columns 0-1, new ones 2-3, a bridge in the middle all four. */
function world(extra: readonly MatrixRow[] = []): ScoreMatrix {
  const rows = Array.from({ length: 50 }, (_, i) => {
    const ability = i / 10;
    const columns = i < 15 ? [0, 1] : i > 35 && i !== 40 ? [2, 3] : [0, 1, 2, 3];
    return row(
      `m/${i}`,
      columns.map((c) => [c, 5 * (c + 1) + (c + 1) * (ability + 0.3 * noise(i, c))] as const),
    );
  });
  rows[10] = row(
    "m/10",
    [0, 1, 2, 3].map((c) => [c, 5 * (c + 1) + (c + 1)] as const),
  );
  return { rows: [...rows, ...extra], columns: COLUMNS };
}
const fitted = (matrix: ScoreMatrix, domain: "agentic_coding" | "reasoning" = "agentic_coding"): FactorFit => {
  const found = fitFactor(matrix, { domain, anchors: ANCHORS, knownOf: new Map() });
  if (found === null) throw new Error("not linked");
  return found;
};
const gOf = (found: FactorFit, id: string, effort: Effort = "default"): number =>
  found.scores.find((s) => s.id === id && s.effort === effort)?.g ?? Number.NaN;

test("fitFactor() orders old and new models on one scale when their benchmarks only overlap in the middle", () => {
  const found = fitted(world());
  expect(gOf(found, "m/10")).toBeCloseTo(0);
  expect(gOf(found, "m/40")).toBeCloseTo(1);
  const pairs = Array.from({ length: 40 }, (_, i) =>
    Array.from({ length: 40 - i }, (__, k) => [i, i + 10 + k] as const),
  ).flat();
  const wrong = pairs.filter(([i, j]) => gOf(found, `m/${i}`) >= gOf(found, `m/${j}`));
  expect(wrong.length / pairs.length).toBeLessThan(0.01);
});

test("fitFactor() moves no anchored position when 200 weak rows join, in one column or in all", () => {
  const before = fitted(world());
  for (const columns of [[1], [0, 1, 2, 3]]) {
    const weak = Array.from({ length: 200 }, (_, i) =>
      row(
        `weak/${i}`,
        columns.map((c) => [c, 5 * (c + 1) - (c + 1) * (1 + (i % 10) / 10)] as const),
      ),
    );
    const after = fitted(world(weak));
    for (let i = 10; i < 50; i++) expect(Math.abs(gOf(after, `m/${i}`) - gOf(before, `m/${i}`))).toBeLessThan(0.01);
  }
});

test("fitFactor() leaves what the anchors do not reach without a number", () => {
  const columns = [...COLUMNS, { key: "s|r|chess_puzzles", source: "s", benchmark: "chess_puzzles" }];
  const island = Array.from({ length: 20 }, (_, i) => row(`island/${i}`, [[4, i]]));
  const found = fitted({ rows: [...world().rows, ...island, row("m/20", [[4, 3]], "high")], columns });
  expect(found.unlinked).toHaveLength(20);
  expect(found.unlinkedColumns).toEqual(["s|r|chess_puzzles"]);
  expect(found.scores.some((s) => s.id.startsWith("island/"))).toBe(false);
});

test("fitFactor() answers null when nothing links the anchors", () => {
  const columns = COLUMNS.slice(0, 2);
  const rows = Array.from({ length: 50 }, (_, i) => row(`m/${i}`, [[i < 25 ? 0 : 1, i]]));
  expect(fitFactor({ rows, columns }, { domain: "agentic_coding", anchors: ANCHORS, knownOf: new Map() })).toBeNull();
});

test("fitFactor() links anchors that no single column holds through the columns between them", () => {
  const anchors = { low: "m/5", high: "m/45" };
  const columns = COLUMNS.map((column, c) => ({ ...column, key: `${c < 2 ? "old" : "new"}|r|${column.benchmark}` }));
  const found = fitFactor({ ...world(), columns }, { domain: "agentic_coding", anchors, knownOf: new Map() });
  if (found === null) throw new Error("not linked");
  expect(gOf(found, "m/5")).toBeCloseTo(0);
  expect(gOf(found, "m/45")).toBeCloseTo(1);
  expect(gOf(found, "m/20")).toBeGreaterThan(0.2);
  expect(gOf(found, "m/20")).toBeLessThan(0.6);
});

/** A second board that gives six scores to each of its models, few of which stand on any other. */
const SIX = ["hf_ifeval", "hf_bbh", "hf_math_lvl_5", "hf_gpqa", "hf_musr", "hf_mmlu_pro"].map((benchmark) => ({
  key: `h|r|${benchmark}`,
  source: "h",
  benchmark,
}));
function withSixScoreBoard(newcomers: number): ScoreMatrix {
  const base = world();
  const six = (ability: number, i: number): readonly (readonly [number, number])[] =>
    SIX.map((_, c) => [COLUMNS.length + c, 2 * ability + noise(i, c)] as const);
  const rows = base.rows.map((r, i) =>
    i < 12 ? row(r.id, [...r.cells.map((cell) => [cell.column, cell.value] as const), ...six(i / 10, i)]) : r,
  );
  const weak = Array.from({ length: newcomers }, (_, i) => row(`weak/${i}`, six(-1 - (i % 20) / 10, i)));
  return { rows: [...rows, ...weak], columns: [...COLUMNS, ...SIX] };
}

test("fitFactor() moves nothing when 200 models join a board of six scores and stand on no other", () => {
  const before = fitted(withSixScoreBoard(0));
  const after = fitted(withSixScoreBoard(200));
  for (let i = 0; i < 50; i++) expect(gOf(after, `m/${i}`)).toBeCloseTo(gOf(before, `m/${i}`), 9);
});

test("fitFactor() still places everybody when a single board with one population is at hand", () => {
  const rows = Array.from({ length: 50 }, (_, i) => row(`m/${i}`, [[0, i + noise(i, 0)] as const, [1, i] as const]));
  const found = fitted({ rows, columns: COLUMNS.slice(0, 2) });
  expect(gOf(found, "m/25")).toBeGreaterThan(0.3);
  expect(gOf(found, "m/25")).toBeLessThan(0.7);
});

test("fitFactor() puts the models of a weak board below the weak anchor, where only weak models link it", () => {
  const found = fitted(withSixScoreBoard(200));
  expect(found.scores.filter((s) => s.id.startsWith("weak/")).every(({ g }) => g < 0)).toBe(true);
});

test("fitFactor() gives a larger sd when fewer benchmarks speak", () => {
  const found = fitted(
    world([
      row("one/bench", [[1, 13]]),
      row("four/bench", [
        [0, 8],
        [1, 16],
        [2, 24],
        [3, 32],
      ]),
    ]),
  );
  const sd = (id: string): number => found.scores.find((s) => s.id === id)?.sd ?? Number.NaN;
  expect(sd("one/bench")).toBeGreaterThan(1.3 * sd("four/bench"));
});

test("fitFactor() lets default borrow from its efforts with a larger sd, and keeps efforts apart", () => {
  const found = fitted(
    world([
      row(
        "x/1",
        [
          [0, 8.5],
          [1, 17],
        ],
        "high",
      ),
      row(
        "x/1",
        [
          [0, 7],
          [1, 14],
        ],
        "low",
      ),
      row("x/2", [
        [0, 8.5],
        [1, 17],
      ]),
    ]),
  );
  expect(gOf(found, "x/1", "high")).toBeGreaterThan(gOf(found, "x/1", "default"));
  expect(gOf(found, "x/1", "default")).toBeGreaterThan(gOf(found, "x/1", "low"));
  const sd = (id: string): number => found.scores.find((s) => s.id === id && s.effort === "default")?.sd ?? Number.NaN;
  expect(sd("x/1")).toBeGreaterThan(sd("x/2"));
});

test("fitFactor() weighs repository work above other benchmarks for agentic coding, and not for reasoning", () => {
  const split = [
    row("agent/strong", [
      [0, 8.5],
      [3, 24],
    ]),
    row("quiz/strong", [
      [0, 6],
      [3, 34],
    ]),
  ];
  const agentic = fitted(world(split));
  const reasoning = fitted(world(split), "reasoning");
  expect(gOf(agentic, "agent/strong")).toBeGreaterThan(gOf(agentic, "quiz/strong"));
  expect(gOf(reasoning, "agent/strong")).toBeLessThan(gOf(reasoning, "quiz/strong"));
});

test("fitFactor() pulls thin data towards what release date and price predict", () => {
  const matrix = world([row("thin/new", [[2, 24]]), row("thin/old", [[2, 24]])]);
  const knownOf = new Map(
    Array.from({ length: 50 }, (_, i) => [`m/${i}`, { releasedYear: 2023 + i / 17, logPrice: noise(i, 9) }]),
  );
  knownOf.set("thin/new", { releasedYear: 2025.8, logPrice: 0 });
  knownOf.set("thin/old", { releasedYear: 2023.6, logPrice: 0 });
  const found = fitFactor(matrix, { domain: "agentic_coding", anchors: ANCHORS, knownOf });
  if (found === null) throw new Error("not linked");
  expect(gOf(found, "thin/new")).toBeGreaterThan(gOf(found, "thin/old"));
});
