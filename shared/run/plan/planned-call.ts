import type { Pick as ModelPick } from "../../policy/decision.ts";
import { OUTPUT_TOKENS } from "../run-limits.ts";
import type { PlannedStep, StepPick } from "../step.ts";

export const toStepPick = ({ model, effort, vendor, provider, driverKind }: ModelPick): StepPick => ({
  model,
  effort,
  vendor,
  provider,
  driverKind,
});

/** A step that asks a model for work; what is not said is plain. */
export function toCallStep(
  said: Pick<PlannedStep, "stepId" | "pick" | "fallbacks"> & Partial<PlannedStep>,
): PlannedStep {
  return {
    kind: "call",
    dependsOn: [],
    needs: { kind: "all" },
    reads: [],
    partId: null,
    maxOutputTokens: OUTPUT_TOKENS.call,
    onFailure: "skip",
    escalation: null,
    ...said,
  };
}

/** Tells whoever asked how the run ended; it is not part of the work. */
export const toDeliverStep = (stepId: string): PlannedStep => ({
  stepId,
  kind: "deliver",
  dependsOn: [],
  needs: { kind: "ended" },
  pick: null,
  fallbacks: [],
  reads: [],
  partId: null,
  maxOutputTokens: 0,
  onFailure: "skip",
  escalation: null,
});
