import { parseStepMessage } from "../../shared/run/step.ts";
import { TRACKER_STEP } from "../platform/queue.ts";
import { type AdvanceDeps, advanceRun } from "./advance-run.ts";
import { type BuryDeps, buryStep } from "./bury-step.ts";
import { type Delivery, type StepName, toName } from "./delivery.ts";
import { buryThread, syncThread, type TrackerDeps, tellRunEnd } from "./tracker/sync-thread.ts";

/** What a message names, and whether that is an issue; null = nothing. */
function toNamed(body: unknown): { readonly step: StepName; readonly isThread: boolean } | null {
  const message = parseStepMessage(body);
  return message.ok ? { step: toName(message.value), isThread: message.value.step_id === TRACKER_STEP } : null;
}

/** A message of the queue: a step of a run, or an issue to bring to its tracker. */
export async function handleMessage(body: unknown, deps: AdvanceDeps & TrackerDeps): Promise<Delivery> {
  const named = toNamed(body);
  if (named?.isThread === true) return syncThread(named.step, deps);
  const delivery = await advanceRun(body, deps);
  if (named !== null) await tellRunEnd(named.step, deps);
  return delivery;
}

/** The same for a message that the queue gave up. */
export function handleDeadLetter(body: unknown, deps: BuryDeps & TrackerDeps): Promise<Delivery> {
  const named = toNamed(body);
  return named?.isThread === true ? buryThread(named.step, deps) : buryStep(body, deps);
}
