import { ok, type Result } from "../../base/result.ts";
import type { DecisionCore } from "../../policy/decision.ts";
import type { RunMode } from "../../policy/policy.ts";
import type { Plan } from "../job.ts";
import { type CascadeOptions, planCascade } from "./cascade.ts";
import { planCollective } from "./collective.ts";
import { planSequence } from "./plan.ts";
import { planSingle } from "./single.ts";
import { type PlanPart, planSwarm } from "./swarm.ts";

export interface RunPlanInput extends CascadeOptions {
  readonly mode: RunMode;
  /** The decision on the whole task, as it stands. */
  readonly core: DecisionCore;
  /** Of modes plan and swarm; none = the task is one piece of work. */
  readonly parts: readonly PlanPart[];
  /** Of mode collective: how many models. */
  readonly count: number;
}

/** The plan of a run, by its mode. Fault: malformed_data for parts that make no plan. */
export function planRun({ mode, core, parts, count, ...options }: RunPlanInput): Result<Plan> {
  switch (mode) {
    case "single":
      return ok(planSingle(core, options));
    case "collective":
      return ok(planCollective(core, { ...options, count }));
    case "cascade":
      return ok(planCascade(core, options));
    case "plan":
    case "swarm": {
      if (parts.length === 0) return ok({ ...planSingle(core, options, ["one_part"]), mode });
      const input = { whole: core, parts, deliver: options.deliver };
      return mode === "plan" ? planSequence(input) : planSwarm(input);
    }
  }
}
