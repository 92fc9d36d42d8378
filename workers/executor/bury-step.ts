import type { Fault } from "../../shared/base/fault.ts";
import type { Result } from "../../shared/base/result.ts";
import { parseStepMessage } from "../../shared/run/step.ts";
import { log } from "../platform/log.ts";
import { type Delivery, dropForeign, type StepName, toDelivery, toName } from "./delivery.ts";

export interface BuryDeps {
  readonly markStepDead: (step: StepName & { fault: Fault["kind"] }) => Promise<Result<boolean>>;
}

/** A message the queue gave up: its step is marked failed, so that nobody waits for it, unless somebody holds it now. */
export async function buryStep(body: unknown, deps: BuryDeps): Promise<Delivery> {
  const message = parseStepMessage(body);
  if (!message.ok) return dropForeign(message.fault);
  const step = toName(message.value);
  const dead = await deps.markStepDead({ ...step, fault: "unavailable" });
  if (!dead.ok) return toDelivery("bury_failed", step, dead.fault);
  log({ level: "error", event: dead.value ? "step_dead" : "dead_letter_of_held_or_settled_step", ...step });
  return "ack";
}
