import type { Fault } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import { type DeliverDeps, deliverEnd } from "./deliver-end.ts";
import { type MakeCallDeps, makeCall } from "./make-call.ts";
import { type PlanTurnDeps, performPlan } from "./plan-turn.ts";
import { type PrepareDeps, prepareCall } from "./prepare-call.ts";
import type { Turn, TurnOutcome } from "./turn.ts";

export interface PerformDeps extends PrepareDeps, MakeCallDeps, DeliverDeps, PlanTurnDeps {
  /** Gives a lease back, so that the next delivery can take the step. */
  readonly freeLease: (turn: Turn, fault: Fault) => Promise<void>;
}

/** Does one step under its lease: reserve, call, and what that means. null = the lease was lost on the way. */
async function performOnce(turn: Turn, deps: PerformDeps): Promise<Result<TurnOutcome | null>> {
  const { kind } = turn.planned;
  if (kind === "deliver") return deliverEnd(turn, deps);
  if (kind === "plan") return performPlan(turn, deps);
  if (kind === "verdict") throw new Error(`verdict step ${turn.stepId} was claimed: it waits for somebody outside`);
  const prepared = await prepareCall(turn, deps);
  if (!prepared.ok) return prepared;
  if (prepared.value.kind === "outcome") return ok(prepared.value.outcome);
  return makeCall(turn, prepared.value.prepared, deps);
}

/** A bug gives the lease back too: the next delivery meets it again, and the last one ends among the dead letters. */
export async function performTurn(turn: Turn, deps: PerformDeps): Promise<Result<TurnOutcome | null>> {
  try {
    return await performOnce(turn, deps);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.name : "unknown";
    await deps.freeLease(turn, { kind: "malformed_data", what: "bug", detail });
    throw thrown;
  }
}
