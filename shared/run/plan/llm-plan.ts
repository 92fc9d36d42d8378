import type { DecisionCore } from "../../policy/decision.ts";
import type { Plan } from "../job.ts";
import { OUTPUT_TOKENS, RUN_LIMITS } from "../run-limits.ts";
import { compareByStrength, toKnownPicks } from "./known-picks.ts";
import { toCallStep, toDeliverStep, toStepPick } from "./planned-call.ts";
import type { PlanOptions } from "./single.ts";

/** The step whose answer becomes the rest of the plan. */
export const PLAN_STEP_ID = "plan";

/**
 * A run whose parts a model is to make: one paid step, and nothing after it before it is done. The strongest model that
 * the decision names plans, since all later money follows its answer and the answer itself is short.
 */
export function planByModel(
  core: DecisionCore,
  { mode, deliver }: PlanOptions & { readonly mode: "plan" | "swarm" },
): Plan {
  const [pick, ...others] = [...toKnownPicks(core)].sort(compareByStrength);
  if (pick === undefined) throw new Error("a decision names a model");
  const step = toCallStep({
    stepId: PLAN_STEP_ID,
    kind: "plan",
    pick: toStepPick(pick),
    fallbacks: others.slice(0, 2).map(toStepPick),
    maxOutputTokens: OUTPUT_TOKENS.plan,
    onFailure: "fail",
  });
  return {
    mode,
    steps: [step, ...(deliver ? [toDeliverStep("deliver")] : [])],
    result: { prefer: [], otherwise: [] },
    maxParallel: RUN_LIMITS.fanOut,
    notes: ["parts_to_come"],
  };
}
