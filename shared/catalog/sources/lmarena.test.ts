import { expect, test } from "vitest";
import { parseLmarenaHistory, parseLmarenaRows } from "./lmarena.ts";
import type { SourceOrigin } from "./source.ts";

const ORIGIN: SourceOrigin = { name: "history.js", release: "overall", retrieved: "2026-07-23" };
const script = (data: object): string => `const A = ${JSON.stringify(data)};\nvar B = A;\n`;

test("parseLmarenaHistory() keeps the newest rating of each model over several constants", () => {
  const first = script({ X: [{ date: "2026-01-01", model_name: 'm}"', rating: 1400 }] });
  const second =
    'const C = {"X": [{"date": "2026-02-01", "model_name": "m}\\"", "rating": 1410}, {"date": "2025-01-01", "model_name": "n", "rating": 1300}]};';
  const { rows, rejected } = parseLmarenaHistory(first + second, ORIGIN);
  expect(rejected).toEqual([]);
  expect(rows.map((row) => [row.name, row.value, row.date])).toEqual([
    ['m}"', 1410, "2026-02-01"],
    ["n", 1300, "2025-01-01"],
  ]);
});

test("parseLmarenaHistory() reads code as text and never runs it", () => {
  const { rows, rejected } = parseLmarenaHistory("const A = {x: (() => { throw new Error('ran'); })()};", ORIGIN);
  expect(rows).toEqual([]);
  expect(rejected).toEqual([{ place: "A", reason: "literal is not JSON" }]);
});

test("parseLmarenaHistory() rejects with its place an entry without a rating, and a script without constants", () => {
  expect(parseLmarenaHistory(script({ X: [{ model_name: "m" }], Y: 3 }), ORIGIN).rejected).toEqual([
    { place: "A.Y", reason: "not a list of ratings" },
    { place: "A.X[0]", reason: "no rating" },
  ]);
  expect(parseLmarenaHistory("alert(1)", ORIGIN).rejected).toHaveLength(1);
  expect(parseLmarenaHistory('const A = {"X": [', ORIGIN).rejected).toEqual([
    { place: "A", reason: "literal is not JSON" },
  ]);
});

test("parseLmarenaRows() reads the dataset's rows of one category with their error", () => {
  const row = {
    model_name: "m",
    rating: 1450,
    rating_lower: 1440.2,
    rating_upper: 1459.8,
    vote_count: 9,
    leaderboard_publish_date: "2026-07-01",
  };
  const payload = JSON.stringify({
    rows: [
      { row: { ...row, category: "overall" } },
      { row: { ...row, category: "math" } },
      { row: { ...row, category: "overall", rating: null } },
    ],
  });
  const { rows, rejected } = parseLmarenaRows(payload, ORIGIN, { config: "text", category: "overall" });
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ benchmark: "lmarena_text", value: 1450, date: "2026-07-01" });
  expect(rows[0]?.stderr).toBeCloseTo(5, 1);
  expect(rejected.map((r) => r.reason)).toEqual(["other category: math", "no rating"]);
  expect(parseLmarenaRows("<html>", ORIGIN, { config: "text", category: "overall" }).rejected).toHaveLength(1);
});
