import type { CatalogModel } from "../catalog/model.ts";
import type { Reach } from "./candidate.ts";
import { PARAMETERS } from "./parameters.ts";
import type { SpeedDefaults } from "./speed-defaults.ts";
import type { TaskTerms } from "./task-terms.ts";

/** What of a task C depends on. */
export type CostTerms = Pick<TaskTerms, "costFactor" | "usdPerMinute" | "speedDefaults">;

/** C of one candidate, its parts kept apart: `moneyUsd` is provider money alone. */
export interface Cost {
  readonly moneyUsd: number;
  readonly minutes: number;
  readonly totalUsd: number;
  readonly flags: readonly string[];
}

/** Flags of a cost whose speed or token use was not measured on this model. */
function toCostFlags(model: CatalogModel, defaults: SpeedDefaults): readonly string[] {
  const stoodIn = [
    ...(model.speed.timeToFirstTokenS === null ? [defaults.timeToFirstTokenS] : []),
    ...(model.speed.outputTokensPerSecond === null ? [defaults.outputTokensPerSecond] : []),
  ];
  return [
    ...(stoodIn.some(({ assumed }) => assumed) ? ["assumed_speed"] : []),
    ...(stoodIn.some(({ assumed }) => !assumed) ? ["median_speed"] : []),
    ...(model.cost.basis === "profile" ? ["profile_cost"] : []),
    ...(model.cost.assumedCachePrice ? ["assumed_cache_price"] : []),
  ];
}

/** Expected cost of the task on one row by one reach, in USD; the penalty of a limited provider is part of the total. */
export function toCost(model: CatalogModel, reach: Pick<Reach, "penaltyMicroUsd">, terms: CostTerms): Cost {
  const moneyUsd = (model.cost.microUsd / 1e6) * terms.costFactor;
  const firstTokenS = model.speed.timeToFirstTokenS ?? terms.speedDefaults.timeToFirstTokenS.value;
  const tokensPerSecond = model.speed.outputTokensPerSecond ?? terms.speedDefaults.outputTokensPerSecond.value;
  // The answer tokens that the money of a token profile pays for: scaled by effort, kind of task and difficulty alike.
  const outputTokens = PARAMETERS.outputTokens * PARAMETERS.effortOutputFactor[model.effort] * terms.costFactor;
  const minutes = (firstTokenS + outputTokens / tokensPerSecond) / 60;
  return {
    moneyUsd,
    minutes,
    totalUsd: moneyUsd + terms.usdPerMinute * minutes + reach.penaltyMicroUsd / 1e6,
    flags: toCostFlags(model, terms.speedDefaults),
  };
}
