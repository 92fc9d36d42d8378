import { ok, type Result } from "../../shared/base/result.ts";
import type { StepMessage } from "../../shared/run/step.ts";
import type { StaleStep } from "../platform/d1/runs-store.ts";
import { log } from "../platform/log.ts";

/** A queue delivers within seconds; a step that waited this long has lost its message. */
export const STALE_AFTER_MS = 60_000;
/** As many messages as one batch may carry. */
export const SWEEP_LIMIT = 100;
/** A step whose holders died this often kills them: it is not handed to a sixth. */
export const MAX_CLAIMS = 5;

export interface SweepDeps {
  readonly nowMs: () => number;
  readonly takeStaleSteps: (input: {
    nowMs: number;
    sentBeforeMs: number;
    limit: number;
  }) => Promise<Result<readonly StaleStep[]>>;
  readonly markStepDead: (step: { runId: string; stepId: string; fault: "unavailable" }) => Promise<Result<boolean>>;
  readonly sendSteps: (messages: readonly StepMessage[]) => Promise<Result<void>>;
}

export interface Swept {
  readonly sent: number;
  readonly dead: number;
}

/**
 * Sends again what lost its message or its holder: queues forget, rows do not. What is left over, or fails to be sent,
 * is stale again a minute later. Fault: unavailable.
 */
export async function sweep(deps: SweepDeps): Promise<Result<Swept>> {
  const nowMs = deps.nowMs();
  const stale = await deps.takeStaleSteps({ nowMs, sentBeforeMs: nowMs - STALE_AFTER_MS, limit: SWEEP_LIMIT });
  if (!stale.ok) return stale;
  const hopeless = stale.value.filter((step) => step.attempts >= MAX_CLAIMS);
  let dead = 0;
  for (const { runId, stepId } of hopeless) {
    const marked = await deps.markStepDead({ runId, stepId, fault: "unavailable" });
    if (!marked.ok) return marked;
    if (!marked.value) continue;
    dead += 1;
    log({ level: "error", event: "step_dead", runId, stepId, detail: `claimed ${MAX_CLAIMS} times, never settled` });
  }
  const again = stale.value.filter((step) => step.attempts < MAX_CLAIMS);
  if (again.length > 0) {
    const sent = await deps.sendSteps(again.map(({ runId, stepId }) => ({ run_id: runId, step_id: stepId })));
    if (!sent.ok) return sent;
  }
  return ok({ sent: again.length, dead });
}
