/**
 * What learning from outcomes is worth: 300 tasks drawn from recorded runs of 24 models, each picked by decide() with the
 * outcomes so far, against always picking one model. A pick counts by what its model is worth on average over the tasks,
 * so that the luck of a draw is no merit.
 * Run: npm run bench -- learning [--data FOLDER] [--seeds N]. Reads data that stand beside the repository.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dataFolderOf } from "../scripts/read-catalogue-sources.ts";
import { toDetail } from "../shared/base/fault.ts";
import type { Result } from "../shared/base/result.ts";
import { argmax, mean } from "../shared/base/stats.ts";
import { toLivePrior } from "./learning/live-prior.ts";
import { breakModel, type LearningRule, RULES, type Runs, simulate, toStaticUsd } from "./learning/simulate.ts";
import { type BenchModel, parseModels } from "./routing/bench-models.ts";
import { parseTasks } from "./routing/bench-task.ts";
import { type Pool, toPool } from "./routing/pool.ts";

const TASKS = 300;
const VALUES_USD = [1, 5, 10];
const CHECKPOINTS = [25, 50, 100, 200, 300];
const DEFAULT_SEEDS = 20;
/** Share of what it solves elsewhere that the best model fails at in the last scenario. */
const BROKEN_SHARE = 0.4;
const TARGET_STATIC = 0.95;
const TARGET_BELOW = 0.02;

interface Scenario {
  readonly name: string;
  readonly prior: readonly BenchModel[];
  readonly isBroken: boolean;
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(toDetail(result.fault));
}

function readPool(folder: string): Pool {
  const file = (name: string) => ({ name, text: readFileSync(join(folder, "routing-bench", name), "utf8") });
  return unwrap(toPool(unwrap(parseTasks(file("open.swebench.jsonl"))), unwrap(parseModels(file("theta.open.json")))));
}

/** Running means over the seeds at each checkpoint, as shares of the best fixed pick; the lowest seed at the end. */
interface Curve {
  readonly shares: readonly number[];
  readonly worstSeed: number;
  readonly ofAblest: number;
}

function toCurve(input: {
  readonly tasks: readonly Runs[];
  readonly scenario: Scenario;
  readonly valueUsd: number;
  readonly rule: LearningRule;
  readonly seeds: number;
}): Curve {
  const { tasks, scenario, valueUsd, rule, seeds } = input;
  const best = argmax(toStaticUsd(tasks, valueUsd));
  const runs = Array.from({ length: seeds }, (_, seed) => {
    const seen = scenario.isBroken ? breakModel(tasks, { model: best, share: BROKEN_SHARE, seed: seed + 1 }) : tasks;
    const worth = toStaticUsd(seen, valueUsd);
    const picks = simulate({ prior: scenario.prior, tasks: seen, valueUsd, count: TASKS, seed: seed + 1, rule });
    const ablest = worth[argmax(toStaticUsd(seen, 1e6))] ?? Number.NaN;
    const means = CHECKPOINTS.map((n) => mean(picks.slice(0, n).map((pick) => worth[pick] ?? Number.NaN)));
    return { shares: means.map((usd) => usd / Math.max(...worth)), ofAblest: (means.at(-1) ?? Number.NaN) / ablest };
  });
  return {
    shares: CHECKPOINTS.map((_, k) => mean(runs.map(({ shares }) => shares[k] ?? Number.NaN))),
    worstSeed: Math.min(...runs.map(({ shares }) => shares.at(-1) ?? Number.NaN)),
    ofAblest: mean(runs.map(({ ofAblest }) => ofAblest)),
  };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8);

function toVerdict({ shares, worstSeed, ofAblest }: Curve): string {
  const below = 1 - Math.min(...shares);
  const reached = (shares.at(-1) ?? 0) >= TARGET_STATIC ? "reached" : "MISSED";
  const held = below <= TARGET_BELOW ? "held" : "MISSED";
  const seed = worstSeed < 1 - TARGET_BELOW ? `; a seed alone down to ${percent(worstSeed).trim()}` : "";
  return `95 % after ${TASKS} ${reached}; 2 % below the best fixed pick ${held}${seed}; ${percent(ofAblest).trim()} of always the ablest`;
}

function printScenario(pool: Pool, scenario: Scenario, seeds: number): void {
  const tasks = pool.tasks.map(({ runs }) => runs);
  console.log(`\n${scenario.name}`);
  console.log(
    `  ${"V".padEnd(5)}${"rule".padEnd(26)}${CHECKPOINTS.map((n) => `${n} tasks`.padStart(10)).join("")}  worst seed`,
  );
  for (const valueUsd of VALUES_USD) {
    for (const rule of RULES) {
      const curve = toCurve({ tasks, scenario, valueUsd, rule, seeds });
      const cells = curve.shares.map((share) => `  ${percent(share)}`).join("");
      console.log(`  ${`$${valueUsd}`.padEnd(5)}${rule.name.padEnd(26)}${cells}  ${percent(curve.worstSeed)}`);
      if (rule.learns) console.log(`       ${toVerdict(curve)}`);
    }
  }
}

function main(argv: readonly string[]): void {
  const folder = dataFolderOf(argv);
  if (!existsSync(join(folder, "routing-bench", "open.swebench.jsonl"))) {
    console.log(`No recorded outcomes under ${folder}: learning is not measured`);
    return;
  }
  const at = argv.indexOf("--seeds");
  const seeds = at === -1 ? DEFAULT_SEEDS : Number(argv[at + 1]);
  if (!Number.isInteger(seeds) || seeds < 1) throw new Error("--seeds wants a whole number from 1 up");
  const pool = readPool(folder);
  const live = toLivePrior(folder, pool.models);
  console.log(`${pool.tasks.length} tasks, ${pool.models.length} models, ${TASKS} draws, mean of ${seeds} seeds`);
  console.log("share of the utility of the best fixed pick, known in hindsight, mean over the tasks so far");
  const scenarios: readonly Scenario[] = [
    { name: "abilities of the live sources without SWE-bench", prior: live, isBroken: false },
    { name: "abilities measured on these tasks (no surprise is left)", prior: pool.models, isBroken: false },
    { name: "live abilities; the best model fails 40 % of its work at this tenant", prior: live, isBroken: true },
  ];
  for (const scenario of scenarios) printScenario(pool, scenario, seeds);
}

main(process.argv.slice(2));
