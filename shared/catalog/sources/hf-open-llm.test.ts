import { expect, test } from "vitest";
import { parseHfOpenLlm, parseHfOpenLlmCsv } from "./hf-open-llm.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "contents", release: "v2", retrieved: "2025-02-12" };
const run = (over: object = {}): object => ({
  eval_name: "lab_one_bfloat16",
  Precision: "bfloat16",
  Model: '<a href="https://huggingface.co/lab/one">lab/one</a>',
  fullname: "lab/one",
  "Average ⬆️": 20,
  "Hub ❤️": 3,
  Flagged: false,
  "CO₂ cost (kg)": 0.6,
  "IFEval Raw": 0.33,
  IFEval: 33,
  "BBH Raw": 0.35,
  BBH: 10,
  "MATH Lvl 5 Raw": 0,
  "MATH Lvl 5": 0,
  "GPQA Raw": 0.26,
  GPQA: 1.2,
  "MUSR Raw": 0.38,
  MUSR: 5.8,
  "MMLU-PRO Raw": 0.11,
  "MMLU-PRO": 1.8,
  "Submission Date": "2024-08-05",
  ...over,
});
const page = (rows: readonly object[], over: object = {}): string =>
  JSON.stringify({
    features: [],
    rows: rows.map((row, row_idx) => ({ row_idx, row, truncated_cells: [] })),
    num_rows_total: rows.length,
    ...over,
  });

test("parseHfOpenLlm() reads the six rescaled scores as benchmarks of their own, 0 included", () => {
  const parse = parsed(parseHfOpenLlm(page([run()], { num_rows_total: 3827 }), ORIGIN));
  expect(parse.rows.map(({ benchmark, value }) => [benchmark, value])).toEqual([
    ["hf_ifeval", 33],
    ["hf_bbh", 10],
    ["hf_math_lvl_5", 0],
    ["hf_gpqa", 1.2],
    ["hf_musr", 5.8],
    ["hf_mmlu_pro", 1.8],
  ]);
  expect(parse.rows[0]).toMatchObject({ source: "hf_open_llm", name: "lab/one", date: "2024-08-05", release: "v2" });
  expect([parse.rowCount, parse.totalCount, parse.rejected]).toEqual([1, 3827, []]);
});

test("parseHfOpenLlm() counts a model once: its newest submission, of one day the better", () => {
  const rows = [
    run({ BBH: 40, "Submission Date": "2024-08-04" }),
    run({ BBH: 11 }),
    run({ BBH: 12 }),
    run({ fullname: "lab/two" }),
  ];
  const { rows: read, rejected } = parsed(parseHfOpenLlm(page(rows), ORIGIN));
  expect(read.filter((row) => row.benchmark === "hf_bbh").map((row) => row.value)).toEqual([12, 10]);
  expect(rejected).toEqual([
    { place: "rows[0] lab/one", reason: "superseded run of the same model" },
    { place: "rows[1] lab/one", reason: "superseded run of the same model" },
  ]);
});

test("parseHfOpenLlm() rejects with place and reason flagged runs, nameless ones and each missing score", () => {
  const rows = [
    run({ Flagged: true }),
    run({ fullname: null }),
    run({ GPQA: null, MUSR: 101 }),
    run({ fullname: "lab/two", "Average ⬆️": undefined, "Hub ❤️": null }),
  ];
  const { rows: read, rejected } = parsed(parseHfOpenLlm(page(rows), ORIGIN));
  expect(read).toHaveLength(10);
  expect(rejected).toEqual([
    { place: "rows[0] lab/one", reason: "flagged by the board" },
    { place: "rows[1]", reason: "no fullname" },
    { place: "rows[2] lab/one", reason: "GPQA is no number in 0..100" },
    { place: "rows[2] lab/one", reason: "MUSR is no number in 0..100" },
  ]);
});

test("parseHfOpenLlm() refuses, naming source and place, another shape and a page of which nothing can be read", () => {
  const refusals = {
    "<html></html>": "$: an HTML or XML page instead of JSON",
    [page([run()]).slice(0, -30)]: "$: a text that breaks off or is broken instead of JSON",
    '{"error":"not found"}': "rows: expected a list of rows",
    "[]": "rows: expected a list of rows",
    [page([])]: "rows: an empty list of rows",
    [page([{ model: "lab/one" }])]: "rows[0]: no fullname; nothing could be read (1 rejected)",
  };
  for (const [payload, detail] of Object.entries(refusals))
    expect(refusalOf(parseHfOpenLlm(payload, ORIGIN))).toBe(`source contents: ${detail}`);
});

test("parseHfOpenLlm() takes a flagged run that is alone on the last page for no drift", () => {
  const parse = parsed(parseHfOpenLlm(page([run({ Flagged: true })], { num_rows_total: 3801 }), ORIGIN));
  expect([parse.rows.length, parse.rejected.length]).toEqual([0, 1]);
});

const COLUMNS = [
  "",
  "fullname",
  "Flagged",
  "IFEval",
  "BBH",
  "MATH Lvl 5",
  "GPQA",
  "MUSR",
  "MMLU-PRO",
  "Submission Date",
];

test("parseHfOpenLlmCsv() reads the same contents as a table, where a blank cell is no score", () => {
  const lines = ["0,lab/one,False,33.0,10.0,0.0,,5.8,1.8,2024-08-05", "1,lab/two,True,1,1,1,1,1,1,2024-08-05"];
  const { rows, rejected } = parsed(parseHfOpenLlmCsv([COLUMNS.join(","), ...lines, ""].join("\n"), ORIGIN));
  expect(rows.map(({ benchmark, value }) => [benchmark, value])).toEqual([
    ["hf_ifeval", 33],
    ["hf_bbh", 10],
    ["hf_math_lvl_5", 0],
    ["hf_musr", 5.8],
    ["hf_mmlu_pro", 1.8],
  ]);
  expect(rejected).toEqual([
    { place: "record 2 lab/one", reason: "GPQA is no number in 0..100" },
    { place: "record 3 lab/two", reason: "flagged by the board" },
  ]);
  expect(refusalOf(parseHfOpenLlmCsv(`${COLUMNS.join(",")}\n0,lab/one,Fal`, ORIGIN))).toContain(
    "record 2: the text breaks off",
  );
});
