import { fail, ok, type Result } from "../../shared/base/result.ts";
import { parseStored } from "../platform/d1/parse-stored.ts";
import { type ExpandedPlan, expandedPlanSchema, type PlanAsk, type PlanDoor } from "../platform/plan-door.ts";
import { pause } from "./pause.ts";

/** Many times what deciding twenty parts takes, and within a lease. */
const TIMEOUT_MS = 20_000;

const unreached = (detail: string) => fail({ kind: "unavailable", what: "router", detail });

/** What the door says, or that it said nothing: an error over there, or no binding at all, is no error here. */
async function askDoor(door: PlanDoor, ask: PlanAsk): Promise<Result<unknown>> {
  try {
    const answer = await door.expandPlan(ask);
    return answer.ok ? ok(answer.value) : fail(answer.fault);
  } catch (thrown) {
    return unreached(thrown instanceof Error ? thrown.name : "unknown");
  }
}

/** Has the parts of a draft decided by the router. Faults: unavailable, malformed_data, and those of deciding. */
export async function askRouter(door: PlanDoor, ask: PlanAsk): Promise<Result<ExpandedPlan>> {
  const over = new AbortController();
  const silence = pause(TIMEOUT_MS, over.signal).then(() => unreached("silent"));
  const answer = await Promise.race([askDoor(door, ask), silence]);
  over.abort();
  return answer.ok ? parseStored(expandedPlanSchema, "plan of the router", answer.value) : answer;
}
