import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CascadeReport } from "./cascade/report.ts";
import { MADE_MODELS, toMadePool } from "./routing/testing/made-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "cascade-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DATA = join(import.meta.dirname, "../../shared/data/routing-bench/open.swebench.jsonl");
const isAbsent = !existsSync(DATA);
if (isAbsent) console.log(`cascade.test: skipped the measured tasks, no ${DATA}`);

function run(...args: readonly string[]) {
  const result = spawnSync(process.execPath, [join(import.meta.dirname, "cascade.ts"), ...args], { encoding: "utf8" });
  return { status: result.status, out: result.stdout, error: result.stderr };
}

function file(name: string, tasks: number): string {
  const path = join(folder, name);
  const rows = toMadePool(tasks, 3).tasks.map(({ id, prompt, runs }) => {
    const outcomes = MADE_MODELS.map(({ name: model }, m) => [model, [runs[m]?.solved, runs[m]?.costUsd, 9]] as const);
    return JSON.stringify({ id, prompt, outcomes: Object.fromEntries(outcomes) });
  });
  writeFileSync(path, rows.join("\n"));
  return path;
}

const read = (out: string): CascadeReport => JSON.parse(out);

test("bench:cascade replays the rule on any pool, a better judge gains more, and two runs say the same", {
  timeout: 300_000,
}, () => {
  const data = file("tasks.jsonl", 240);
  const { status, out, error } = run("--data", data, "--json");
  expect([status, error]).toEqual([0, ""]);
  const report = read(out);
  expect(report).toMatchObject({
    tasks: 240,
    chains: [
      ["cheap", "strong"],
      ["cheap", "strong"],
    ],
  });
  const plain = report.rules.filter(({ rule, verifier }) => rule === "plain" && verifier.startsWith("J "));
  const gains = plain.map(({ aboveChance }) => aboveChance.value);
  expect(gains).toEqual([...gains].sort((a, b) => a - b));
  expect(report.atCost.map(({ models }) => models)).toEqual([[]]);
  expect(read(run("--data", data, "--json").out)).toEqual(report);
  expect(run("--data", data).out).toContain("by expected value on calibrated scores");
});

test("bench:cascade ends with 2 on a bad command line and with 1 and the reason on a bad file", () => {
  for (const args of [[], ["--data"], ["--data", "x", "--what"]])
    expect(run(...args)).toMatchObject({ status: 2, out: "" });
  for (const [path, says] of [
    [join(folder, "none"), "no such file"],
    [file("few.jsonl", 50), "at least 200"],
  ] as const) {
    const { status, error } = run("--data", path);
    expect(status).toBe(1);
    expect(error).toContain(says);
    expect(error).not.toContain("    at ");
  }
});

test.skipIf(isAbsent)(
  "bench:cascade meets the reference gains on the measured tasks, and judges of difficulty do not",
  { timeout: 300_000 },
  () => {
    const report = read(run("--data", DATA, "--json").out);
    expect([report.tasks, report.atCost.map(({ models }) => models.length)]).toEqual([299, [2, 3]]);
    const compared = report.atCost
      .flatMap(({ rows }) => rows)
      .flatMap(({ difference }) => (difference === null ? [] : [difference]));
    expect(compared).toHaveLength(6);
    for (const { interval } of compared) {
      expect(interval?.low).toBeLessThan(0);
      expect(interval?.high).toBeGreaterThan(0);
    }
    for (const { verifier, aboveMix, aboveChance } of report.rules) {
      if (verifier === "J 0.8")
        expect(Math.min(aboveMix.interval?.low ?? 0, aboveChance.interval?.low ?? 0)).toBeGreaterThan(0.02);
      if (verifier.endsWith(", difficulty")) expect(aboveMix.interval?.high).toBeLessThan(0);
    }
  },
);
