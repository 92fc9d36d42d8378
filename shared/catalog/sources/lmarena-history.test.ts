import { expect, test } from "vitest";
import { parseLmarenaHistory } from "./lmarena-history.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "history.js", release: "overall", retrieved: "2026-07-23" };
const script = (data: object): string => `const A = ${JSON.stringify(data)};\nvar B = A;\n`;

test("parseLmarenaHistory() keeps the newest rating of each model over several constants", () => {
  const first = script({ X: [{ date: "2026-01-01", model_name: 'm}"', rating: 1400 }] });
  const second =
    'const C = {"X": [{"date": "2026-02-01", "model_name": "m}\\"", "rating": 1410}, {"date": "2025-01-01", "model_name": "n", "rating": 1300}]};';
  const { rows, rejected } = parsed(parseLmarenaHistory(first + second, ORIGIN));
  expect(rejected).toEqual([]);
  expect(rows.map((row) => [row.name, row.value, row.date])).toEqual([
    ['m}"', 1410, "2026-02-01"],
    ["n", 1300, "2025-01-01"],
  ]);
});

test("parseLmarenaHistory() reads code as text and never runs it", () => {
  const payload = "const A = {x: (() => { throw new Error('ran'); })()};";
  expect(refusalOf(parseLmarenaHistory(payload, ORIGIN))).toBe(
    "source history.js: A: literal is not JSON; nothing could be read (1 rejected)",
  );
});

test("parseLmarenaHistory() rejects with its place what is no rating, and still reads the rest", () => {
  const broken = script({ X: [{ model_name: "m" }, 7, { model_name: "n", rating: 1300 }], Y: 3 });
  const { rows, rejected } = parsed(parseLmarenaHistory(`${broken}const B = {"X": [`, ORIGIN));
  expect(rows.map((row) => row.name)).toEqual(["n"]);
  expect(rejected).toEqual([
    { place: "A.X[0]", reason: "no rating" },
    { place: "A.X[1]", reason: "not an object" },
    { place: "A.Y", reason: "not a list of ratings" },
    { place: "B", reason: "literal is not JSON" },
  ]);
});

test("parseLmarenaHistory() refuses a script without constants and one that breaks off", () => {
  for (const payload of ["alert(1)", "", "<html></html>"])
    expect(refusalOf(parseLmarenaHistory(payload, ORIGIN))).toBe(
      "source history.js: $: no constant that holds an object",
    );
  expect(refusalOf(parseLmarenaHistory('const A = {"X": [', ORIGIN))).toContain("A: literal is not JSON");
});
