import { parseStepMessage } from "../../shared/run/step.ts";
import { DELIVERY_STEP, TRACKER_STEP } from "../platform/queue.ts";
import { type AdvanceDeps, advanceRun } from "./advance-run.ts";
import { type BuryDeps, buryStep } from "./bury-step.ts";
import { type Delivery, type StepName, toName } from "./delivery.ts";
import { type CarryDeps, carryDelivery } from "./tracker/carry-delivery.ts";
import { buryThread, syncThread, type TrackerDeps, tellRunEnd } from "./tracker/sync-thread.ts";

/** What a message names; null = nothing. */
function toStep(body: unknown): StepName | null {
  const message = parseStepMessage(body);
  return message.ok ? toName(message.value) : null;
}

/** A message of the queue: a step of a run, an issue to bring to its tracker, or a tracker's delivery. */
export async function handleMessage(body: unknown, deps: AdvanceDeps & TrackerDeps & CarryDeps): Promise<Delivery> {
  const step = toStep(body);
  if (step?.stepId === TRACKER_STEP) return syncThread(step, deps);
  if (step?.stepId === DELIVERY_STEP) return carryDelivery(step, deps);
  const delivery = await advanceRun(body, deps);
  if (step !== null) await tellRunEnd(step, deps);
  return delivery;
}

/** The same for a message that the queue gave up. */
export function handleDeadLetter(body: unknown, deps: BuryDeps & TrackerDeps): Promise<Delivery> {
  const step = toStep(body);
  if (step?.stepId === TRACKER_STEP) return buryThread(step, deps);
  // Its row is still due: the sweeper sends it again, and gives it up where that never helps.
  if (step?.stepId === DELIVERY_STEP) return Promise.resolve("ack");
  return buryStep(body, deps);
}
