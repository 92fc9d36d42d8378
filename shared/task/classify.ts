import { argmax, clamp, roundTo, sigmoid, softmax } from "../base/stats.ts";
import type { Classification, Engine, HeadClassification, ModelIdentity, RawOutputs } from "./classification.ts";
import type { Head } from "./labels.ts";
import { CATEGORY_LABELS, COMPLEXITY_LABELS, HEADS, RISK_LABELS, TASK_TYPE_LABELS } from "./labels.ts";
import type { ModelConfig } from "./model-config.ts";
import type { Temperatures } from "./temperatures.ts";

/** Everything that turns one engine run into an answer. */
export interface CalibrateInput {
  readonly raw: RawOutputs;
  readonly temperatures: Temperatures;
  readonly config: Pick<ModelConfig, "abstention" | "outOfScopeThreshold" | "highRisk" | "categoryTemperature">;
  readonly engine: Engine;
  readonly model: ModelIdentity;
  readonly tokens: number;
  readonly truncated: boolean;
}

/** Decimals of every number shown: a label's probability is not known better than that, and answers stay short. */
const DIGITS = 4;

/** Eight roundings move a sum by at most 8 x 0.00005, so it stays within 1e-3 of 1. */
function toHead<L extends string>(labels: readonly [L, ...L[]], probabilities: readonly number[]) {
  const rounded = labels.map((_, i) => roundTo(probabilities[i] ?? 0, DIGITS));
  const top = Math.max(0, argmax(rounded));
  const entries = labels.map((label, i) => [label, rounded[i] ?? 0] as const);
  return {
    label: labels[top] ?? labels[0],
    confidence: rounded[top] ?? 0,
    // One entry for each label of the list, so the record is whole.
    probabilities: Object.fromEntries(entries) as Record<L, number>,
  } satisfies HeadClassification<L>;
}

const toScores = <K extends string>(scores: Readonly<Record<K, number>>): Record<K, number> =>
  // The same keys as `scores`, by construction.
  Object.fromEntries(
    Object.entries<number>(scores).map(([name, score]) => [name, roundTo(clamp(score, 0, 1), DIGITS)]),
  ) as Record<K, number>;

/** Platt's line on the margin of the high logit over the other two: sharper than the softmax of three near 0. */
function toHighRisk(logits: readonly number[], line: ModelConfig["highRisk"]): number | null {
  if (line === null) return null;
  const [low = 0, medium = 0, high = 0] = logits;
  const top = Math.max(low, medium);
  const margin = high - (top + Math.log(Math.exp(low - top) + Math.exp(medium - top)));
  return roundTo(sigmoid(line.scale * margin + line.bias), DIGITS);
}

/**
 * Calibrated answer from raw outputs: softmax(logits / T) per head, rounded to four decimals, and what follows from the
 * rounded numbers (labels, abstention), so that what is shown is what was judged. Logits must be finite.
 */
export function calibrate(input: CalibrateInput): Classification {
  const { raw, temperatures, config } = input;
  const complexity = toHead(COMPLEXITY_LABELS, softmax(raw.complexity, temperatures.complexity));
  const task_type = toHead(TASK_TYPE_LABELS, softmax(raw.task_type, temperatures.task_type));
  const risk = toHead(RISK_LABELS, softmax(raw.risk, temperatures.risk));
  const confidences: Readonly<Record<Head, number>> = {
    complexity: complexity.confidence,
    task_type: task_type.confidence,
    risk: risk.confidence,
  };
  const abstainedHeads = HEADS.filter((head) => confidences[head] < config.abstention[head]);
  const threshold = config.outOfScopeThreshold;
  return {
    complexity,
    task_type,
    risk,
    complexity_sub: toScores(raw.complexity_sub),
    risk_sub: toScores(raw.risk_sub),
    overall_confidence: Math.min(...HEADS.map((head) => confidences[head])),
    abstained: abstainedHeads.length > 0,
    abstained_heads: abstainedHeads,
    out_of_scope: raw.out_of_scope === null || threshold === null ? null : raw.out_of_scope >= threshold,
    high_risk_probability: toHighRisk(raw.risk, config.highRisk),
    category: raw.category === null ? null : toHead(CATEGORY_LABELS, softmax(raw.category, config.categoryTemperature)),
    engine: input.engine,
    model: input.model,
    tokens: input.tokens,
    truncated: input.truncated,
  };
}
