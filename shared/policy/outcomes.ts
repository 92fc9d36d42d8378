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

/** Decays each row by the half-life of outcomes; a row dated ahead of now weighs as one of today. */
export function toObservations(rows: readonly OutcomeRow[]): readonly OutcomeObservation[] {
  return rows.map(({ ageDays, ...row }) => ({
    ...row,
    weight: 0.5 ** (Math.max(0, ageDays) / PARAMETERS.outcomes.halfLifeDays),
  }));
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

/** What the outcomes add to P: the mean residual, shrunk by n0 imagined attempts that went as predicted. */
export function toCorrection(sum: OutcomeSum | undefined): number {
  return sum === undefined ? 0 : sum.residual / (PARAMETERS.outcomes.n0 + sum.weight);
}
