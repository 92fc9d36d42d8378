import type { Catalog } from "../../shared/catalog/model.ts";
import type { Classification } from "../../shared/task/classification.ts";
import { decideOn, toDecideInput } from "./plan-tasks.ts";
import type { Sweep } from "./setting.ts";

/** Expected money of a decision is stored in whole micro-dollars and time in thousandths of a minute. */
const ROUNDING_USD = 1e-4;

export interface CostInValue {
  readonly name: string;
  /** Steps from one worth to the next over all tasks, and those in which the expected cost fell. */
  readonly steps: number;
  readonly falls: number;
  readonly largestFallUsd: number;
}

/** Whether C (money plus time) of the single pick ever falls as the worth of a solved task rises. */
export function checkCostInValue(
  classifications: readonly Classification[],
  catalog: Catalog,
  sweep: Sweep,
): CostInValue {
  let [steps, falls, largestFallUsd] = [0, 0, 0];
  for (const classification of classifications) {
    const costs = sweep.settings.map((setting) => {
      const input = toDecideInput(classification, catalog, setting);
      const { costMicroUsd, minutes } = decideOn(input).pick.expected;
      const { usdPerMinute } = input.policy;
      const perMinute = usdPerMinute.byTaskType[classification.task_type.label] ?? usdPerMinute.default;
      return costMicroUsd / 1e6 + perMinute * minutes;
    });
    for (const [i, costUsd] of costs.entries()) {
      const before = costs[i - 1];
      if (before === undefined) continue;
      steps += 1;
      largestFallUsd = Math.max(largestFallUsd, before - costUsd);
      if (costUsd < before - ROUNDING_USD) falls += 1;
    }
  }
  return { name: sweep.name, steps, falls, largestFallUsd };
}
