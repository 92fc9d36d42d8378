import type { DecisionCore } from "../../policy/decision.ts";
import type { Plan, PlanNote } from "../job.ts";
import { RUN_LIMITS } from "../run-limits.ts";
import { toCallStep, toDeliverStep, toStepPick } from "./planned-call.ts";

export interface PlanOptions {
  /** Whether somebody is to be told of the end. */
  readonly deliver: boolean;
}

/** One call by the decision's pick. */
export function planSingle(core: DecisionCore, { deliver }: PlanOptions, notes: readonly PlanNote[] = []): Plan {
  const { pick, chain } = core;
  const call = toCallStep({
    stepId: "call-1",
    pick: toStepPick(pick),
    fallbacks: (chain[0]?.fallbacks ?? []).map(toStepPick),
    onFailure: "fail",
  });
  return {
    mode: "single",
    steps: [call, ...(deliver ? [toDeliverStep("deliver")] : [])],
    result: { prefer: [call.stepId], otherwise: [] },
    maxParallel: RUN_LIMITS.fanOut,
    notes,
  };
}
