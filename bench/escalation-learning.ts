/**
 * What it earns that judge scores come to mean something: made tenants whose answers are followed up now and then, with
 * the engine's own calibration and escalation rule, against going on never, always, and under 7 of 10.
 * Run: npm run bench -- escalation-learning [--tenants N]. Seeded; needs no data.
 */
import { parseArgs } from "node:util";
import { bootstrap, toInterval } from "../scripts/eval/bootstrap.ts";
import { mean, median, roundTo } from "../shared/base/stats.ts";
import { toRandom } from "../shared/policy/testing/random-catalog.ts";
import {
  type Followed,
  type MadeJudge,
  type MadeTenant,
  type Rule,
  simulateTenant,
} from "./escalation/simulate-tenant.ts";

const TASKS = 600;
const CHECKPOINTS = [0, 150, 300];
const DEFAULT_TENANTS = 60;
const VALUES_USD = [2, 5, 25];
/** Measured of one pair of models: a cheap one at $0.03 a task and a strong one at $0.46; a verdict at $0.02. */
const PAIR = { nextCostMicroUsd: 460_000, prior: 0.6, gain: 0.43, loss: 0.05 };
const CHEAP_USD = 0.03;
const VERDICT_USD = 0.02;

const JUDGES: readonly MadeJudge[] = [
  { name: "J .4", j: 0.4, shift: 0 },
  { name: "J .6", j: 0.6, shift: 0 },
  { name: "J .8", j: 0.8, shift: 0 },
  { name: "J .6, 2 lenient", j: 0.6, shift: 2 },
  { name: "J .6, 2 strict", j: 0.6, shift: -2 },
];
/** Half of the delivered answers are followed up; of those sent on none, or a fifth. */
const FOLLOWED: readonly Followed[] = [
  { delivered: 0.5, sentOn: 0 },
  { delivered: 0.5, sentOn: 0.2 },
];
const BASELINES = ["never", "always", "7 of 10"] as const satisfies readonly Rule[];

const toCents = (usd: number): string => `${usd < 0 ? "-" : "+"}${Math.abs(roundTo(usd * 100, 1)).toFixed(1)}`;

/** Mean gain of the learned rule over another in cents a task, with its 95 % interval over drawn tenants. */
function toGain(tenants: readonly MadeTenant[], rule: Rule): string {
  const gains = tenants.map(({ usd }) => usd.learned - usd[rule]);
  const groups = gains.map((_, i) => [i]);
  const interval = toInterval(bootstrap(groups, (drawn) => mean(drawn.map((i) => gains[i] ?? 0))));
  const ends = interval === null ? "" : ` [${toCents(interval.low)}, ${toCents(interval.high)}]`;
  return `${toCents(mean(gains))}${ends}`;
}

function toRow(
  judge: MadeJudge,
  { valueUsd, followed, count }: { valueUsd: number; followed: Followed; count: number },
) {
  const terms = { ...PAIR, valueMicroUsd: valueUsd * 1e6 };
  const setting = { judge, terms, followed, tasks: TASKS, checkpoints: CHECKPOINTS };
  const costs = { cheapUsd: CHEAP_USD, verdictUsd: VERDICT_USD };
  const tenants = Array.from({ length: count }, (_, n) =>
    simulateTenant({ ...setting, ...costs }, toRandom(1_000 + n)),
  );
  const accepts = [...CHECKPOINTS, TASKS].map((_, at) => median(tenants.map((tenant) => tenant.accepts[at] ?? 0)));
  const cells = [judge.name, `$${valueUsd}`, accepts.join(" > "), String(median(tenants.map(({ pairs }) => pairs)))];
  return [...cells, ...BASELINES.map((rule) => toGain(tenants, rule))];
}

const { values } = parseArgs({ options: { tenants: { type: "string" } }, strict: true, allowPositionals: false });
const count = Number(values.tenants ?? DEFAULT_TENANTS);
if (!Number.isInteger(count) || count < 2) {
  console.error(`Cannot simulate --tenants ${values.tenants}: expected a whole number from 2 on.`);
  process.exit(2);
}
console.log(
  `${count} made tenants of ${TASKS} tasks each; gains in US cents a task, 95 % by drawing tenants 1,000 times.`,
);
for (const followed of FOLLOWED) {
  const [delivered, sentOn] = [followed.delivered * 100, followed.sentOn * 100];
  console.log(`\nFollowed up: ${delivered} % of delivered answers, ${sentOn} % of those that were sent on.`);
  console.log(
    `| judge | V | accepts from, at task ${[...CHECKPOINTS, TASKS].join(", ")} | pairs | against never | always | 7 of 10 |`,
  );
  console.log("|---|---|---|---|---|---|---|");
  for (const valueUsd of VALUES_USD)
    for (const judge of JUDGES) console.log(`| ${toRow(judge, { valueUsd, followed, count }).join(" | ")} |`);
}
