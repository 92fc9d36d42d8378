import type { Result } from "../../shared/base/result.ts";
import { fail, ok } from "../../shared/base/result.ts";
import { clamp, logit, mean } from "../../shared/base/stats.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import { shuffled, toRandom } from "../../shared/policy/testing/random-catalog.ts";
import type { BenchModel, FlaggedModel, ModelList } from "./bench-models.ts";
import type { BenchTask, Run } from "./bench-task.ts";

/** A task with the run of every model of the pool, in the order of its models. */
export interface PoolTask {
  readonly id: string;
  readonly prompt: string;
  readonly runs: readonly Run[];
}

/** The models that are scored and the tasks that they are scored on. */
export interface Pool {
  readonly models: readonly BenchModel[];
  readonly tasks: readonly PoolTask[];
  readonly dropped: readonly FlaggedModel[];
  /** Whether abilities and costs were given, or come from tasks of the same file that are then not scored. */
  readonly abilitiesFrom: "models file" | "other half of the tasks" | "the scored tasks";
}

/** Columns known to be wrong wherever they turn up: resolved shares of 10.2 % in the rows against 52.8 % published. */
const BROKEN: readonly FlaggedModel[] = [
  {
    name: "claude-3-7-sonnet-20250219",
    reason: "its recorded outcomes are broken (10.2 % resolved in the rows, 52.8 % published)",
  },
];
const LEAST_TASKS_TO_FIT = 20;
const SPLIT_SEED = 29;

/**
 * Ability and mean cost from recorded runs: the theta at which the rule's curve for a task of unknown difficulty gives
 * the share that was solved, with the binomial error of that share carried over.
 */
function fitModel(name: string, runs: readonly Run[]): BenchModel {
  const { a, mu } = PARAMETERS.success.noInformation;
  const share = clamp(mean(runs.map(({ solved }) => solved)), 0.5 / runs.length, 1 - 0.5 / runs.length);
  return {
    name,
    theta: logit(share) / a + mu,
    se: 1 / (a * Math.sqrt(runs.length * share * (1 - share))),
    meanCostUsd: Math.max(1e-6, mean(runs.map(({ costUsd }) => costUsd))),
  };
}

const runsOf = (task: BenchTask, names: readonly string[]): readonly Run[] =>
  names.map((name) => {
    const run = task.runs.get(name);
    // The parser holds every line to the models of the first.
    if (run === undefined) throw new Error(`${task.id} has no run of ${name}`);
    return run;
  });

function toFitted(tasks: readonly BenchTask[], columns: readonly string[]): Result<Pool> {
  if (tasks.length < LEAST_TASKS_TO_FIT)
    return fail({
      kind: "malformed_data",
      what: "data",
      detail: `has ${tasks.length} tasks: without --models FILE.json at least ${LEAST_TASKS_TO_FIT} are wanted, of which half give the abilities`,
    });
  const drawn = shuffled(toRandom(SPLIT_SEED), tasks);
  const half = Math.ceil(tasks.length / 2);
  const dropped = BROKEN.filter(({ name }) => columns.includes(name));
  const names = columns.filter((name) => !dropped.some((broken) => broken.name === name));
  const seen = drawn.slice(0, half).map((task) => runsOf(task, names));
  const models = names.map((name, m) =>
    fitModel(
      name,
      seen.flatMap((runs) => runs[m] ?? []),
    ),
  );
  const scored = drawn.slice(half).map((task) => ({ id: task.id, prompt: task.prompt, runs: runsOf(task, names) }));
  return ok({ models, tasks: scored, dropped, abilitiesFrom: "other half of the tasks" });
}

/** Joins tasks and models; what only one of the two names, or what is flagged or broken, is dropped with its reason. */
export function toPool(tasks: readonly BenchTask[], list: ModelList | null): Result<Pool> {
  const columns = [...(tasks[0]?.runs.keys() ?? [])];
  const pool = list === null ? toFitted(tasks, columns) : toGiven(tasks, columns, list);
  if (!pool.ok || pool.value.models.length >= 2) return pool;
  const named = pool.value.models.map(({ name }) => name).join(", ") || "none";
  return fail({
    kind: "malformed_data",
    what: "models",
    detail: `that tasks and models share: ${named}; expected two at least (tasks name ${columns.slice(0, 3).join(", ") || "none"} …)`,
  });
}

function toGiven(tasks: readonly BenchTask[], columns: readonly string[], list: ModelList): Result<Pool> {
  const given = new Set(list.models.map(({ name }) => name));
  const flagged = list.flagged.filter(({ name }) => columns.includes(name));
  const broken = BROKEN.filter(({ name }) => columns.includes(name) && given.has(name));
  const unknown = columns
    .filter((name) => !given.has(name) && !flagged.some((model) => model.name === name))
    .map((name) => ({ name, reason: "the models file does not name it" }));
  const idle = list.models
    .filter(({ name }) => !columns.includes(name))
    .map(({ name }) => ({ name, reason: "no task has a run of it" }));
  const dropped = [...flagged, ...broken, ...unknown, ...idle];
  const models = list.models.filter(({ name }) => !dropped.some((out) => out.name === name));
  const names = models.map(({ name }) => name);
  const joined = tasks.map((task) => ({ id: task.id, prompt: task.prompt, runs: runsOf(task, names) }));
  return ok({ models, tasks: joined, dropped, abilitiesFrom: "models file" });
}

/**
 * All tasks, with abilities and costs fitted on these same tasks: for those who split the tasks themselves and take
 * nothing but the recorded runs from here. Broken columns are dropped as everywhere.
 */
export function toWholePool(tasks: readonly BenchTask[]): Result<Pool> {
  const columns = [...(tasks[0]?.runs.keys() ?? [])];
  const dropped = BROKEN.filter(({ name }) => columns.includes(name));
  const names = columns.filter((name) => !dropped.some((broken) => broken.name === name));
  const joined = tasks.map((task) => ({ id: task.id, prompt: task.prompt, runs: runsOf(task, names) }));
  const models = names.map((name, m) =>
    fitModel(
      name,
      joined.flatMap(({ runs }) => runs[m] ?? []),
    ),
  );
  return ok({ models, tasks: joined, dropped, abilitiesFrom: "the scored tasks" });
}
