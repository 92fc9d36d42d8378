import { ok, type Result } from "../../../shared/base/result.ts";
import type { StepKey } from "../../platform/d1/run-row.ts";
import { DELIVERY_STEP, TRACKER_STEP } from "../../platform/queue.ts";

/** As many messages as one batch may carry. */
const SWEEP_LIMIT = 100;
/** Rows of each table in one sweep; a day of sweeps forgets 720,000. */
const FORGET_LIMIT = 500;

interface StaleQuery {
  readonly nowMs: number;
  readonly sentBeforeMs: number;
  readonly limit: number;
}

export interface TrackerSweepDeps {
  readonly nowMs: () => number;
  /** How long an issue or a delivery may wait before its message counts as lost. */
  readonly staleAfterMs: number;
  readonly takeStaleThreads: (input: StaleQuery) => Promise<Result<readonly string[]>>;
  readonly takeStaleDeliveries: (input: StaleQuery) => Promise<Result<readonly string[]>>;
  readonly forgetWebhooks: (input: { readonly nowMs: number; readonly limit: number }) => Promise<Result<void>>;
  readonly send: (steps: readonly StepKey[], waitMs: number) => Promise<void>;
}

/**
 * Sends deliveries and issues again whose message was lost or whose holder died, issues whose run has ended since, and
 * forgets what is old. How many were sent.
 */
export async function sweepTracker(deps: TrackerSweepDeps): Promise<Result<number>> {
  const nowMs = deps.nowMs();
  const query = { nowMs, sentBeforeMs: nowMs - deps.staleAfterMs, limit: SWEEP_LIMIT };
  let sent = 0;
  for (const [take, stepId] of [
    [deps.takeStaleDeliveries, DELIVERY_STEP],
    [deps.takeStaleThreads, TRACKER_STEP],
  ] as const) {
    const stale = await take(query);
    if (!stale.ok) return stale;
    const steps = stale.value.map((runId) => ({ runId, stepId }));
    if (steps.length > 0) await deps.send(steps, 0);
    sent += steps.length;
  }
  const forgotten = await deps.forgetWebhooks({ nowMs, limit: FORGET_LIMIT });
  return forgotten.ok ? ok(sent) : forgotten;
}
