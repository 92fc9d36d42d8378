import { type Fault, isRetryable, toDetail } from "../../shared/base/fault.ts";
import type { StepMessage } from "../../shared/run/step.ts";
import { log } from "../platform/log.ts";

/** What becomes of a queue message: done with, or to be delivered again. */
export type Delivery = "ack" | "retry";

export interface StepName {
  readonly runId: string;
  readonly stepId: string;
}

export const toName = ({ run_id, step_id }: StepMessage): StepName => ({ runId: run_id, stepId: step_id });

/**
 * What becomes of a message whose handling failed: another delivery where that may help, since the rows say whether
 * anything is left to do then. A fault that would only come again is for the log; the sweeper knows the step.
 */
export function toDelivery(event: string, step: StepName, fault: Fault): Delivery {
  const again = isRetryable(fault);
  log({ level: again ? "warn" : "error", event, ...step, faultKind: fault.kind, detail: toDetail(fault) });
  return again ? "retry" : "ack";
}

/** A message that names no step will never name one; keeping it would only block the queue. */
export function dropForeign(fault: Fault): Delivery {
  log({ level: "warn", event: "foreign_message_dropped", faultKind: fault.kind });
  return "ack";
}
