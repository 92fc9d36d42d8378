import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { Json } from "../shared/base/canonical-json.ts";
import { resolveAgent } from "../shared/policy/governance/resolve-agent.ts";
import { parseVectorFile, runVector } from "../shared/policy/governance/run-vector.ts";
import { parseRoutingFile, validateRouting } from "../shared/policy/governance/validate-routing.ts";
import { runMain, UsageError } from "./host/usage-error.ts";

/** Checks and asks routing files. Status 1: a file is not valid, an agent unknown or a vector failed; 2: the command line. */
const USAGE = `Usage: npm run governance -- validate FILE
       npm run governance -- resolve AGENT TIER [--file FILE] [--auto]
       npm run governance -- vectors FILE
  TIER    TRIVIAL, SMALL, MEDIUM or LARGE; "-" while none is known
  --file  a routing file (the shipped roles where it is left out)
  --auto  ask in auto mode, where the answer is advice`;

const SHIPPED = join(import.meta.dirname, "../shared/data/default-governance.json");

const COMMANDS: Readonly<
  Record<string, { readonly operands: number; readonly run: (...operands: string[]) => boolean }>
> = {
  validate: { operands: 1, run: validate },
  resolve: { operands: 2, run: resolve },
  vectors: { operands: 1, run: runVectors },
};

const { values, positionals } = readCommandLine(process.argv.slice(2));

await runMain(async () => {
  const [name = "", ...operands] = positionals;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) refuse(name === "" ? "a command is wanted." : `there is no command "${name}".`);
  if (operands.length !== command.operands) refuse(`${name} takes ${command.operands} operand(s).`);
  if (!command.run(...operands)) process.exitCode = 1;
});

function readCommandLine(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { file: { type: "string", default: SHIPPED }, auto: { type: "boolean", default: false } },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(says: string): never {
  console.error(`Cannot read the command line: ${says}\n${USAGE}`);
  process.exit(2);
}

function readJson(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${error instanceof Error ? error.message : error}`);
  }
}

function print(answer: unknown): void {
  console.log(JSON.stringify(answer, null, 2));
}

function validate(file = ""): boolean {
  const issues = validateRouting(readJson(file));
  print({ valid: issues.length === 0, issues });
  return issues.length === 0;
}

function resolve(agent = "", tier = ""): boolean {
  const file = parseRoutingFile(readJson(values.file));
  if (!file.ok) throw new UsageError("message" in file.fault ? file.fault.message : file.fault.kind);
  const mode = values.auto ? "auto" : "deterministic";
  const found = resolveAgent(file.value, { agent, tier: tier === "-" ? null : tier, mode });
  if (!found.ok)
    throw new UsageError(
      `Cannot resolve ${agent} at ${tier}: ${"what" in found.fault ? `unknown ${found.fault.what}` : found.fault.kind}.`,
    );
  print(found.value);
  return true;
}

function runVectors(file = ""): boolean {
  const parsed = parseVectorFile(readJson(file));
  if (!parsed.ok) throw new UsageError(`Cannot read ${file}: ${"detail" in parsed.fault ? parsed.fault.detail : ""}`);
  const base = readJson(join(dirname(file), parsed.value.baseFile));
  const results = parsed.value.vectors.map((vector) => ({ id: vector.id, says: runVector(base, vector) }));
  const failed = results.filter(({ says }) => says !== null);
  print({ passed: results.length - failed.length, failed });
  return failed.length === 0;
}
