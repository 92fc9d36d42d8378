import type { Plan } from "./job.ts";
import { type CallPrices, toTokensMicroUsd } from "./price-call.ts";
import type { PlannedStep, StepKind, StepPick } from "./step.ts";

/** Bytes of English text or code that one token stands for, about. */
const BYTES_PER_TOKEN = 4;
/** Instructions around the data. */
const INSTRUCTION_TOKENS = 800;

/** Usual output tokens, thinking included: an assumption, to be replaced by what runs are measured to take. */
const USUAL_OUTPUT: Readonly<Record<StepKind, number>> = {
  plan: 800,
  call: 3_000,
  judge: 400,
  merge: 3_500,
  verdict: 0,
  deliver: 0,
};

interface ExpectedInput {
  /** UTF-8 bytes of the task and its context. */
  readonly taskBytes: number;
  /** null = the catalogue has no such row. */
  readonly pricesOf: (pick: StepPick) => CallPrices | null;
}

/** The chance that a step is reached: one after a check runs where the answer before it was wrong, as expected. */
function toChances({ steps }: Plan): ReadonlyMap<string, number> {
  const chances = new Map<string, number>();
  for (const { stepId, dependsOn, needs } of steps) {
    const before = Math.min(1, ...dependsOn.map((id) => chances.get(id) ?? 1));
    const check = needs.kind === "escalation" ? steps.find((step) => step.stepId === dependsOn[0]) : undefined;
    chances.set(stepId, before * (1 - (check?.escalation?.prior ?? 0)));
  }
  return chances;
}

/** What a run costs about: every step by its chance, with a usual answer. Steps without a price are left out. */
export function toExpectedMicroUsd(plan: Plan, { taskBytes, pricesOf }: ExpectedInput): number {
  const chances = toChances(plan);
  const outputOf = (stepId: string): number => {
    const step = plan.steps.find((one) => one.stepId === stepId);
    return step === undefined ? 0 : USUAL_OUTPUT[step.kind];
  };
  const costOf = (step: PlannedStep): number => {
    const prices = step.pick === null ? null : pricesOf(step.pick);
    if (prices === null) return 0;
    const shown = step.reads.reduce((sum, read) => sum + Math.min(outputOf(read.stepId), read.maxBytes), 0);
    const prompt = Math.ceil(taskBytes / BYTES_PER_TOKEN) + INSTRUCTION_TOKENS + shown;
    const completion = Math.min(USUAL_OUTPUT[step.kind], step.maxOutputTokens);
    return toTokensMicroUsd({ prompt, cached: 0, completion }, prices) * (chances.get(step.stepId) ?? 1);
  };
  return Math.ceil(plan.steps.reduce((sum, step) => sum + costOf(step), 0));
}
