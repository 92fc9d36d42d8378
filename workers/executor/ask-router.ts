import { fail, ok, type Result } from "../../shared/base/result.ts";
import { parseStored } from "../platform/d1/parse-stored.ts";
import { type ExpandedPlan, expandedPlanSchema, type PlanAsk, type PlanDoor } from "../platform/plan-door.ts";
import { askDoor, type Patience } from "./ask-door.ts";
import { pause } from "./pause.ts";

/** Many times what deciding twenty parts takes, and within a lease. */
const PATIENCE: Patience = { timeoutMs: 20_000, pause };

/** Has the parts of a draft decided by the router. Faults: unavailable, malformed_data, and those of deciding. */
export async function askRouter(door: PlanDoor, ask: PlanAsk, patience = PATIENCE): Promise<Result<ExpandedPlan>> {
  const hear = async (): Promise<Result<unknown>> => {
    const answer = await door.expandPlan(ask);
    return answer.ok ? ok(answer.value) : fail(answer.fault);
  };
  const answer = await askDoor(hear, patience);
  return answer.ok ? parseStored(expandedPlanSchema, "plan of the router", answer.value) : answer;
}
