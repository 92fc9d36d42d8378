import { ok, type Result } from "../../shared/base/result.ts";
import type { Claimed } from "../platform/d1/run-claim-store.ts";
import type { StepKey } from "../platform/d1/run-row.ts";
import { log } from "../platform/log.ts";
import type { StepName } from "./delivery.ts";
import type { Turn } from "./turn.ts";

export interface ClaimDeps {
  readonly newToken: () => string;
  readonly claim: (step: StepName, leaseToken: string) => Promise<Result<Claimed>>;
  /** A probe is answered by being taken up at all. */
  readonly settleProbe: (step: StepName, leaseToken: string) => Promise<Result<boolean>>;
  readonly send: (steps: readonly StepKey[], waitMs: number) => Promise<void>;
}

/**
 * Takes the step that a message names. null = there is nothing to do now: it is settled, held by another, waits for a
 * place (whoever frees one sends it again) or for its time (a later message is sent). Faults: unavailable, malformed_data.
 */
export async function claimTurn(step: StepName, deps: ClaimDeps): Promise<Result<Turn | null>> {
  const leaseToken = deps.newToken();
  const claimed = await deps.claim(step, leaseToken);
  if (!claimed.ok) return claimed;
  const { value } = claimed;
  if (value.kind === "claimed") {
    const planned = value.loaded.row.plan.steps.find(({ stepId }) => stepId === step.stepId);
    if (planned === undefined) throw new Error(`step ${step.stepId} is not in its plan`);
    const { loaded, models, calls, sealedTexts } = value;
    return ok({ ...step, leaseToken, planned, loaded, models, calls, sealedTexts });
  }
  if (value.kind === "probe") {
    const settled = await deps.settleProbe(step, leaseToken);
    return settled.ok ? ok(null) : settled;
  }
  if (value.kind === "early") await deps.send([step], value.waitMs);
  log({ level: "info", event: `step_${value.kind}`, ...step });
  return ok(null);
}
