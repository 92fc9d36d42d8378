import { expect, test } from "vitest";
import { livebenchFiles, parseLivebench } from "./livebench.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "livebench", release: "2026-01-08", retrieved: "2026-07-01" };
const CATEGORIES = JSON.stringify({ Coding: ["python", "typescript"], "Data Analysis": ["tablejoin"] });
const parse = (table: string, categories = CATEGORIES) => parseLivebench({ table, categories }, ORIGIN);

test("livebenchFiles() names the two files of a release", () => {
  expect(livebenchFiles("2026-01-08")).toEqual({
    table: "table_2026_01_08.csv",
    categories: "categories_2026_01_08.json",
  });
});

test("parseLivebench() averages a category's tasks under the release's key, with or without a final line break", () => {
  for (const end of ["", "\n", "\r\n"]) {
    const { rows, rejected } = parsed(parse(`model,python,tablejoin,typescript\nm-high,60.0,42.5,70.0${end}`));
    expect(rejected).toEqual([]);
    expect(rows.map(({ benchmark, value, release, date }) => [benchmark, value, release, date])).toEqual([
      ["livebench_coding", 65, "2026-01-08", "2026-01-08"],
      ["livebench_data_analysis", 42.5, "2026-01-08", "2026-01-08"],
    ]);
  }
});

test("parseLivebench() counts 0.0 as a score and a blank as none, and leaves that category out", () => {
  const { rows, rejected } = parsed(parse("model,python,tablejoin,typescript\na,0.0,0.0,0.0\nb,60.0,50.0,\n"));
  expect(rows.map(({ name, benchmark, value }) => [name, benchmark, value])).toEqual([
    ["a", "livebench_coding", 0],
    ["a", "livebench_data_analysis", 0],
    ["b", "livebench_data_analysis", 50],
  ]);
  expect(rejected).toEqual([{ place: "record 3 b: Coding", reason: "typescript is blank" }]);
});

test("parseLivebench() rejects a record that is short: its values may stand in the wrong columns", () => {
  const { rows, rejected } = parsed(parse("model,python,tablejoin,typescript\na,60.0,70.0\nb,1,2,3\n"));
  expect(new Set(rows.map((row) => row.name))).toEqual(new Set(["b"]));
  expect(rejected).toEqual([
    { place: "record 2 a", reason: "3 cells under 4 columns: which are missing is not known" },
  ]);
});

test("parseLivebench() rejects with place and reason odd values, a doubled model and a column of no category", () => {
  const table = "model,python,tablejoin,typescript,vibes\na,n/a,101,5,1\na,1,1,1,1\n,1,1,1,1\nc,1,2,3,4\n";
  const { rows, rejected } = parsed(parse(table));
  expect(rows.map((row) => row.name)).toEqual(["c", "c"]);
  expect(rejected.map(({ place, reason }) => `${place}: ${reason}`)).toEqual([
    "column vibes: in no category",
    "record 2 a: Coding: python is no number in 0..100",
    "record 2 a: Data Analysis: tablejoin is no number in 0..100",
    "record 3 a: the model is listed twice",
    "record 4: no model name",
  ]);
});

test("parseLivebench() refuses categories of another release, another shape, and a table that breaks off", () => {
  const table = "model,python,tablejoin,typescript\na,1,2,3\n";
  const refusals: readonly (readonly [string, string, string])[] = [
    [table, '{"Coding":["LCB_generation"]}', "source livebench: record 1: header lacks LCB_generation"],
    [table, "<html></html>", "source livebench (categories): $: an HTML or XML page instead of JSON"],
    [
      table,
      '{"Coding":["pyth',
      "source livebench (categories): $: a text that breaks off or is broken instead of JSON",
    ],
    [table, "[]", "source livebench: categories: expected an object of lists"],
    [table, "{}", "source livebench: categories: expected at least one"],
    [table, '{"Coding":[]}', "source livebench: categories: Coding: expected a list of task names"],
    [table, '{"Coding":["python",7]}', "source livebench: categories: Coding: expected a list of task names"],
    [`${table}b,4`, CATEGORIES, "source livebench: record 3: the text breaks off"],
    ["model,python,tablejoin,typescript\n", CATEGORIES, "source livebench: record 2: a header and nothing below it"],
    [
      "<html></html>",
      CATEGORIES,
      "source livebench: record 1: an HTML or XML page: header lacks model, python, typescript, tablejoin",
    ],
    [
      "model,python,tablejoin,typescript\na,,,\n",
      CATEGORIES,
      "source livebench: record 2 a: Coding: python is blank; nothing could be read (2 rejected)",
    ],
  ];
  for (const [csv, categories, refusal] of refusals) expect(refusalOf(parse(csv, categories))).toBe(refusal);
});
