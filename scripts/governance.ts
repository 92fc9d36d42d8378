import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import { parseArgs } from "node:util";
import type { Json } from "../shared/base/canonical-json.ts";
import { parseCatalog } from "../shared/catalog/parse-catalog.ts";
import { toCatalogCosts } from "../shared/policy/governance/catalog-costs.ts";
import { checkContract } from "../shared/policy/governance/check-contract.ts";
import { type AgentSource, checkDrift, toFingerprint } from "../shared/policy/governance/check-drift.ts";
import { type AgentText, checkResources } from "../shared/policy/governance/check-resources.ts";
import type { CostOf } from "../shared/policy/governance/cost-tier.ts";
import { diffGovernance } from "../shared/policy/governance/diff-governance.ts";
import { findCapped } from "../shared/policy/governance/find-capped.ts";
import { PAYLOAD_TARGETS } from "../shared/policy/governance/payload-fields.ts";
import { resolveAgent } from "../shared/policy/governance/resolve-agent.ts";
import { AGENT_FILE_SUFFIX, COMPLEXITY_TIERS, type RoutingFile } from "../shared/policy/governance/routing-file.ts";
import { baseOf, parseVectorFile, runVector } from "../shared/policy/governance/run-vector.ts";
import { parseRoutingFile, validateRouting } from "../shared/policy/governance/validate-routing.ts";
import { findJsonProblem, type JsonProblem } from "../workers/platform/json-scan.ts";
import { JSON_DEPTH_LIMIT } from "../workers/platform/read-json-body.ts";
import { runMain, UsageError } from "./host/usage-error.ts";

/** Checks and asks routing files. Status 1: a file is not valid, an agent unknown or a vector failed; 2: the command line. */
const USAGE = `Usage: npm run governance -- validate FILE
       npm run governance -- resolve AGENT TIER [--file FILE] [--auto]
       npm run governance -- vectors FILE
       npm run governance -- diff BEFORE AFTER
       npm run governance -- drift FILE [AGENTS_DIR] [--schema FILE] [--cases FILE] [--fingerprint HEX]
  TIER    TRIVIAL, SMALL, MEDIUM or LARGE; "-" while none is known
  --file  a routing file (the shipped roles where it is left out)
  --auto  ask in auto mode, where the answer is advice
  AGENTS_DIR     a folder of ${AGENT_FILE_SUFFIX} files: their headers, and the files their text links to
  --schema       a JSON schema of the delegation payload, held against the contract and the roster
  --cases        a JSON list of the names of the delegation cases that are tried
  --fingerprint  SHA-256 of the file's structure as drift printed it before
Costs are those of the shipped catalogue.`;

const DATA = join(import.meta.dirname, "../shared/data");
const SHIPPED = join(DATA, "default-governance.json");

const PROBLEMS: Readonly<Record<JsonProblem, string>> = {
  too_deep: "it is nested too deeply",
  duplicate_key: "an object holds the same key twice, and only one of them would count",
  forbidden_key: 'the key "__proto__" is not taken',
};

const COMMANDS: Readonly<
  Record<string, { readonly operands: readonly number[]; readonly run: (...operands: string[]) => boolean }>
> = {
  validate: { operands: [1], run: validate },
  resolve: { operands: [2], run: resolve },
  vectors: { operands: [1], run: runVectors },
  diff: { operands: [2], run: diff },
  drift: { operands: [1, 2], run: drift },
};

const { values, positionals } = readCommandLine(process.argv.slice(2));

await runMain(async () => {
  const [name = "", ...operands] = positionals;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) refuse(name === "" ? "a command is wanted." : `there is no command "${name}".`);
  if (!command.operands.includes(operands.length)) refuse(`${name} takes ${command.operands.join(" or ")} operand(s).`);
  if (!command.run(...operands)) process.exitCode = 1;
});

function readCommandLine(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        file: { type: "string", default: SHIPPED },
        auto: { type: "boolean", default: false },
        schema: { type: "string" },
        cases: { type: "string" },
        fingerprint: { type: "string" },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(says: string): never {
  console.error(`Cannot read the command line: ${says}\n${USAGE}`);
  process.exit(2);
}

/** As strict as the doors: what passes here is taken there. Cases may hold what the doors refuse, to see it refused. */
function readJson(file: string, { areCases = false } = {}): Json {
  try {
    const text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
    const document: Json = JSON.parse(text);
    const problem = areCases ? null : findJsonProblem(text, JSON_DEPTH_LIMIT);
    if (problem !== null) throw new UsageError(PROBLEMS[problem]);
    return document;
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

function readRoutingFile(path: string): RoutingFile {
  const file = parseRoutingFile(readJson(path));
  if (!file.ok) throw new UsageError("message" in file.fault ? file.fault.message : file.fault.kind);
  return file.value;
}

function resolve(agent = "", tier = ""): boolean {
  const file = readRoutingFile(values.file);
  const mode = values.auto ? "auto" : "deterministic";
  const found = resolveAgent(file, { agent, tier: tier === "-" ? null : tier, mode });
  if (!found.ok) {
    const what = "what" in found.fault ? found.fault.what : found.fault.kind;
    const known =
      what === "tier"
        ? [...COMPLEXITY_TIERS.slice(0, -1), `${COMPLEXITY_TIERS.at(-1)} or -`]
        : Object.keys(file.agent_role_index);
    throw new UsageError(`Cannot resolve ${agent} at ${tier}: unknown ${what}; expected ${known.join(", ")}.`);
  }
  print(found.value);
  return true;
}

function runVectors(file = ""): boolean {
  const parsed = parseVectorFile(readJson(file, { areCases: true }));
  if (!parsed.ok) throw new UsageError(`Cannot read ${file}: ${"detail" in parsed.fault ? parsed.fault.detail : ""}`);
  const { baseFile, vectors } = parsed.value;
  const bases = new Map([[basename(baseFile), readJson(join(dirname(file), baseFile))]]);
  const readBase = (name: string): Json => {
    const base = bases.get(name) ?? readJson(join(dirname(file), name));
    bases.set(name, base);
    return base;
  };
  const results = vectors.map((vector) => {
    try {
      return { id: vector.id, says: runVector(readBase(baseOf(vector) ?? basename(baseFile)), vector) };
    } catch (error) {
      // A base that one vector alone names and that cannot be read costs that vector.
      return { id: vector.id, says: error instanceof Error ? error.message : String(error) };
    }
  });
  const failed = results.filter(({ says }) => says !== null);
  print({ passed: results.length - failed.length, failed });
  return failed.length === 0;
}

function readCosts(): CostOf {
  const catalog = parseCatalog(readJson(join(DATA, "default-catalogue.json")));
  if (!catalog.ok) throw new Error("the shipped catalogue cannot be read");
  return toCatalogCosts(catalog.value).costOf;
}

/** What each agent gets before and after, and what would be capped after; a change is no failure. */
function diff(before = "", after = ""): boolean {
  const costOf = readCosts();
  const [old, now] = [readRoutingFile(before), readRoutingFile(after)];
  const warnings = validateRouting(now, costOf);
  print({ changes: diffGovernance(old, now, costOf), capped: findCapped(now, costOf), warnings });
  return true;
}

function drift(path = "", agentsDir?: string): boolean {
  const file = readRoutingFile(path);
  const agents = agentsDir === undefined ? null : readAgents(agentsDir);
  const schema = values.schema === undefined ? null : readJson(values.schema);
  const fingerprint = createHash("sha256").update(toFingerprint(file)).digest("hex");
  const expected = values.fingerprint;
  const issues = [
    ...checkDrift({
      file,
      agents: agents === null ? null : agents.map(toAgentSource),
      cases: values.cases === undefined ? null : readNames(values.cases),
      targets: schema === null ? null : Object.keys(PAYLOAD_TARGETS),
    }),
    ...(agents === null ? [] : checkResources(agents, (resource) => existsSync(join(agentsDir ?? "", resource)))),
    ...(schema === null ? [] : checkContract(schema)),
    ...(expected === undefined || expected === fingerprint ? [] : [{ subject: path, code: "fingerprint_changed" }]),
  ];
  print({ agents: agents?.length ?? null, fingerprint, issues });
  return issues.length === 0;
}

function readNames(path: string): readonly string[] {
  const names = readJson(path);
  if (!Array.isArray(names)) throw new UsageError(`Cannot read ${path}: a list of names is wanted.`);
  return names.map(String);
}

function readAgents(folder: string): readonly AgentText[] {
  if (!existsSync(folder)) throw new UsageError(`Cannot read ${folder}: there is no such folder.`);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(AGENT_FILE_SUFFIX))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(folder, path).split(sep).join("/"), text: readFileSync(path, "utf8") }));
}

/** The header is what stands between the first two lines of dashes; a file without one has none. */
function toAgentSource({ path, text }: AgentText): AgentSource {
  const header = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(text)?.[1] ?? "";
  return { file: path.slice(path.lastIndexOf("/") + 1), frontmatter: header };
}
