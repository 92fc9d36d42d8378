import type { Domain } from "../catalog/model.ts";
import type { Classification } from "../task/classification.ts";
import type { TaskType } from "../task/labels.ts";
import { COMPLEXITY_LABELS } from "../task/labels.ts";
import type { DecideInput, DecisionCore, OutcomeSum, RouteRequest } from "./decision.ts";
import type { DifficultySpread, LogisticPair } from "./parameters.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Policy } from "./policy.ts";
import type { SpeedDefaults } from "./speed-defaults.ts";
import { toSpeedDefaults } from "./speed-defaults.ts";

/** One part of the task's difficulty: a complexity label with its calibrated share, or the whole when the head abstained. */
export interface Stratum {
  readonly share: number;
  readonly pair: LogisticPair;
  readonly spread: DifficultySpread;
  /** w_k: worth of a solved task of this difficulty against a medium one. */
  readonly weight: number;
  /** Provider money in this stratum over the mean money of the task. */
  readonly costRatio: number;
}

/** What of the task and the policy every candidate is valued by; computed once a decision. */
export interface TaskTerms {
  readonly taskType: TaskType;
  readonly domain: Domain;
  readonly strata: readonly Stratum[];
  readonly value: DecisionCore["value"];
  readonly valueUsd: number;
  /** Task-type factor x sum of p_k exp(slope b_k): multiplies the medium cost of a model and its answer tokens. */
  readonly costFactor: number;
  readonly usdPerMinute: number;
  readonly speedDefaults: SpeedDefaults;
  readonly outcomes: ReadonlyMap<string, OutcomeSum>;
}

/** V: value_usd of the request, else its preset, else the policy's value, else the policy's preset. */
export function resolveValue(request: RouteRequest, policy: Policy, complexityKnown: boolean): DecisionCore["value"] {
  const { presets } = PARAMETERS.value;
  if (request.valueMicroUsd !== null) return { microUsd: request.valueMicroUsd, from: "request", weighted: false };
  if (request.preset !== null) return { microUsd: presets[request.preset], from: "preset", weighted: complexityKnown };
  const microUsd = policy.valueMicroUsd ?? presets[policy.preset];
  return { microUsd, from: "policy", weighted: complexityKnown };
}

/** Mean of exp(slope b) over the calibrated labels: harder work costs more on every model. */
function difficultyCostFactor(classification: Classification): number {
  const { slope, difficulty } = PARAMETERS.cost;
  return COMPLEXITY_LABELS.reduce(
    (sum, label) => sum + classification.complexity.probabilities[label] * Math.exp(slope * difficulty[label]),
    0,
  );
}

/**
 * The strata of difficulty: one a label, or a single one without information when the complexity head abstained or no
 * text was classified (null).
 */
export function toStrata(classification: Classification | null, weighted: boolean): readonly Stratum[] {
  const { success, difficulty, cost, value } = PARAMETERS;
  if (classification === null || classification.abstained_heads.includes("complexity"))
    return [{ share: 1, pair: success.noInformation, spread: difficulty.noInformation, weight: 1, costRatio: 1 }];
  const meanFactor = difficultyCostFactor(classification);
  return COMPLEXITY_LABELS.map((label) => ({
    share: classification.complexity.probabilities[label],
    pair: success[label],
    spread: difficulty[label],
    weight: weighted ? value.complexityWeight[label] : 1,
    costRatio: Math.exp(cost.slope * cost.difficulty[label]) / meanFactor,
  }));
}

/** Gathers the terms of one decision from its input. */
export function toTaskTerms(input: DecideInput): TaskTerms {
  const { classification, policy, catalog } = input;
  const taskType = classification.task_type.label;
  const domain = PARAMETERS.domains[taskType];
  const value = resolveValue(input.request, policy, !classification.abstained_heads.includes("complexity"));
  return {
    taskType,
    domain,
    strata: toStrata(classification, value.weighted),
    value,
    valueUsd: value.microUsd / 1e6,
    costFactor: (PARAMETERS.cost.taskTypeFactor[taskType] ?? 1) * difficultyCostFactor(classification),
    usdPerMinute: policy.usdPerMinute.byTaskType[taskType] ?? policy.usdPerMinute.default,
    speedDefaults: toSpeedDefaults(catalog, domain),
    outcomes: new Map(input.outcomes.map((sum) => [sum.modelId, sum])),
  };
}
