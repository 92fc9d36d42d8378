import { mean } from "../../shared/base/stats.ts";
import { decide } from "../../shared/policy/decide.ts";
import type { OutcomeSum } from "../../shared/policy/decision.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import { defaultPolicy } from "../../shared/policy/policy.ts";
import { toInput } from "../../shared/policy/testing/made-input.ts";
import { chance, oneFrom, toRandom } from "../../shared/policy/testing/random-catalog.ts";
import type { BenchModel } from "../routing/bench-models.ts";
import type { Run } from "../routing/bench-task.ts";
import { toPoolCatalog } from "../routing/to-catalog.ts";

/** How finished tasks move the next pick. */
export interface LearningRule {
  readonly name: string;
  readonly learns: boolean;
  /** A correction counts as far as it exceeds so many of its own standard errors; 0 counts it whole. */
  readonly doubtSds: number;
}

export const RULES: readonly LearningRule[] = [
  { name: "no learning", learns: false, doubtSds: 0 },
  { name: "no doubt", learns: true, doubtSds: 0 },
  { name: `as shipped (doubt ${PARAMETERS.outcomes.doubtSds})`, learns: true, doubtSds: PARAMETERS.outcomes.doubtSds },
  { name: "doubt 3", learns: true, doubtSds: 3 },
];

/** A task as its runs, one a model in the order of the pool. */
export type Runs = readonly Run[];

export interface Simulation {
  /** What is believed of the models before the first task. */
  readonly prior: readonly BenchModel[];
  readonly tasks: readonly Runs[];
  readonly valueUsd: number;
  readonly count: number;
  readonly seed: number;
  readonly rule: LearningRule;
}

/** Mean V x solved - cost of each model over the tasks: what always picking it is worth. */
export const toStaticUsd = (tasks: readonly Runs[], valueUsd: number): readonly number[] =>
  (tasks[0] ?? []).map((_, m) =>
    mean(tasks.map((runs) => valueUsd * (runs[m]?.solved ?? 0) - (runs[m]?.costUsd ?? 0))),
  );

interface Evidence {
  readonly residual: number;
  readonly weight: number;
  readonly predictedP: number;
}

/**
 * The sums that decide() reads. It takes its own doubt off, so that is put on before: what is left is the rule's correction.
 */
function toSums(seen: ReadonlyMap<string, Evidence>, { doubtSds }: LearningRule): readonly OutcomeSum[] {
  return [...seen].map(([modelId, { residual, weight, predictedP }]) => {
    const error = Math.sqrt(predictedP * (1 - predictedP) * weight);
    const left = Math.max(0, Math.abs(residual) - doubtSds * error);
    const sum = left === 0 ? 0 : Math.sign(residual) * (left + PARAMETERS.outcomes.doubtSds * error);
    return { modelId, residual: sum, weight, count: weight };
  });
}

/**
 * Picks for `count` tasks drawn one after the other, each decided by decide() with the outcomes so far. Nothing is known
 * of a task's difficulty. Answers the number of the picked model for each task.
 */
export function simulate({ prior, tasks, valueUsd, count, seed, rule }: Simulation): readonly number[] {
  const random = toRandom(seed);
  const catalog = toPoolCatalog(prior);
  const indexOf = new Map(catalog.models.map(({ id }, index) => [id, index]));
  const policy = { ...defaultPolicy, valueMicroUsd: Math.round(valueUsd * 1e6) };
  const asked = toInput([], { type: "bugfix", abstained: ["complexity"] }, { policy, catalog });
  const seen = new Map<string, Evidence>();
  const firstP = new Map<string, number>();
  return Array.from({ length: count }, () => {
    const decided = decide({ ...asked, outcomes: rule.learns ? toSums(seen, rule) : [] });
    if (!decided.ok) throw new Error(`decide() found no model: ${JSON.stringify(decided.fault)}`);
    const { model, expected } = decided.value.pick;
    const picked = indexOf.get(model) ?? -1;
    const run = oneFrom(random, tasks)[picked];
    if (run === undefined) throw new Error(`${model} is not in the pool`);
    // Before its first outcome a model's P is the catalogue's.
    const catalogueP = firstP.get(model) ?? expected.success;
    firstP.set(model, catalogueP);
    const before = seen.get(model) ?? { residual: 0, weight: 0 };
    seen.set(model, {
      residual: before.residual + run.solved - expected.success,
      weight: before.weight + 1,
      predictedP: catalogueP,
    });
    return picked;
  });
}

/** The same tasks for a tenant at whom one model fails a share of what it solves elsewhere. */
export function breakModel(
  tasks: readonly Runs[],
  { model, share, seed }: { readonly model: number; readonly share: number; readonly seed: number },
): readonly Runs[] {
  const random = toRandom(seed);
  return tasks.map((runs) =>
    runs.map((run, m) => (m === model && chance(random, share) ? { ...run, solved: 0 } : run)),
  );
}
