/**
 * What decide() is worth on tasks with the recorded outcome of every model: points above the random mix of the same
 * pool's hull at equal cost, beside plans dealt at random; hull membership; cost in V; cascades with simulated verdicts.
 * Run: npm run bench:routing -- --data FILE.jsonl [--models FILE.json] [--json]. docs/routing-bench.md says how to read it.
 * Status 2 for arguments that cannot be read, 1 for input that does not fit.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BUNDLED_MODEL_SOURCE, toBundledFolder } from "../scripts/eval/bundled-folder.ts";
import type { LinesFile } from "../scripts/eval/json-lines.ts";
import { loadModel } from "../scripts/eval/load-model.ts";
import type { Result } from "../shared/base/result.ts";
import { fail, ok } from "../shared/base/result.ts";
import type { Classification } from "../shared/task/classification.ts";
import { toTaskText } from "../shared/task/task.ts";
import { parseModels } from "./routing/bench-models.ts";
import { parseTasks } from "./routing/bench-task.ts";
import { describeFault } from "./routing/describe-fault.ts";
import { parseOptions, type RoutingOptions, USAGE } from "./routing/options.ts";
import { type Pool, toPool } from "./routing/pool.ts";
import { toJson, toLines } from "./routing/print-report.ts";
import { type ReportInput, type RoutingReport, toReport } from "./routing/report.ts";
import { toPolicyDigest } from "./routing/setting.ts";

const ROOT = join(import.meta.dirname, "..");

function readFile(name: string): Result<LinesFile> {
  try {
    return ok({ name, text: readFileSync(name, "utf8") });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const detail = code === "ENOENT" ? "there is no such file" : `cannot be read (${code})`;
    return fail({ kind: "malformed_data", what: name, detail });
  }
}

function readPool({ data, models }: RoutingOptions): Result<Pool> {
  const dataFile = readFile(data);
  if (!dataFile.ok) return dataFile;
  const tasks = parseTasks(dataFile.value);
  if (!tasks.ok) return tasks;
  if (models === null) return toPool(tasks.value, null);
  const modelsFile = readFile(models);
  if (!modelsFile.ok) return modelsFile;
  const list = parseModels(modelsFile.value);
  return list.ok ? toPool(tasks.value, list.value) : list;
}

/** Every prompt through the engine and the model that the router serves. */
async function classifyAll(
  prompts: readonly string[],
): Promise<Result<Pick<ReportInput, "classifications" | "classifier">>> {
  const folder = toBundledFolder(readFileSync(join(ROOT, BUNDLED_MODEL_SOURCE), "utf8"));
  if (!folder.ok) return folder;
  const model = await loadModel(join(ROOT, folder.value), "onnx");
  if (!model.ok) return model;
  const classifications: Classification[] = [];
  for (const task of prompts) {
    const answer = await model.value.classifier.classify([toTaskText({ task })]);
    if (!answer.ok) return answer;
    classifications.push(...answer.value);
  }
  return ok({ classifications, classifier: model.value.identity });
}

async function run(options: RoutingOptions): Promise<Result<RoutingReport>> {
  const pool = readPool(options);
  if (!pool.ok) return pool;
  const classified = await classifyAll(pool.value.tasks.map(({ prompt }) => prompt));
  if (!classified.ok) return classified;
  return ok(toReport({ data: options.data, pool: pool.value, ...classified.value }));
}

const options = parseOptions(process.argv.slice(2));
if (!options.ok) {
  console.error(`${describeFault(options.fault)}\n${USAGE}`);
  process.exit(2);
}
// Said before any outcome is read, so that a policy changed after a look at them shows.
if (!options.value.json) console.log(`policy digest before reading the data: ${toPolicyDigest()}`);
const report = await run(options.value);
if (!report.ok) {
  console.error(describeFault(report.fault));
  process.exit(1);
}
console.log(options.value.json ? toJson(report.value) : toLines(report.value).join("\n"));
