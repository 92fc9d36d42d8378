import type { Plan } from "./job.ts";
import { type CallPrices, toTokensMicroUsd } from "./price-call.ts";
import type { PlannedStep, StepPick } from "./step.ts";

/** Bytes of instructions around the data: role blocks and the duties of judge and merge. */
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
  /** UTF-8 bytes of the task and its context; a part of a task is no longer than the whole. */
  readonly taskBytes: number;
  /** null = the catalogue has no such row. */
  readonly pricesOf: (pick: StepPick) => CallPrices | null;
}

function toStepMicroUsd(step: PlannedStep, pick: StepPick, { taskBytes, pricesOf }: CostInput): number | null {
  const prices = pricesOf(pick);
  if (prices === null) return null;
  const shown = step.reads.reduce((sum, { maxBytes }) => sum + maxBytes, 0);
  const prompt = taskBytes + shown + INSTRUCTION_BYTES;
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
