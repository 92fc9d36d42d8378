import type { Fault } from "../../shared/base/fault.ts";
import type { Result } from "../../shared/base/result.ts";
import { parseStepMessage } from "../../shared/run/step.ts";
import { log } from "../platform/log.ts";
import { type Delivery, dropForeign, type StepName, toDelivery, toName } from "./delivery.ts";

export interface AdvanceDeps {
  /** Takes the step under a lease; null when there is nothing to do. `leaseToken` proves it at the end. */
  readonly claimStep: (step: StepName) => Promise<Result<{ leaseToken: string } | null>>;
  readonly settleStep: (step: StepName & { leaseToken: string; fault: Fault["kind"] }) => Promise<Result<boolean>>;
}

/** What a step would do. No step kind is built, so each one ends in the fault that says so. */
const performStep = (step: StepName): Fault => ({ kind: "not_built", what: `step ${step.stepId}` });

/**
 * The executor's spine: message -> claim -> perform -> settle -> ack. The row is the truth: a message for a step that
 * is settled, held or unknown is acknowledged and changes nothing, so redelivery is harmless.
 */
export async function advanceRun(body: unknown, deps: AdvanceDeps): Promise<Delivery> {
  const message = parseStepMessage(body);
  if (!message.ok) return dropForeign(message.fault);
  const step = toName(message.value);
  const claimed = await deps.claimStep(step);
  if (!claimed.ok) return toDelivery("claim_failed", step, claimed.fault);
  if (claimed.value === null) {
    log({ level: "info", event: "nothing_to_claim", ...step });
    return "ack";
  }
  const fault = performStep(step);
  const settled = await deps.settleStep({ ...step, leaseToken: claimed.value.leaseToken, fault: fault.kind });
  if (!settled.ok) return toDelivery("settle_failed", step, settled.fault);
  log({ level: "info", event: settled.value ? "step_settled" : "lease_lost", ...step, faultKind: fault.kind });
  return "ack";
}
