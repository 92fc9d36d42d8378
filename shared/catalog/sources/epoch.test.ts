import { expect, test } from "vitest";
import { parseEpoch } from "./epoch.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "file.csv", release: "2026-01", retrieved: "2026-01-24" };

test("parseEpoch() reads quoted cells that hold commas and line breaks", () => {
  const csv =
    'Model version,mean_score,Release date,Notes,stderr,Started at\nm-1_high,0.5,2025-01-01,"a, b\nc",0.02,2025-02-03T04:05:06Z\n';
  expect(parsed(parseEpoch(csv, ORIGIN, "gpqa_diamond")).rows).toEqual([
    {
      source: "epoch",
      benchmark: "gpqa_diamond",
      release: "2026-01",
      name: "m-1_high",
      value: 0.5,
      higherIsBetter: true,
      date: "2025-02-03",
      stderr: 0.02,
      costUsdPerTask: null,
    },
  ]);
});

test("parseEpoch() keeps a score of 0 and rejects a blank or impossible one", () => {
  const csv = "Model version,mean_score\na,0\nb,\nc,1.2\nd,n/a\n,0.4\n";
  const { rows, rejected } = parsed(parseEpoch(csv, ORIGIN, "frontiermath"));
  expect(rows.map((row) => [row.name, row.value])).toEqual([["a", 0]]);
  expect(rejected.map((r) => r.place)).toEqual(["record 3 b", "record 4 c", "record 5 d", "record 6"]);
  expect(rejected[0]?.reason).toBe("blank score");
});

test("parseEpoch() counts the index once a model when variants repeat it", () => {
  const csv = "Model version,ECI Score\ngpt-5_high,150\ngpt-5_low,150\nclaude_16K,149\n";
  const { rows, rejected } = parsed(parseEpoch(csv, ORIGIN, "eci"));
  expect(rows.map((row) => row.name)).toEqual(["gpt-5", "claude"]);
  expect(rejected).toEqual([{ place: "record 3 gpt-5_low", reason: "repeats the model's index for a variant" }]);
});

test("parseEpoch() refuses, naming source and place, a drifted header, another format and a file that breaks off", () => {
  const refusals = {
    "Model,Score\na,1\n": "record 1: header lacks Model version, ECI Score",
    "<html><body>gone</body></html>": "record 1: an HTML or XML page: header lacks Model version, ECI Score",
    "": "record 1: an empty text: header lacks Model version, ECI Score",
    "Model version,ECI Score\n": "record 2: a header and nothing below it",
    "Model version,ECI Score,ECI Score\na,1,2\n": "record 1: header names ECI Score twice",
    "Model version,ECI Score\na,150\nb": "record 3: the text breaks off",
    'Model version,ECI Score,Notes\na,150,"x\ny': "record 2: the text breaks off",
    "Model version,ECI Score\na,\nb,\n": "record 2 a: blank score; nothing could be read (2 rejected)",
  };
  for (const [payload, detail] of Object.entries(refusals))
    expect(refusalOf(parseEpoch(payload, ORIGIN, "eci"))).toBe(`source file.csv: ${detail}`);
});

test("parseEpoch() rejects a record with too few cells, whose values may stand in the wrong columns", () => {
  const csv = "Model version,mean_score,stderr\na,0.5\nb,0.5,0.1\n";
  const { rows, rejected } = parsed(parseEpoch(csv, ORIGIN, "chess_puzzles"));
  expect(rows.map((row) => row.name)).toEqual(["b"]);
  expect(rejected).toEqual([
    { place: "record 2 a", reason: "2 cells under 3 columns: which are missing is not known" },
  ]);
});
