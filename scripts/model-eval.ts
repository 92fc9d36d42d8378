/**
 * Scores a model folder on labelled prompts through the router's own classifier and prints what it found; --json prints
 * one object with everything. Exit code 2 for arguments that cannot be read, 1 for input that does not fit.
 */
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Fault } from "../shared/base/fault.ts";
import type { Result } from "../shared/base/result.ts";
import { fail, ok } from "../shared/base/result.ts";
import { BUNDLED_MODEL_SOURCE, toBundledFolder } from "./eval/bundled-folder.ts";
import { type EvalReport, evaluate } from "./eval/evaluate.ts";
import type { LinesFile } from "./eval/json-lines.ts";
import { loadModel } from "./eval/load-model.ts";
import { type EvalOptions, parseOptions, USAGE } from "./eval/options.ts";
import { parseCategories, parseNoise, parseSteering } from "./eval/parse-changes.ts";
import { parseRows } from "./eval/parse-rows.ts";
import { toJson, toLines } from "./eval/print-report.ts";
import { watchWasmMemory } from "./eval/wasm-memory.ts";

const ROOT = join(import.meta.dirname, "..");

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

function readWith<T>(path: string, parse: (file: LinesFile) => Result<T>): Result<T> {
  if (!existsSync(path)) return fail({ kind: "not_found", what: "file", id: path });
  return parse({ name: path, text: readFileSync(path, "utf8") });
}

/** The folder that is named, else the one in the router's bundle. */
function toFolder(model: string | null): Result<string> {
  if (model !== null) return ok(model);
  const bundled = toBundledFolder(readFileSync(join(ROOT, BUNDLED_MODEL_SOURCE), "utf8"));
  return bundled.ok ? ok(relative(process.cwd(), join(ROOT, bundled.value))) : bundled;
}

async function run(options: EvalOptions): Promise<Result<EvalReport>> {
  const rows = readWith(options.data, parseRows);
  if (!rows.ok) return rows;
  const noise = options.noise === null ? ok(null) : readWith(options.noise, parseNoise);
  if (!noise.ok) return noise;
  const steering = options.steering === null ? ok(null) : readWith(options.steering, parseSteering);
  if (!steering.ok) return steering;
  const freeTexts = options.categories === null ? ok(null) : readWith(options.categories, parseCategories);
  if (!freeTexts.ok) return freeTexts;
  const folder = toFolder(options.model);
  if (!folder.ok) return folder;
  const wasmMemoryBytes = watchWasmMemory();
  const model = await loadModel(folder.value, options.engine);
  if (!model.ok) return model;
  const texts = { rows: rows.value, noise: noise.value, steering: steering.value, freeTexts: freeTexts.value };
  const { engine, data } = options;
  return evaluate({ ...texts, model: model.value, folder: folder.value, engine, data, cpuMs, wasmMemoryBytes });
}

function describe(fault: Fault): string {
  if (fault.kind === "malformed_data") return `Cannot read ${fault.what}: ${fault.detail}`;
  if (fault.kind === "not_found") return `Cannot find ${fault.what} ${fault.id}`;
  return "message" in fault ? fault.message : JSON.stringify(fault);
}

async function main(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv);
  if (!options.ok) {
    console.error(`${describe(options.fault)}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const report = await run(options.value);
  if (!report.ok) {
    console.error(describe(report.fault));
    process.exitCode = 1;
    return;
  }
  console.log(options.value.json ? toJson(report.value) : toLines(report.value).join("\n"));
}

if (import.meta.main) await main(process.argv.slice(2));
