/**
 * What the escalation rule of a cascade is worth on tasks with the recorded outcome of every model: the engine's own
 * rule on simulated judges, beside the best fixed pick, the random mix of the hull and escalation by chance.
 * Run: npm run bench:cascade -- --data FILE.jsonl [--json].
 * Status 2 for arguments that cannot be read, 1 for input that does not fit.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Result } from "../shared/base/result.ts";
import { fail, ok } from "../shared/base/result.ts";
import { type CascadeReport, toJson, toLines, toReport } from "./cascade/report.ts";
import { parseTasks } from "./routing/bench-task.ts";
import { describeFault } from "./routing/describe-fault.ts";
import { toWholePool } from "./routing/pool.ts";

const USAGE = `usage: npm run bench:cascade -- --data FILE.jsonl [--json]
  --data  one task a line: {id, prompt, outcomes: {MODEL: [resolved 0 or 1, cost in USD, API calls]}}
  --json  one JSON object with everything`;

interface CascadeOptions {
  readonly data: string;
  readonly json: boolean;
}

function parseOptions(argv: readonly string[]): Result<CascadeOptions> {
  const refuse = (message: string) => fail({ kind: "invalid_param", field: "arguments", message } as const);
  try {
    const { data, json } = parseArgs({
      args: [...argv],
      options: { data: { type: "string" }, json: { type: "boolean" } },
      strict: true,
      allowPositionals: false,
    }).values;
    return data === undefined || data === ""
      ? refuse("--data FILE.jsonl is missing")
      : ok({ data, json: json ?? false });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function run({ data }: CascadeOptions): Result<CascadeReport> {
  let text: string;
  try {
    text = readFileSync(data, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const detail = code === "ENOENT" ? "there is no such file" : `cannot be read (${code})`;
    return fail({ kind: "malformed_data", what: data, detail });
  }
  const tasks = parseTasks({ name: data, text });
  if (!tasks.ok) return tasks;
  const pool = toWholePool(tasks.value);
  return pool.ok ? toReport(data, pool.value) : pool;
}

const options = parseOptions(process.argv.slice(2));
if (!options.ok) {
  console.error(`${describeFault(options.fault)}\n${USAGE}`);
  process.exit(2);
}
const report = run(options.value);
if (!report.ok) {
  console.error(describeFault(report.fault));
  process.exit(1);
}
console.log(options.value.json ? toJson(report.value) : toLines(report.value).join("\n"));
