/**
 * Time of one resolution, over every agent, tier and risk of three files, beside a bare look-up in the parsed JSON.
 * Run: node bench/governance.ts [calls]. Every call is timed on its own, the clock's own time included (the first row
 * is a call that does nothing), and `cpu` is process time over all of them, which a busy machine disturbs less.
 */
import { quantile } from "../shared/base/stats.ts";
import { parseCatalog } from "../shared/catalog/parse-catalog.ts";
import catalogueJson from "../shared/data/default-catalogue.json" with { type: "json" };
import governanceJson from "../shared/data/default-governance.json" with { type: "json" };
import { toCatalogCosts } from "../shared/policy/governance/catalog-costs.ts";
import { diffGovernance } from "../shared/policy/governance/diff-governance.ts";
import { pickGoverned } from "../shared/policy/governance/pick-governed.ts";
import { resolveAgent } from "../shared/policy/governance/resolve-agent.ts";
import { resolveGoverned } from "../shared/policy/governance/resolve-governed.ts";
import { COMPLEXITY_TIERS, type RoutingFile } from "../shared/policy/governance/routing-file.ts";
import { makeRandom, randomDocument } from "../shared/policy/governance/testing/made-file.ts";
import { parseRoutingFile } from "../shared/policy/governance/validate-routing.ts";

const LIMIT_US = 50;
const TIMED_CALLS = Number(process.argv[2] ?? 200_000);

function read(document: unknown): RoutingFile {
  const parsed = parseRoutingFile(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
  return parsed.value;
}

/** A valid file of `roles` roles, each with `agents` agents, whose tiers inherit along a chain of 20 roles. */
function makeLarge(roles: number, agents: number): RoutingFile {
  const entry = {
    primary: "Claude Opus 4.8",
    fallbacks: ["GPT-5.5", "Claude Sonnet 4.6"],
    cost_tier: "high",
    latency_tier: "slow",
  };
  const agentsOf = (n: number) => Array.from({ length: agents }, (_, i) => `agent-${n}-${i}`);
  const named = Array.from({ length: roles }, (_, n) => {
    const inherit_from = n % 20 === 0 ? "default" : `role:role-${n - 1}@LARGE`;
    const by_tier = Object.fromEntries(COMPLEXITY_TIERS.map((tier) => [tier, { inherit_from }]));
    const consumers = agentsOf(n).map((agent) => `${agent}.agent.md`);
    return [`role-${n}`, { ...entry, consumers, reasoning_effort_hint: "high", by_tier }];
  });
  const index = Array.from({ length: roles }, (_, n) => agentsOf(n).map((agent) => [agent, `role-${n}`])).flat();
  return read({
    ...{ version: "1", orchestrator: "agent-0-0", pinned_agents: ["agent-0-0.agent.md"] },
    ...{ roles: Object.fromEntries(named), agent_role_index: Object.fromEntries(index) },
  });
}

/** A valid one of the property tests' random files. */
function drawFile(): RoutingFile {
  const random = makeRandom(5);
  for (;;) {
    const parsed = parseRoutingFile(randomDocument(random));
    if (parsed.ok) return parsed.value;
  }
}

const catalog = parseCatalog(catalogueJson);
if (!catalog.ok) throw new Error("the shipped catalogue cannot be read");
const { costOf } = toCatalogCosts(catalog.value);
const RISKS = [[], [{ category: "data", applicability: "applicable", impact: "HIGH", disposition: "open" }]];
const isDown = (id: string | null) => (id === "anthropic/claude-opus-4.8" ? ("model_unavailable" as const) : null);

/** Every agent at every tier, with and without an open risk. */
const toQueries = (file: RoutingFile) =>
  Object.keys(file.agent_role_index).flatMap((agent) =>
    [null, ...COMPLEXITY_TIERS].flatMap((tier) =>
      RISKS.map((risks) => ({ agent, role: null, tier, mode: "deterministic" as const, risks })),
    ),
  );

type Call = (file: RoutingFile, query: ReturnType<typeof toQueries>[number]) => unknown;
const CALLS: readonly (readonly [string, Call])[] = [
  ["nothing: the clock", () => true],
  [
    "baseline: JSON look-up",
    (file, { agent, tier }) => file.roles[file.agent_role_index[agent] ?? ""]?.by_tier[tier ?? "LARGE"],
  ],
  ["resolveAgent()", resolveAgent],
  ["resolveGoverned(), priced", (file, query) => resolveGoverned(file, query, costOf)],
  [
    "resolve and pick, primary down",
    (file, query) => {
      const found = resolveGoverned(file, query, costOf);
      return found.ok ? pickGoverned(found.value, isDown) : found;
    },
  ],
];

function measure(file: RoutingFile, call: Call): { readonly us: readonly number[]; readonly cpuUs: number } {
  const queries = toQueries(file);
  const us: number[] = [];
  let answers = 0;
  const runOne = (n: number): void => {
    const query = queries[n % queries.length];
    if (query !== undefined && call(file, query) !== undefined) answers++;
  };
  for (let n = 0; n < TIMED_CALLS / 10; n++) runOne(n);
  const before = process.cpuUsage();
  for (let n = 0; n < TIMED_CALLS; n++) {
    const start = performance.now();
    runOne(n);
    us.push((performance.now() - start) * 1000);
  }
  const spent = process.cpuUsage(before);
  if (answers === 0) throw new Error("nothing was answered");
  return { us, cpuUs: (spent.user + spent.system) / TIMED_CALLS };
}

const FILES: readonly (readonly [string, RoutingFile])[] = [
  ["the shipped roles", read(governanceJson)],
  ["a random file", drawFile()],
  ["200 roles, 1,000 agents, chains of 20", makeLarge(200, 5)],
];

console.log(`${TIMED_CALLS} calls each, microseconds a call; the limit is ${LIMIT_US} at p99`);
for (const [name, file] of FILES) {
  console.log(`\n${name}: ${toQueries(file).length} different questions`);
  for (const [label, call] of CALLS) {
    const { us, cpuUs } = measure(file, call);
    const [p50, p99] = [quantile(us, 0.5), quantile(us, 0.99)];
    const says = p99 < LIMIT_US ? "" : "  OVER THE LIMIT";
    console.log(`  ${label.padEnd(32)} p50 ${p50.toFixed(2)}  p99 ${p99.toFixed(2)}  cpu ${cpuUs.toFixed(2)}${says}`);
    if (p99 >= LIMIT_US) process.exitCode = 1;
  }
}

const [, shipped] = FILES[0] ?? [];
if (shipped === undefined) throw new Error("no file");
const start = process.hrtime.bigint();
const changes = diffGovernance(null, shipped, costOf).length;
console.log(
  `\ndiff of the shipped roles against none: ${changes} changes, ${Number(process.hrtime.bigint() - start) / 1e6} ms`,
);
