import { expect, test } from "vitest";
import { parseAider } from "./aider.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "board.yml", release: "polyglot", retrieved: "2025-10-04" };
const run = (lines: string): string => `- dirname: x\n  ${lines.trim().split("\n").join("\n  ")}\n`;

test("parseAider() reads pass_rate_2 with its error, date and cost per case", () => {
  const { rows } = parsed(
    parseAider(run("model: a-1\npass_rate_2: 60.0\ntest_cases: 225\ndate: 2025-08-23\ntotal_cost: 4.5"), ORIGIN),
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    name: "a-1",
    value: 60,
    date: "2025-08-23",
    costUsdPerTask: 0.02,
    release: "polyglot",
  });
  expect(rows[0]?.stderr).toBeCloseTo(3.27, 2);
});

test("parseAider() treats a cost of zero as not recorded and adds an effort that stands apart from the name", () => {
  const { rows } = parsed(
    parseAider(run("model: a-1\npass_rate_2: 0\nreasoning_effort: high\ntotal_cost: 0.0"), ORIGIN),
  );
  expect(rows[0]).toMatchObject({ name: "a-1 (high)", value: 0, costUsdPerTask: null, date: null, stderr: null });
});

test("parseAider() keeps the newest run when one model is listed twice", () => {
  const older = run("model: a\npass_rate_2: 70\ndate: 2025-01-01");
  const newer = run("model: a\npass_rate_2: 65\ndate: 2025-02-01");
  for (const payload of [older + newer, newer + older]) {
    const { rows, rejected } = parsed(parseAider(payload, ORIGIN));
    expect(rows.map((row) => row.value)).toEqual([65]);
    expect(rejected.map((r) => r.reason)).toEqual(["superseded run of the same model"]);
  }
});

test("parseAider() rejects with place and reason a run without a name or a score", () => {
  const payload = [run("model: a\npass_rate_2: 7"), run("model: b\npass_rate_2:"), run("pass_rate_2: 3"), "- text\n"];
  const { rows, rejected } = parsed(parseAider(payload.join(""), ORIGIN));
  expect(rows.map((row) => row.name)).toEqual(["a"]);
  expect(rejected).toEqual([
    { place: "[1] b", reason: "no pass_rate_2 between 0 and 100" },
    { place: "[2]", reason: "no model name" },
    { place: "[3]", reason: "not an object" },
  ]);
});

test("parseAider() takes the score and the benchmark of the board it is told", () => {
  const payload = run("model: a\npass_rate_1: 40\npass_rate_2: 60");
  const scores = (["polyglot", "edit", "refactor"] as const).map((board) => {
    const [row] = parsed(parseAider(payload, ORIGIN, board)).rows;
    return [row?.benchmark, row?.value];
  });
  expect(scores).toEqual([
    ["aider_polyglot", 60],
    ["aider_edit", 60],
    ["aider_refactor", 40],
  ]);
});

test("parseAider() refuses, naming source and place, what is no list of runs, and a list of which nothing can be read", () => {
  for (const payload of ["a: [", "model: a", "", "[]", "<!DOCTYPE html><html><body>gone</body></html>"])
    expect(refusalOf(parseAider(payload, ORIGIN))).toMatch(/^source board\.yml: \$: /);
  expect(refusalOf(parseAider(run("name: a") + run("name: b"), ORIGIN))).toBe(
    "source board.yml: [0]: no model name; nothing could be read (2 rejected)",
  );
});

test("parseAider() refuses a board that breaks off inside its last run, and reads one that only lacks its last line break", () => {
  const whole =
    run("model: a\npass_rate_2: 60.5\ntotal_cost: 1.25") + run("model: b\npass_rate_2: 70.5\ntotal_cost: 2");
  expect(parsed(parseAider(whole.trimEnd(), ORIGIN)).rows).toHaveLength(2);
  expect(refusalOf(parseAider(whole.slice(0, whole.indexOf("70.5") + 1), ORIGIN))).toBe(
    "source board.yml: [1]: the text breaks off",
  );
});
