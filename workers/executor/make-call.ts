import { ok, type Result } from "../../shared/base/result.ts";
import type { CallOutcome, ModelCall } from "../../shared/run/model-call.ts";
import type { ReserveOutcome } from "../platform/d1/run-money-store.ts";
import { concludeCall } from "./conclude-call.ts";
import { type CalibrationDeps, readCalibration } from "./read-calibration.ts";
import { type PreparedCall, plainOutcome, type Turn, type TurnOutcome } from "./turn.ts";
import { watchLease } from "./watch-lease.ts";

export interface MakeCallDeps extends CalibrationDeps {
  /** In [0,1). */
  readonly chance: () => number;
  readonly reserve: (turn: Turn, prepared: PreparedCall) => Promise<Result<ReserveOutcome>>;
  readonly callModel: (tenantId: string, call: ModelCall, cancel: AbortSignal) => Promise<CallOutcome>;
  readonly holdLease: (turn: Turn, renew: boolean) => Promise<Result<boolean>>;
  /** Ends after so long, or when the signal says so. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Calls while the lease is watched; whichever ends first ends the other. */
async function callUnderLease(turn: Turn, call: ModelCall, deps: MakeCallDeps): Promise<CallOutcome> {
  const [cancel, over] = [new AbortController(), new AbortController()];
  const calling = deps.callModel(turn.loaded.row.tenantId, call, cancel.signal).finally(() => over.abort());
  const watching = watchLease(
    { isOver: () => over.signal.aborted, abort: () => cancel.abort() },
    {
      nowMs: deps.nowMs,
      pause: (ms) => deps.pause(ms, over.signal),
      hold: (renew) => deps.holdLease(turn, renew),
    },
  );
  const [outcome] = await Promise.all([calling, watching]);
  return outcome;
}

/**
 * Books the most that a call can cost, makes it, and says what became of it. A refusal by a cap comes before anything is
 * sent. null = the lease was lost meanwhile, so that there is nothing to do. Fault: unavailable, with nothing sent.
 */
export async function makeCall(
  turn: Turn,
  prepared: PreparedCall,
  deps: MakeCallDeps,
): Promise<Result<TurnOutcome | null>> {
  const calibration = await readCalibration(turn, prepared, deps);
  if (!calibration.ok) return calibration;
  const reserved = await deps.reserve(turn, prepared);
  if (!reserved.ok) return reserved;
  if (reserved.value.kind === "lost") return ok(null);
  if (reserved.value.kind === "refused") {
    const { scope, frozen, roomMicroUsd } = reserved.value;
    const data = { scope: scope.slice(0, scope.indexOf(":")), frozen, roomMicroUsd, neededMicroUsd: prepared.microUsd };
    const refused = plainOutcome({ kind: "budget_refused", stepId: turn.stepId });
    return ok({ ...refused, note: { kind: "budget_refused", data } });
  }
  const outcome = await callUnderLease(turn, prepared.call, deps);
  const { callId } = reserved.value;
  const ended = { turn, prepared, callId, calibration: calibration.value, nowMs: deps.nowMs(), chance: deps.chance() };
  return ok(concludeCall(ended, outcome));
}
