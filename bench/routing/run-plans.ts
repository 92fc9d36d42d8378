import type { Random } from "../../shared/policy/testing/random-catalog.ts";
import { shuffled } from "../../shared/policy/testing/random-catalog.ts";
import type { Run } from "./bench-task.ts";
import type { Point } from "./hull-mix.ts";
import type { Plan } from "./plan-tasks.ts";
import type { PoolTask } from "./pool.ts";
import type { Verifier } from "./setting.ts";

/** Chance that the verdict on an attempt is a rejection. */
type Rejects = (run: Run, attempt: number) => number;

const rejectsOf =
  ({ tpr, tnr }: Verifier): Rejects =>
  ({ solved }) =>
    solved === 1 ? 1 - tpr : tnr;

/** A task's chance to be solved and its mean cost under a plan; `tried` is the chance that each attempt is made. */
export interface TaskResult extends Point {
  readonly tried: readonly number[];
}

export interface RunInput {
  readonly tasks: readonly PoolTask[];
  readonly plans: readonly Plan[];
  readonly verifier: Verifier | null;
}

/** The mean over all verdicts that the rates allow, so that no luck of single verdicts is in it. */
function runPlan(runs: readonly Run[], rejects: Rejects, usdPerVerdict: number): TaskResult {
  let [here, costUsd, solved] = [1, 0, 0];
  const tried: number[] = [];
  for (const [attempt, run] of runs.entries()) {
    tried.push(here);
    const isLast = attempt === runs.length - 1;
    const rejected = isLast ? 0 : here * rejects(run, attempt);
    costUsd += here * (run.costUsd + (isLast ? 0 : usdPerVerdict));
    solved += (here - rejected) * run.solved;
    here = rejected;
  }
  return { solved, costUsd, tried };
}

function runAll({ tasks, plans, verifier }: RunInput, rejects: Rejects): readonly TaskResult[] {
  return tasks.map((task, t) => {
    const plan = plans[t] ?? [];
    const runs = plan.flatMap((model) => task.runs[model] ?? []);
    if (plan.length === 0 || runs.length !== plan.length) throw new Error(`${task.id} has no run of a planned model`);
    return runPlan(runs, rejects, verifier?.usdPerVerdict ?? 0);
  });
}

/** Every task under its plan, verdicts at the verifier's stated rates. */
export function runPlans(input: RunInput): readonly TaskResult[] {
  // Without a verifier a plan has one attempt, so the verdict is never asked for.
  return runAll(input, input.verifier === null ? () => 0 : rejectsOf(input.verifier));
}

/**
 * The same plans dealt to other tasks at random, and escalated at random as often as the verdicts did: what the policy
 * gets from its mix of models alone, without knowing anything of the task.
 */
export function runAtRandom(input: RunInput, results: readonly TaskResult[], random: Random): readonly TaskResult[] {
  const reached = (attempt: number): number => results.reduce((sum, { tried }) => sum + (tried[attempt] ?? 0), 0);
  const couldGoOn = (attempt: number): number =>
    results.reduce((sum, { tried }) => sum + (tried.length > attempt + 1 ? (tried[attempt] ?? 0) : 0), 0);
  const longest = Math.max(...input.plans.map((plan) => plan.length));
  const shares = Array.from({ length: longest }, (_, attempt) => reached(attempt + 1) / (couldGoOn(attempt) || 1));
  return runAll({ ...input, plans: shuffled(random, input.plans) }, (_, attempt) => shares[attempt] ?? 0);
}

/** Mean over the tasks of `indexes`. */
export function toPoint(results: readonly Point[], indexes: readonly number[]): Point {
  let [costUsd, solved] = [0, 0];
  for (const index of indexes) {
    const result = results[index];
    if (result === undefined) throw new Error(`no result for task ${index}`);
    costUsd += result.costUsd;
    solved += result.solved;
  }
  return { costUsd: costUsd / indexes.length, solved: solved / indexes.length };
}
