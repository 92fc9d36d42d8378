import type { Fault } from "../../shared/base/fault.ts";
import type { Result } from "../../shared/base/result.ts";
import { parseStepMessage, type StepMessage } from "../../shared/run/step.ts";
import { log } from "../platform/log.ts";

/** What becomes of a queue message: done with, or to be delivered again. */
export type Delivery = "ack" | "retry";

interface StepName {
  readonly runId: string;
  readonly stepId: string;
}

export interface ExecutorDeps {
  /** Takes the step under a lease; null when there is nothing to do. `leaseToken` proves it at the end. */
  readonly claimStep: (step: StepName) => Promise<Result<{ leaseToken: string } | null>>;
  readonly settleStep: (step: StepName & { leaseToken: string; fault: Fault["kind"] }) => Promise<Result<boolean>>;
  readonly markStepDead: (step: StepName & { fault: Fault["kind"] }) => Promise<Result<boolean>>;
}

const toName = ({ run_id, step_id }: StepMessage): StepName => ({ runId: run_id, stepId: step_id });

/** A database fault is worth another delivery: the rows say whether anything is left to do then. */
function retryLater(event: string, step: StepName, fault: Fault): Delivery {
  const detail = "detail" in fault ? fault.detail : "";
  log({ level: "warn", event, ...step, faultKind: fault.kind, detail });
  return "retry";
}

/** A message that names no step will never name one; keeping it would only block the queue. */
function dropForeign(fault: Fault): Delivery {
  log({ level: "warn", event: "foreign_message_dropped", faultKind: fault.kind });
  return "ack";
}

/** What a step would do. No step kind is built, so each one ends in the fault that says so. */
const performStep = (step: StepName): Fault => ({ kind: "not_built", what: `step ${step.stepId}` });

/**
 * The executor's spine: message -> claim -> perform -> settle -> ack. The row is the truth: a message for a step that
 * is settled, held or unknown is acknowledged and changes nothing, so redelivery is harmless.
 */
export async function advanceRun(body: unknown, deps: ExecutorDeps): Promise<Delivery> {
  const message = parseStepMessage(body);
  if (!message.ok) return dropForeign(message.fault);
  const step = toName(message.value);
  const claimed = await deps.claimStep(step);
  if (!claimed.ok) return retryLater("claim_failed", step, claimed.fault);
  if (claimed.value === null) {
    log({ level: "info", event: "nothing_to_claim", ...step });
    return "ack";
  }
  const fault = performStep(step);
  const settled = await deps.settleStep({ ...step, leaseToken: claimed.value.leaseToken, fault: fault.kind });
  if (!settled.ok) return retryLater("settle_failed", step, settled.fault);
  log({ level: "info", event: settled.value ? "step_settled" : "lease_lost", ...step, faultKind: fault.kind });
  return "ack";
}

/** A message the queue gave up: its step is marked failed, so that nobody waits for it. */
export async function buryStep(body: unknown, deps: ExecutorDeps): Promise<Delivery> {
  const message = parseStepMessage(body);
  if (!message.ok) return dropForeign(message.fault);
  const step = toName(message.value);
  const dead = await deps.markStepDead({ ...step, fault: "unavailable" });
  if (!dead.ok) return retryLater("bury_failed", step, dead.fault);
  log({ level: "error", event: dead.value ? "step_dead" : "dead_letter_of_settled_step", ...step });
  return "ack";
}
