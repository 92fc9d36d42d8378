import { expect, test } from "vitest";
import { parseEpoch } from "./epoch.ts";
import type { SourceOrigin } from "./source.ts";

const ORIGIN: SourceOrigin = { name: "file.csv", release: "2026-01", retrieved: "2026-01-24" };

test("parseEpoch() reads quoted cells that hold commas and line breaks", () => {
  const csv =
    'Model version,mean_score,Release date,Notes,stderr,Started at\nm-1_high,0.5,2025-01-01,"a, b\nc",0.02,2025-02-03T04:05:06Z\n';
  expect(parseEpoch(csv, ORIGIN, "gpqa_diamond").rows).toEqual([
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
  const { rows, rejected } = parseEpoch(csv, ORIGIN, "frontiermath");
  expect(rows.map((row) => [row.name, row.value])).toEqual([["a", 0]]);
  expect(rejected.map((r) => r.place)).toEqual(["record 3 b", "record 4 c", "record 5 d", "record 6"]);
  expect(rejected[0]?.reason).toBe("blank score");
});

test("parseEpoch() counts the index once a model when variants repeat it", () => {
  const csv = "Model version,ECI Score\ngpt-5_high,150\ngpt-5_low,150\nclaude_16K,149\n";
  const { rows, rejected } = parseEpoch(csv, ORIGIN, "eci");
  expect(rows.map((row) => row.name)).toEqual(["gpt-5", "claude"]);
  expect(rejected).toEqual([{ place: "gpt-5_low", reason: "repeats the model's index for a variant" }]);
});

test("parseEpoch() rejects the file and names the column when the header drifted", () => {
  const { rows, rejected } = parseEpoch("Model,Score\na,1\n", ORIGIN, "eci");
  expect(rows).toEqual([]);
  expect(rejected).toEqual([{ place: "file.csv", reason: "header lacks Model version, ECI Score" }]);
});
