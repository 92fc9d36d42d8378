import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BUNDLED_MODEL_SOURCE, toBundledFolder } from "./bundled-folder.ts";
import type { EvalRow } from "./eval-row.ts";
import { type EvalReport, type EvaluateInput, evaluate } from "./evaluate.ts";
import { loadModel } from "./load-model.ts";
import type { CategoryRow } from "./parse-changes.ts";
import { toJson, toLines } from "./print-report.ts";
import { watchWasmMemory } from "./wasm-memory.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOREIGN = join(ROOT, "tests/fixtures/contract-graph");
const bundled = toBundledFolder(readFileSync(join(ROOT, BUNDLED_MODEL_SOURCE), "utf8"));
const BUNDLED = join(ROOT, bundled.ok ? bundled.value : "");
const scratch = mkdtempSync(join(tmpdir(), "model-eval-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const KINDS = ["real_prompt", "work_item", "written"];
const ROWS: readonly EvalRow[] = Array.from({ length: 45 }, (_, i) => ({
  text: `${i % 2 === 0 ? "fix the crash" : "explain the retry policy"} of module ${i} ${"again and ".repeat(i)}`,
  labels: {
    task_type: i % 2 === 0 ? "bugfix" : "exploration",
    complexity: i % 3 === 0 ? "hard" : "easy",
    risk: i % 5 === 0 ? "high" : "low",
  },
  scores: { reasoning_depth: (i % 10) / 10, reversal_cost: 0.5 },
  outOfScope: i % 9 === 0,
  category: "coding",
  kind: KINDS[i % 3] ?? null,
  source: `source ${i % 7}`,
  firstTurn: i % 3 === 0,
}));

const NOISE = ROWS.slice(0, 10).map(({ text }, i) => ({
  id: `${i}`,
  text,
  variants: Array.from({ length: 12 }, (_, k) => ({ kind: `kind ${k}`, text: k === 0 ? text : `${text} ${k}` })),
}));
const STEERING = Array.from({ length: 30 }, (_, i) => ({
  base: "fix it",
  text: `fix it ${i}`,
  technique: `way ${i % 15}`,
}));

const FREE_TEXTS: readonly CategoryRow[] = [
  { text: "a sonnet about rust, the oxide", category: "creative" },
  { text: "rename the helper in src/a.ts", category: "coding" },
];

/** A clock of one millisecond a look. */
function makeClock(): () => number {
  let now = 0;
  return () => {
    now += 1;
    return now;
  };
}

async function run(
  folder: string,
  engine: "onnx" | "fallback",
  over: Partial<EvaluateInput> = {},
): Promise<EvalReport> {
  const wasmMemoryBytes = watchWasmMemory();
  const model = await loadModel(folder, engine);
  if (!model.ok) throw new Error(JSON.stringify(model.fault));
  const input = {
    model: model.value,
    folder,
    engine,
    data: "made",
    rows: ROWS,
    noise: NOISE,
    steering: STEERING,
    freeTexts: FREE_TEXTS,
  };
  const report = await evaluate({ ...input, cpuMs: makeClock(), wasmMemoryBytes, ...over });
  if (!report.ok) throw new Error(JSON.stringify(report.fault));
  return report.value;
}

describe("evaluate()", () => {
  it("scores a raw export of the reference's shape, and the printed report has fewer than 80 lines", async () => {
    const report = await run(FOREIGN, "onnx");
    expect(report.model).toMatchObject({
      name: "contract-graph",
      kind: "foreign",
      weightsFile: "spawn_router.int8.onnx",
    });
    expect(report.wasmMemoryBytes).toBeGreaterThan(2 ** 20);
    expect(report.meanCpuMs).toBe(1);
    expect(report.slices.map(({ rows }) => rows).slice(0, 6)).toEqual([45, 15, 15, 15, 30, 15]);
    expect(report.slices[0]?.highRisk.prevalence).toMatchObject({ count: 9, of: 45 });
    expect(report.slices[0]?.accuracy.complexity.majority).toBeCloseTo(30 / 45, 12);
    expect(report.noise?.unchanged.find(({ kind }) => kind === "kind 0")?.shares.all.share).toBe(1);
    expect(report.steering?.flips).toHaveLength(16);
    expect(report.freeTexts?.category?.accuracy.of).toBe(2);
    expect(report.freeTexts?.outOfScope?.rows).toBe(2);
    const lines = toLines(report);
    expect(lines.length).toBeGreaterThan(60);
    expect(lines.length).toBeLessThan(80);
  });

  it("gives the same figures twice, and JSON that can be read back", async () => {
    const [one, two] = [await run(FOREIGN, "onnx"), await run(FOREIGN, "onnx")];
    expect(toJson({ ...one, wasmMemoryBytes: 0 })).toBe(toJson({ ...two, wasmMemoryBytes: 0 }));
    const slices: unknown = JSON.parse(toJson(one)).slices;
    expect(slices).toHaveLength(one.slices.length);
  });

  it("scores the bundled model by either engine", async () => {
    const without = { noise: null, steering: null, freeTexts: null };
    const [onnx, fallback] = [await run(BUNDLED, "onnx", without), await run(BUNDLED, "fallback", without)];
    expect(onnx).toMatchObject({ engine: "onnx", noise: null, steering: null });
    expect(onnx.size.servedBytes).toBeLessThan(onnx.size.folderBytes);
    expect(fallback).toMatchObject({ engine: "fallback", model: { name: onnx.model.name } });
    expect(fallback.model.sha256).not.toBe(onnx.model.sha256);
    expect(fallback.slices[0]?.accuracy.unified.value).toBeGreaterThan(0);
  });
});

describe("loadModel()", () => {
  it.each([
    ["a config", "model_config.json", null, { kind: "malformed_data", what: "model folder" }],
    ["a graph", "spawn_router.int8.onnx", null, { kind: "malformed_data" }],
    [
      "temperatures that fit",
      "temperature_scaling.json",
      "{}",
      { kind: "malformed_data", what: "temperature_scaling" },
    ],
  ])("is a fault for a folder without %s", async (_, file, content, fault) => {
    const folder = join(scratch, file);
    cpSync(FOREIGN, folder, { recursive: true });
    if (content === null) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), content);
    const loaded = await loadModel(folder, "onnx");
    expect(loaded).toMatchObject({ ok: false, fault });
  });

  it("refuses a graph whose digest is not the stated one", async () => {
    const folder = join(scratch, "digest");
    cpSync(BUNDLED, folder, { recursive: true });
    for (const name of readdirSync(folder)) if (/\.(ort|onnx)$/.test(name)) writeFileSync(join(folder, name), "x");
    const loaded = await loadModel(folder, "onnx");
    expect(loaded).toMatchObject({ ok: false, fault: { detail: expect.stringContaining("stated") } });
  });

  it("refuses the plain engine for a folder without its weights", async () => {
    expect(await loadModel(FOREIGN, "fallback")).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });
});
