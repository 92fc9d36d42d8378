import { expect, test } from "vitest";
import { nextDatasetOffset } from "./dataset-page.ts";
import { parseLmarenaCsv, parseLmarenaRows } from "./lmarena.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "rows.json", release: "latest", retrieved: "2026-07-23" };
const BOARD = { config: "text", categories: ["overall", "coding"] };
const rating = (over: object = {}): object => ({
  model_name: "m",
  organization: "Lab",
  license: "Proprietary",
  rating: 1450,
  rating_lower: 1440.2,
  rating_upper: 1459.8,
  variance: 25,
  vote_count: 900,
  rank: 1,
  category: "overall",
  leaderboard_publish_date: "2026-07-01T00:00:00",
  ...over,
});
const page = (rows: readonly object[], over: object = {}): string =>
  JSON.stringify({
    features: [],
    rows: rows.map((row, row_idx) => ({ row_idx, row, truncated_cells: [] })),
    num_rows_total: rows.length,
    num_rows_per_page: 100,
    partial: false,
    ...over,
  });

test("parseLmarenaRows() gives a rating its error and day, and each category a benchmark of its own", () => {
  const rows = [rating(), rating({ category: "coding" }), rating({ category: "math" })];
  const parse = parsed(parseLmarenaRows(page(rows), ORIGIN, BOARD));
  expect(parse.rows.map((row) => row.benchmark)).toEqual(["lmarena_text", "lmarena_text_coding"]);
  expect(parse.rows[0]).toMatchObject({ name: "m", value: 1450, date: "2026-07-01", release: "latest" });
  expect(parse.rows[0]?.stderr).toBeCloseTo(5, 1);
  expect(parse.rejected).toEqual([{ place: "rows[2] m", reason: "other category: math" }]);
});

test("parseLmarenaRows() reads the agent board's score, which is no rating", () => {
  const row = rating({
    rating: undefined,
    score: -0.0019,
    score_ci_lower: -0.0117,
    score_ci_upper: 0.0079,
    vote_count: undefined,
    session_count: 19135,
  });
  const agent = { config: "agent", categories: ["overall"] };
  const [read] = parsed(parseLmarenaRows(page([row]), ORIGIN, agent)).rows;
  expect(read).toMatchObject({ benchmark: "lmarena_agent", value: -0.0019 });
  expect(read?.stderr).toBeCloseTo(0.005, 4);
  expect(refusalOf(parseLmarenaRows(page([row]), ORIGIN, BOARD))).toContain("rows[0] m: no rating");
  expect(refusalOf(parseLmarenaRows(page([rating()]), ORIGIN, agent))).toContain("rows[0] m: no score");
});

test("parseLmarenaRows() keeps a rating whose interval is null, without an error", () => {
  const rows = [rating({ rating_lower: null, rating_upper: null })];
  expect(parsed(parseLmarenaRows(page(rows), ORIGIN, BOARD)).rows[0]?.stderr).toBeNull();
});

test("parseLmarenaRows() counts a model once a category: the newest row, of one day the one with more votes", () => {
  const rows = [
    rating({ rating: 1 }),
    rating({ rating: 2, vote_count: 901 }),
    rating({ rating: 3, leaderboard_publish_date: "2026-06-30", vote_count: 9999 }),
    rating({ rating: 4, category: "coding" }),
  ];
  const parse = parsed(parseLmarenaRows(page(rows), ORIGIN, BOARD));
  expect(parse.rows.map((row) => row.value)).toEqual([2, 4]);
  expect(parse.rejected.map((r) => r.place)).toEqual(["rows[0] m", "rows[2] m"]);
});

test("parseLmarenaRows() rejects with place and reason what it cannot use, and reads the rest", () => {
  const cut = { row_idx: 1, row: rating(), truncated_cells: ["rating"] };
  const rows = [{ row_idx: 0, row: rating() }, cut, 7, { row: null }, { row: rating({ rating: "1450" }) }];
  const odd = [...rows, { row: rating({ model_name: "" }) }, { row: rating({ category: null }) }];
  const parse = parsed(parseLmarenaRows(page([], { rows: odd }), ORIGIN, BOARD));
  expect(parse.rows).toHaveLength(1);
  expect(parse.rejected).toEqual([
    { place: "rows[1]", reason: "the server has cut cells off" },
    { place: "rows[2]", reason: "no row object" },
    { place: "rows[3]", reason: "no row object" },
    { place: "rows[4] m", reason: "no rating" },
    { place: "rows[5]", reason: "no model_name" },
    { place: "rows[6] m", reason: "no category" },
  ]);
});

test("parseLmarenaRows() takes a page of other categories for no drift, and an answer without any row for one", () => {
  const others = parsed(parseLmarenaRows(page([rating({ category: "math" })]), ORIGIN, BOARD));
  expect([others.rows.length, others.rejected.length]).toEqual([0, 1]);
  const wanted = "source rows.json: rows: expected a list of rows";
  const refusals = {
    [page([])]: "source rows.json: rows: an empty list of rows",
    "<!doctype html><html></html>": "source rows.json: $: an HTML or XML page instead of JSON",
    [page([rating()]).slice(0, 90)]: "source rows.json: $: a text that breaks off or is broken instead of JSON",
    '{"error":"The dataset viewer is not available"}': wanted,
    '{"rows":{}}': wanted,
    "[]": wanted,
    "7": wanted,
    '{"categories":{"text":{"models":[{"name":"m","rating":1504}]}}}': wanted,
  };
  for (const [payload, refusal] of Object.entries(refusals))
    expect(refusalOf(parseLmarenaRows(payload, ORIGIN, BOARD))).toBe(refusal);
});

test("nextDatasetOffset() walks the whole answer once and ends, also behind an empty page", () => {
  expect(nextDatasetOffset({ rowCount: 100, totalCount: 250 }, 0)).toBe(100);
  expect(nextDatasetOffset({ rowCount: 50, totalCount: 250 }, 200)).toBeNull();
  expect(nextDatasetOffset({ rowCount: 0, totalCount: 250 }, 100)).toBeNull();
  expect(nextDatasetOffset({ rowCount: 100, totalCount: null }, 0)).toBeNull();
  const empty = parsed(parseLmarenaRows(page([], { num_rows_total: 250 }), ORIGIN, BOARD));
  expect([empty.rows.length, empty.rowCount, empty.totalCount]).toEqual([0, 0, 250]);
});

const HEADER = "rank,rank_stylectrl,model,arena_score,95_pct_ci,votes,organization,license,knowledge_cutoff,url";
const line = (cells: string): string => `${cells},Lab,Proprietary,,https://lab.example`;

test("parseLmarenaCsv() reads score and interval, and one of two lines of a model: the one with more votes", () => {
  const csv = [
    HEADER,
    line("1,1,M-1,1470,+5/-6,100"),
    line("2,2,M-2,1134,n/a,100"),
    line("3,3,M-2,1130,+6/-6,200"),
    "",
  ];
  const { rows, rejected } = parsed(parseLmarenaCsv(csv.join("\n"), ORIGIN, "vision"));
  expect(rows.map(({ name, value, benchmark }) => [name, value, benchmark])).toEqual([
    ["M-1", 1470, "lmarena_vision"],
    ["M-2", 1130, "lmarena_vision"],
  ]);
  expect(rows[0]?.stderr).toBeCloseTo(11 / 3.92, 6);
  expect(rejected).toEqual([{ place: "record 3 M-2", reason: "another row of the same model and category" }]);
});

test("parseLmarenaCsv() rejects a line without score or name, and refuses a table that is none or breaks off", () => {
  const csv = [HEADER, line("1,1,M-1,1470,+5/-6,100"), line("2,2,M-2,,+5/-6,100"), line("3,3,,1400,+5/-6,100"), ""];
  expect(parsed(parseLmarenaCsv(csv.join("\n"), ORIGIN, "text")).rejected).toEqual([
    { place: "record 3 M-2", reason: "no rating" },
    { place: "record 4", reason: "no model_name" },
  ]);
  const refuse = (payload: string): string => refusalOf(parseLmarenaCsv(payload, ORIGIN, "text"));
  expect(refuse("<html></html>")).toContain("an HTML or XML page: header lacks model");
  expect(refuse('{"rows":[]}')).toContain("JSON: header lacks model");
  expect(refuse(HEADER.replace("arena_score", "score"))).toContain("record 1: header lacks arena_score");
  expect(refuse(csv.join("\n").slice(0, -30))).toContain("record 4: the text breaks off");
});
