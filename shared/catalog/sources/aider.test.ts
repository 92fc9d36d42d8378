import { expect, test } from "vitest";
import { parseAider } from "./aider.ts";
import type { SourceOrigin } from "./source.ts";

const ORIGIN: SourceOrigin = { name: "board.yml", release: "polyglot", retrieved: "2025-10-04" };
const run = (lines: string): string => `- dirname: x\n  ${lines.trim().split("\n").join("\n  ")}\n`;

test("parseAider() reads pass_rate_2 with its error, date and cost per case", () => {
  const { rows } = parseAider(
    run("model: a-1\npass_rate_2: 60.0\ntest_cases: 225\ndate: 2025-08-23\ntotal_cost: 4.5"),
    ORIGIN,
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
  const { rows } = parseAider(run("model: a-1\npass_rate_2: 0\nreasoning_effort: high\ntotal_cost: 0.0"), ORIGIN);
  expect(rows[0]).toMatchObject({ name: "a-1 (high)", value: 0, costUsdPerTask: null, date: null, stderr: null });
});

test("parseAider() keeps the newest run when one model is listed twice", () => {
  const older = run("model: a\npass_rate_2: 70\ndate: 2025-01-01");
  const newer = run("model: a\npass_rate_2: 65\ndate: 2025-02-01");
  for (const payload of [older + newer, newer + older]) {
    const { rows, rejected } = parseAider(payload, ORIGIN);
    expect(rows.map((row) => row.value)).toEqual([65]);
    expect(rejected.map((r) => r.reason)).toEqual(["superseded run of the same model"]);
  }
});

test("parseAider() rejects runs without a score and payloads that are no list", () => {
  expect(parseAider(run("model: a\npass_rate_2:"), ORIGIN).rejected[0]?.reason).toContain("pass_rate_2");
  expect(parseAider(run("pass_rate_2: 3"), ORIGIN).rejected[0]?.reason).toBe("no model name");
  expect(parseAider("a: [", ORIGIN).rejected).toHaveLength(1);
  expect(parseAider("model: a", ORIGIN).rejected).toHaveLength(1);
});
