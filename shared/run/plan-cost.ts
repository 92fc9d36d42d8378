import { withCostCeiling } from "./continuation.ts";
import type { Plan } from "./job.ts";
import { type CallPrices, toTokensMicroUsd } from "./price-call.ts";
import type { PlannedStep, StepPick } from "./step.ts";

/** Bytes of instructions around the data: the duties of judge and merge, and a role where nobody counted it. */
const INSTRUCTION_BYTES = 8_000;

/** Integer micro-dollars. `worst` is what the caps must hold for the run never to pause. */
export interface PlanCost {
  /** What the run costs if every step runs once, as its first pick, on inputs and outputs at their limits. */
  readonly worstMicroUsd: number;
  /** The dearest stand-in in place of every pick; no retries, which are new calls. */
  readonly worstWithFallbacksMicroUsd: number;
  /** Steps for which no price is known; they are in neither sum. */
  readonly unpriced: readonly string[];
}

interface CostInput {
  /** UTF-8 bytes of the task with its context, and of its role. A part is no longer than the whole, beside which it is shown. */
  readonly taskBytes: number;
  /** null = the catalogue has no such row. */
  readonly pricesOf: (pick: StepPick) => CallPrices | null;
}

function toStepMicroUsd(step: PlannedStep, pick: StepPick, { taskBytes, pricesOf }: CostInput): number | null {
  const prices = pricesOf(pick);
  if (prices === null) return null;
  const shown = step.reads.reduce((sum, { maxBytes }) => sum + maxBytes, 0);
  const words = step.partId === null ? taskBytes : 2 * taskBytes;
  const prompt = words + shown + INSTRUCTION_BYTES;
  return toTokensMicroUsd({ prompt, cached: 0, completion: step.maxOutputTokens }, prices);
}

/** The most that a plan costs before anything is known of its answers; for a dry run, not for reserving. */
export function toPlanCost({ steps }: Plan, input: CostInput): PlanCost {
  let [worstMicroUsd, worstWithFallbacksMicroUsd] = [0, 0];
  const unpriced: string[] = [];
  for (const step of steps) {
    if (step.pick === null) continue;
    const own = toStepMicroUsd(step, step.pick, input);
    if (own === null) {
      unpriced.push(step.stepId);
      continue;
    }
    const others = step.fallbacks.map((pick) => toStepMicroUsd(step, pick, input) ?? 0);
    worstMicroUsd += own;
    worstWithFallbacksMicroUsd += Math.max(own, ...others);
  }
  return { worstMicroUsd, worstWithFallbacksMicroUsd, unpriced };
}

/**
 * The plan with what each check weighs held to what the steps after it cost at most: whoever judges, and whoever says
 * what was saved, then goes by the same figure. For plans whose every pick has a price.
 */
export const withCostCeilings = (plan: Plan, input: CostInput): Plan => ({
  ...plan,
  steps: plan.steps.map((step, at) => {
    if (step.escalation === null) return step;
    const { worstMicroUsd } = toPlanCost({ ...plan, steps: plan.steps.slice(at + 1) }, input);
    return { ...step, escalation: withCostCeiling(step.escalation, worstMicroUsd) };
  }),
});
