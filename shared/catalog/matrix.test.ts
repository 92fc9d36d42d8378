import { expect, test } from "vitest";
import { buildMatrix, type ResolvedRow } from "./matrix.ts";
import type { Effort } from "./model.ts";

const item = (
  id: string,
  benchmark: string,
  value: number,
  over: { effort?: Effort; name?: string; release?: string } = {},
): ResolvedRow => ({
  row: {
    source: "epoch",
    benchmark,
    release: over.release ?? "r1",
    name: over.name ?? id,
    value,
    higherIsBetter: true,
    date: "2026-01-01",
    stderr: null,
    costUsdPerTask: null,
  },
  resolution: { id, effort: over.effort ?? "default", confidence: 1, rule: "" },
});

test("buildMatrix() gives one row per id and effort and one column per source, release and benchmark", () => {
  const { matrix } = buildMatrix([
    item("b/2", "epoch_eci", 140),
    item("a/1", "epoch_eci", 150),
    item("a/1", "epoch_eci", 151, { release: "r2" }),
    item("a/1", "gpqa_diamond", 0.5, { effort: "high" }),
  ]);
  expect(matrix.columns.map((c) => c.key)).toEqual([
    "epoch|r1|epoch_eci",
    "epoch|r1|gpqa_diamond",
    "epoch|r2|epoch_eci",
  ]);
  expect(matrix.rows.map((r) => [r.id, r.effort, r.cells.length])).toEqual([
    ["a/1", "default", 2],
    ["a/1", "high", 1],
    ["b/2", "default", 1],
  ]);
  expect(matrix.rows[1]?.cells[0]?.value).toBeCloseTo(0);
});

test("buildMatrix() is the same for any order of rows", () => {
  const rows = [item("a/1", "epoch_eci", 150), item("b/2", "epoch_eci", 140), item("a/1", "chess_puzzles", 0.2)];
  expect(buildMatrix([...rows].reverse())).toEqual(buildMatrix(rows));
});

test("buildMatrix() averages two values for one cell and reports them when they disagree", () => {
  const { matrix, conflicts } = buildMatrix([
    item("a/1", "epoch_eci", 150, { name: "a-1" }),
    item("a/1", "epoch_eci", 152, { name: "host/a-1" }),
    item("b/2", "epoch_eci", 150),
    item("b/2", "epoch_eci", 150),
  ]);
  expect(matrix.rows[0]?.cells).toEqual([{ column: 0, value: 151 }]);
  expect(conflicts).toHaveLength(1);
  expect(conflicts[0]).toMatchObject({ id: "a/1", names: ["a-1", "host/a-1"], values: [150, 152] });
});

test("buildMatrix() leaves out and reports what the table does not know and what no scale can hold", () => {
  const { matrix, dropped } = buildMatrix([item("a/1", "unheard_of", 1), item("a/1", "metr_time_horizon", 0)]);
  expect(matrix).toEqual({ rows: [], columns: [] });
  expect(dropped).toEqual([
    { source: "epoch", benchmark: "unheard_of", name: "a/1", value: 1, reason: "benchmark is not in the table" },
    {
      source: "epoch",
      benchmark: "metr_time_horizon",
      name: "a/1",
      value: 0,
      reason: "value has no place on the scale",
    },
  ]);
});

test("buildMatrix() keeps ids and columns whole when they hold the marks that part a key", () => {
  const { matrix } = buildMatrix([item("a/1|x", "epoch_eci", 150, { release: "r|1" })]);
  expect(matrix.columns).toEqual([{ key: "epoch|r|1|epoch_eci", source: "epoch", benchmark: "epoch_eci" }]);
  expect(matrix.rows[0]?.id).toBe("a/1|x");
});

test("buildMatrix() counts an index once when a second source repeats it, at whatever effort", () => {
  const from = (source: string, over: ResolvedRow): ResolvedRow => ({ ...over, row: { ...over.row, source } });
  const own = from("artificial_analysis", item("a/1", "aa_intelligence_index", 50, { effort: "high" }));
  const copy = from("openrouter", item("a/1", "aa_intelligence_index", 50));
  const only = from("openrouter", item("b/2", "aa_intelligence_index", 40));
  const { matrix, dropped } = buildMatrix([copy, own, only]);
  expect(matrix.rows.map(({ id, effort, cells }) => [id, effort, cells.length])).toEqual([
    ["a/1", "high", 1],
    ["b/2", "default", 1],
  ]);
  expect(dropped).toEqual([
    {
      source: "openrouter",
      benchmark: "aa_intelligence_index",
      name: "a/1",
      value: 50,
      reason: "repeats what the benchmark's own source states",
    },
  ]);
  expect(buildMatrix([copy, only]).dropped).toEqual([]);
});
