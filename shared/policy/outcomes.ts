import type { TaskType } from "../task/labels.ts";
import type { OutcomeSum } from "./decision.ts";
import { PARAMETERS } from "./parameters.ts";

/** A finished attempt as it is stored; `predictedP` is the P that its decision's receipt holds, age in days at decision time. */
export interface OutcomeRow {
  readonly modelId: string;
  readonly taskType: TaskType;
  readonly y: 0 | 1;
  readonly predictedP: number;
  readonly ageDays: number;
}

/** One finished attempt of a tenant: y in {0,1}, the P that was predicted for it when its turn came, its decayed weight. */
export interface OutcomeObservation {
  readonly modelId: string;
  readonly taskType: TaskType;
  readonly y: 0 | 1;
  readonly predictedP: number;
  readonly weight: number;
}

/** Weight of an observation by its age: halves with each half-life of outcomes; one dated ahead of now weighs as one of today. */
export const toDecayedWeight = (ageDays: number): number =>
  0.5 ** (Math.max(0, ageDays) / PARAMETERS.outcomes.halfLifeDays);

/** Decays each row by its age. */
export function toObservations(rows: readonly OutcomeRow[]): readonly OutcomeObservation[] {
  return rows.map(({ ageDays, ...row }) => ({ ...row, weight: toDecayedWeight(ageDays) }));
}

/** Sums of the observations of `taskType` by model, in the order of the ids. */
export function sumOutcomes(observations: readonly OutcomeObservation[], taskType: TaskType): readonly OutcomeSum[] {
  const sums = new Map<string, OutcomeSum>();
  for (const { modelId, y, predictedP, weight, ...seen } of observations) {
    if (seen.taskType !== taskType) continue;
    const before = sums.get(modelId) ?? { residual: 0, weight: 0, count: 0 };
    sums.set(modelId, {
      modelId,
      residual: before.residual + weight * (y - predictedP),
      weight: before.weight + weight,
      count: before.count + 1,
    });
  }
  return [...sums.values()].sort((a, b) => (a.modelId < b.modelId ? -1 : 1));
}

/**
 * What the outcomes add to P: the mean residual, shrunk by n0 imagined attempts that went as predicted, as far as it
 * exceeds `doubtSds` of its standard errors. Without that doubt a run of bad luck at the best model hands its work to a
 * worse one, whose own number is then not put right for long (bench/learning). `predicted` is P before any outcome.
 */
export function toCorrection(sum: OutcomeSum | undefined, predicted: number): number {
  if (sum === undefined) return 0;
  const { n0, doubtSds } = PARAMETERS.outcomes;
  // Weights are at most 1, so the sum of their squares is at most their sum.
  const doubt = doubtSds * Math.sqrt(predicted * (1 - predicted) * sum.weight);
  const certain = Math.sign(sum.residual) * Math.max(0, Math.abs(sum.residual) - doubt);
  return certain / (n0 + sum.weight);
}
