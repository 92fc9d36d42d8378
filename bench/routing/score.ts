import { bootstrap, toInterval } from "../../scripts/eval/bootstrap.ts";
import type { Interval } from "../../scripts/eval/clopper-pearson.ts";
import { mean, quantile } from "../../shared/base/stats.ts";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { costOfMix, mixAt, type Point, toUpperHull } from "./hull-mix.ts";
import type { Plan } from "./plan-tasks.ts";
import type { Pool } from "./pool.ts";
import { type RunInput, runAtRandom, runPlans, type TaskResult, toPoint } from "./run-plans.ts";
import type { Setting } from "./setting.ts";

/** Share of tasks that a policy may solve less often than the mix at its cost and still count as no worse. */
export const NON_INFERIORITY_MARGIN = 0.05;
/** Deals of the random control. */
const CONTROL_DEALS = 1000;
const CONTROL_SEED = 43;

/** A pool model as a fixed pick. */
export interface FixedPick extends Point {
  readonly model: number;
}

/** What the pool does without any policy, on the scored tasks. */
export interface Baseline {
  readonly fixed: readonly FixedPick[];
  readonly hull: readonly FixedPick[];
  /** The fixed pick that solves most, the cheaper on a tie: chosen with the outcomes in view, so hard to beat. */
  readonly best: FixedPick;
}

export function toBaseline(pool: Pool): Baseline {
  const all = pool.tasks.map((_, t) => t);
  const fixed = pool.models.map((_, model) => ({ model, ...toPoint(runsOfModel(pool, model), all) }));
  const hull = toUpperHull(fixed);
  const best = hull.at(-1);
  if (best === undefined) throw new Error("a pool has models");
  return { fixed, hull, best };
}

const runsOfModel = (pool: Pool, model: number): readonly Point[] =>
  pool.tasks.map(({ id, runs }) => {
    const run = runs[model];
    if (run === undefined) throw new Error(`${id} has no run of model ${model}`);
    return run;
  });

export interface Estimate {
  readonly value: number;
  readonly interval: Interval | null;
}

export interface Score extends Point {
  readonly name: string;
  /** Share solved above the mix of hull models at the same mean cost. */
  readonly gain: Estimate;
  /** The same of the plans dealt at random: mean, and the middle 95 % of the deals. */
  readonly control: Estimate;
  /** Share of deals that gain as much or more; near 0 = the policy knows something of the task. */
  readonly controlAtLeast: number;
  readonly nonInferior: boolean;
  /** Cost of the mix that solves as much; null where no mix does. */
  readonly mixCostUsd: number | null;
  /** Against the best fixed pick: share solved, and cost as a ratio. */
  readonly solvedVsBest: Estimate;
  readonly costVsBest: Estimate;
  /** First attempts by model, and the mean number of attempts. */
  readonly picks: readonly { readonly model: number; readonly share: number; readonly onHull: boolean }[];
  readonly meanAttempts: number;
}

interface Scored {
  readonly pool: Pool;
  readonly baseline: Baseline;
}

const toIndexes = ({ tasks }: Pool): readonly number[] => tasks.map((_, t) => t);

/** Draws of tasks; the mix has the hull models of all scored tasks, and each draw moves their points. */
function drawTasks({ pool, baseline }: Scored, results: readonly Point[]) {
  const hullRuns = baseline.hull.map(({ model }) => runsOfModel(pool, model));
  const bestRuns = runsOfModel(pool, baseline.best.model);
  return bootstrap(
    toIndexes(pool).map((index) => [index]),
    (indexes) => {
      const drawn = toPoint(results, indexes);
      const best = toPoint(bestRuns, indexes);
      const hull = toUpperHull(hullRuns.map((runs) => toPoint(runs, indexes)));
      return {
        gain: drawn.solved - mixAt(hull, drawn.costUsd),
        solved: drawn.solved - best.solved,
        cost: drawn.costUsd / best.costUsd,
      };
    },
  );
}

/** Gains of the same plans dealt at random. */
function dealPlans({ pool, baseline }: Scored, input: RunInput, results: readonly TaskResult[]): readonly number[] {
  const random = toRandom(CONTROL_SEED);
  const all = toIndexes(pool);
  return Array.from({ length: CONTROL_DEALS }, () => {
    const dealt = toPoint(runAtRandom(input, results, random), all);
    return dealt.solved - mixAt(baseline.hull, dealt.costUsd);
  });
}

/** Scores the plans of a setting on the recorded runs. */
export function scorePlans(scored: Scored, { name, verifier }: Setting, plans: readonly Plan[]): Score {
  const { pool, baseline } = scored;
  const input = { tasks: pool.tasks, plans, verifier };
  const results = runPlans(input);
  const point = toPoint(results, toIndexes(pool));
  const gain = point.solved - mixAt(baseline.hull, point.costUsd);
  const draws = drawTasks(scored, results);
  const deals = dealPlans(scored, input, results);
  const interval = toInterval(draws.map((draw) => draw.gain));
  return {
    name,
    ...point,
    gain: { value: gain, interval },
    control: { value: mean(deals), interval: { low: quantile(deals, 0.025), high: quantile(deals, 0.975) } },
    controlAtLeast: deals.filter((deal) => deal >= gain - 1e-12).length / deals.length,
    nonInferior: interval !== null && interval.low >= -NON_INFERIORITY_MARGIN,
    mixCostUsd: costOfMix(baseline.hull, point.solved),
    solvedVsBest: {
      value: point.solved - baseline.best.solved,
      interval: toInterval(draws.map(({ solved }) => solved)),
    },
    costVsBest: { value: point.costUsd / baseline.best.costUsd, interval: toInterval(draws.map(({ cost }) => cost)) },
    picks: toPicks(plans, baseline),
    meanAttempts: mean(results.map(({ tried }) => tried.reduce((sum, share) => sum + share, 0))),
  };
}

function toPicks(plans: readonly Plan[], { hull }: Baseline): Score["picks"] {
  const counts = new Map<number, number>();
  for (const [first] of plans) if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + 1);
  return [...counts]
    .map(([model, count]) => ({
      model,
      share: count / plans.length,
      onHull: hull.some((fixed) => fixed.model === model),
    }))
    .sort((a, b) => b.share - a.share || a.model - b.model);
}
