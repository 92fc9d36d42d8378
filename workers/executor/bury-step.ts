import type { Result } from "../../shared/base/result.ts";
import { parseStepMessage } from "../../shared/run/step.ts";
import type { RunChange, StepKey } from "../platform/d1/run-row.ts";
import { log } from "../platform/log.ts";
import { type Delivery, dropForeign, type StepName, toDelivery, toName } from "./delivery.ts";

export interface BuryDeps {
  /** Fails a step that nobody holds, with what it went through. */
  readonly failStep: (step: StepName & { readonly failure: string }) => Promise<Result<RunChange>>;
  readonly send: (steps: readonly StepKey[], waitMs: number) => Promise<void>;
}

/** A message the queue gave up: its step fails, so that nobody waits for it, unless somebody holds it now. */
export async function buryStep(body: unknown, deps: BuryDeps): Promise<Delivery> {
  const message = parseStepMessage(body);
  if (!message.ok) return dropForeign(message.fault);
  const step = toName(message.value);
  const dead = await deps.failStep({ ...step, failure: "dead_letter" });
  if (!dead.ok) return toDelivery("bury_failed", step, dead.fault);
  if (dead.value.released.length > 0) await deps.send(dead.value.released, 0);
  log({ level: "error", event: dead.value.changed ? "step_dead" : "dead_letter_of_held_or_settled_step", ...step });
  return "ack";
}
