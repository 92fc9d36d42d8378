import { fail, ok, type Result } from "../../base/result.ts";
import type { DecisionCore } from "../../policy/decision.ts";
import type { Plan } from "../job.ts";
import { toKnownPicks } from "./known-picks.ts";
import { toStepPick } from "./planned-call.ts";

/**
 * The plan with its merge done by the model that was asked for. It must be one that the decision names: it passed the
 * policy's filters. Fault: invalid_param, which says who may.
 */
export function withMergeModel(plan: Plan, core: DecisionCore, model: string): Result<Plan> {
  const known = toKnownPicks(core);
  const asked = known.find((pick) => pick.model === model);
  if (asked === undefined) {
    const names = known.map((pick) => pick.model).join(", ");
    const message = `Cannot merge by ${JSON.stringify(model)}: expected a model that the decision names (${names})`;
    return fail({ kind: "invalid_param", field: "merge.model", message });
  }
  const pick = toStepPick(asked);
  const steps = plan.steps.map((step) =>
    step.kind === "merge"
      ? { ...step, pick, fallbacks: step.fallbacks.filter((other) => other.model !== pick.model) }
      : step,
  );
  return ok({ ...plan, steps });
}
