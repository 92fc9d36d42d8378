import type { Fault } from "../../shared/base/fault.ts";
import type { StepMessage } from "../../shared/run/step.ts";
import { log } from "../platform/log.ts";

/** What becomes of a queue message: done with, or to be delivered again. */
export type Delivery = "ack" | "retry";

export interface StepName {
  readonly runId: string;
  readonly stepId: string;
}

export const toName = ({ run_id, step_id }: StepMessage): StepName => ({ runId: run_id, stepId: step_id });

/** A database fault is worth another delivery: the rows say whether anything is left to do then. */
export function retryLater(event: string, step: StepName, fault: Fault): Delivery {
  const detail = "detail" in fault ? fault.detail : "";
  log({ level: "warn", event, ...step, faultKind: fault.kind, detail });
  return "retry";
}

/** A message that names no step will never name one; keeping it would only block the queue. */
export function dropForeign(fault: Fault): Delivery {
  log({ level: "warn", event: "foreign_message_dropped", faultKind: fault.kind });
  return "ack";
}
