import { ok, type Result } from "../../../shared/base/result.ts";
import type { StepKey } from "../../platform/d1/run-row.ts";
import { TRACKER_STEP } from "../../platform/queue.ts";

/** As many messages as one batch may carry. */
const SWEEP_LIMIT = 100;

export interface TrackerSweepDeps {
  readonly nowMs: () => number;
  /** How long an issue may wait before its message counts as lost. */
  readonly staleAfterMs: number;
  readonly takeStaleThreads: (input: {
    readonly nowMs: number;
    readonly sentBeforeMs: number;
    readonly limit: number;
  }) => Promise<Result<readonly string[]>>;
  readonly forgetDeliveries: (input: { readonly nowMs: number }) => Promise<Result<void>>;
  readonly send: (steps: readonly StepKey[], waitMs: number) => Promise<void>;
}

/** Sends issues again whose message was lost or whose run has ended since, and forgets old deliveries. How many were sent. */
export async function sweepTracker(deps: TrackerSweepDeps): Promise<Result<number>> {
  const nowMs = deps.nowMs();
  const stale = await deps.takeStaleThreads({ nowMs, sentBeforeMs: nowMs - deps.staleAfterMs, limit: SWEEP_LIMIT });
  if (!stale.ok) return stale;
  if (stale.value.length > 0)
    await deps.send(
      stale.value.map((runId) => ({ runId, stepId: TRACKER_STEP })),
      0,
    );
  const forgotten = await deps.forgetDeliveries({ nowMs });
  return forgotten.ok ? ok(stale.value.length) : forgotten;
}
