import type { TaskType } from "../task/labels.ts";
import type { OutcomeObservation } from "./decision.ts";
import { PARAMETERS } from "./parameters.ts";

/** A finished attempt as it is stored; `predictedP` is the P that its decision's receipt holds, age in days at decision time. */
export interface OutcomeRow {
  readonly modelId: string;
  readonly taskType: TaskType;
  readonly y: 0 | 1;
  readonly predictedP: number;
  readonly ageDays: number;
}

/** Decays each row by the half-life of outcomes; a row dated ahead of now weighs as one of today. */
export function toObservations(rows: readonly OutcomeRow[]): readonly OutcomeObservation[] {
  return rows.map(({ ageDays, ...row }) => ({
    ...row,
    weight: 0.5 ** (Math.max(0, ageDays) / PARAMETERS.outcomes.halfLifeDays),
  }));
}

/** Sum of w (y - predicted P) and of w over the observations of one model. */
export interface ResidualSum {
  readonly residual: number;
  readonly weight: number;
}

/** Residual sums by model id over the observations of `taskType`. */
export function sumResiduals(
  observations: readonly OutcomeObservation[],
  taskType: TaskType,
): ReadonlyMap<string, ResidualSum> {
  const sums = new Map<string, ResidualSum>();
  for (const { modelId, y, predictedP, weight, ...seen } of observations) {
    if (seen.taskType !== taskType) continue;
    const before = sums.get(modelId) ?? { residual: 0, weight: 0 };
    sums.set(modelId, { residual: before.residual + weight * (y - predictedP), weight: before.weight + weight });
  }
  return sums;
}

/** What the outcomes add to P: the mean residual, shrunk by n0 imagined attempts that went as predicted. */
export function toCorrection(sum: ResidualSum | undefined): number {
  return sum === undefined ? 0 : sum.residual / (PARAMETERS.outcomes.n0 + sum.weight);
}
