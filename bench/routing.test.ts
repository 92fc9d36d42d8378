import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RoutingReport } from "./routing/report.ts";
import { TEXT_SETTINGS, toPolicyDigest } from "./routing/setting.ts";
import { MADE_MODELS, toMadePool } from "./routing/testing/made-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "routing-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DATA = join(import.meta.dirname, "../../shared/data/routing-bench");
const isAbsent = !existsSync(join(DATA, "open.swebench.jsonl"));
if (isAbsent) console.log(`routing.test: skipped the measured tasks, none under ${DATA}`);

function run(...args: readonly string[]) {
  const result = spawnSync(process.execPath, [join(import.meta.dirname, "routing.ts"), ...args], { encoding: "utf8" });
  return { status: result.status, out: result.stdout, error: result.stderr };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const toRows = (tasks: number): string =>
  toMadePool(tasks, 3)
    .tasks.map(({ id, prompt, runs }) => {
      const outcomes = MADE_MODELS.map(({ name }, m) => [name, [runs[m]?.solved, runs[m]?.costUsd, 9]] as const);
      return JSON.stringify({ id, prompt, outcomes: Object.fromEntries([...outcomes, ["flagged", [0, 1, 1]]]) });
    })
    .join("\n");

const models = JSON.stringify({
  models: [
    ...MADE_MODELS.map(({ name, theta, se, meanCostUsd }) => ({ model: name, theta, se, mean_cost: meanCostUsd })),
    { model: "flagged", theta: null, mean_cost: 1, flag: "made broken" },
  ],
});

const read = (out: string): RoutingReport => JSON.parse(out);

test("bench:routing classifies with the served model, picks from the pool and reports what must hold", () => {
  const args = ["--data", file("tasks.jsonl", toRows(40)), "--models", file("models.json", models)];
  const { status, out, error } = run(...args, "--json");
  expect([status, error]).toEqual([0, ""]);
  const report = read(out);
  expect(report).toMatchObject({
    tasks: 40,
    models: MADE_MODELS.length,
    policySha256: toPolicyDigest(),
    abilitiesFrom: "models file",
    dropped: [{ name: "flagged", reason: "made broken" }],
    holds: { onKeptHull: true, withinMarginOfFullHull: true, costRisesInValue: true },
  });
  expect(report.classifier.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(Object.values(report.labels.complexity).reduce((a, b) => a + b, 0)).toBe(40);
  expect(report.text.map(({ name }) => name)).toEqual(TEXT_SETTINGS.map(({ name }) => name));
  const names = report.text.flatMap(({ picks }) => picks.map(({ model }) => model));
  expect(new Set(names)).toEqual(new Set(["cheap", "strong"]));
  const { verifier, meanAttempts } = report.cascade.at(-1) ?? {};
  expect([verifier?.j, (meanAttempts ?? 0) > 1]).toEqual([0.8, true]);
  expect(read(run(...args, "--json").out)).toEqual(report);
  const lines = run(...args).out.split("\n");
  expect(lines[0]).toContain(toPolicyDigest());
  expect(lines).toContain("dropped    flagged: made broken");
  expect(lines.some((line) => line.startsWith("Text alone, "))).toBe(true);
});

test("bench:routing without models rates on half of the tasks", () => {
  const { status, out } = run("--data", file("half.jsonl", toRows(60)), "--json");
  expect(status).toBe(0);
  expect(read(out)).toMatchObject({ tasks: 30, abilitiesFrom: "other half of the tasks", models: 5 });
});

test("bench:routing ends with 2 on a bad command line and with 1 and the place on a bad file", () => {
  for (const args of [[], ["--data"], ["--data", ""], ["--data", "x", "--what"], ["x"]]) {
    const { status, out, error } = run(...args);
    expect([status, out]).toEqual([2, ""]);
    expect(error).toContain("usage: npm run bench:routing");
  }
  const good = file("good.jsonl", toRows(3));
  const bad: readonly (readonly [readonly string[], string])[] = [
    [["--data", join(folder, "none.jsonl")], "there is no such file"],
    [["--data", folder], "cannot be read"],
    [["--data", file("cut.jsonl", `${toRows(2)}\n{"id":`)], "line 3"],
    [["--data", good], "--models FILE.json"],
    [["--data", good, "--models", file("list.json", "[]")], "expected {models:"],
    [["--data", good, "--models", file("other.json", models.replaceAll('"model":"', '"model":"x-'))], "expected two"],
  ];
  for (const [args, says] of bad) {
    const { status, error, out } = run(...args, "--json");
    expect([status, out]).toEqual([1, ""]);
    expect(error).toContain(says);
    expect(error).not.toContain("    at ");
  }
});

test.skipIf(isAbsent)(
  "bench:routing holds on the measured tasks, and text alone gains about nothing",
  { timeout: 600_000 },
  () => {
    const [data, abilities] = [join(DATA, "open.swebench.jsonl"), join(DATA, "theta.open.json")];
    const report = read(run("--data", data, "--models", abilities, "--json").out);
    expect([report.tasks, report.models, report.dropped.map(({ name }) => name)]).toEqual([
      299,
      24,
      ["claude-3-7-sonnet-20250219"],
    ]);
    expect(report.holds).toEqual({
      noWorseThanMix: true,
      onKeptHull: true,
      withinMarginOfFullHull: true,
      costRisesInValue: true,
    });
    for (const { gain, picks } of report.text) {
      expect(Math.abs(gain.value)).toBeLessThan(0.03);
      expect(picks.every(({ onHull }) => onHull)).toBe(true);
    }
    const good = report.cascade.filter(({ verifier }) => (verifier?.j ?? 0) > 0.7);
    expect(good).toHaveLength(4);
    for (const { gain, control } of good) expect(gain.interval?.low).toBeGreaterThan(control.value);
  },
);
