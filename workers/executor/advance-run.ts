import { parseStepMessage } from "../../shared/run/step.ts";
import { log } from "../platform/log.ts";
import { type ClaimDeps, claimTurn } from "./claim-turn.ts";
import { type Delivery, dropForeign, toDelivery, toName } from "./delivery.ts";
import { type FinishDeps, finishTurn, releaseNext } from "./finish-turn.ts";
import { type PerformDeps, performTurn } from "./perform-turn.ts";

export interface AdvanceDeps extends ClaimDeps, PerformDeps, FinishDeps {}

/**
 * The executor's spine: message -> claim -> reserve -> call -> settle -> release -> ack. The rows are the truth: a message
 * for a step that is settled, held or unknown changes nothing, so redelivery is harmless. What fails before the call gives
 * its lease back for the next delivery.
 */
export async function advanceRun(body: unknown, deps: AdvanceDeps): Promise<Delivery> {
  const message = parseStepMessage(body);
  if (!message.ok) return dropForeign(message.fault);
  const step = toName(message.value);
  const turn = await claimTurn(step, deps);
  if (!turn.ok) return toDelivery("claim_failed", step, turn.fault);
  if (turn.value === null) return "ack";
  const outcome = await performTurn(turn.value, deps);
  if (!outcome.ok) {
    await deps.freeLease(turn.value, outcome.fault);
    return toDelivery("turn_failed", step, outcome.fault);
  }
  if (outcome.value === null) return "ack";
  const settled = await finishTurn(turn.value, outcome.value, deps);
  if (!settled.ok) return toDelivery("settle_failed", step, settled.fault);
  log({ level: "info", event: settled.value.kept ? outcome.value.event.kind : "lease_lost", ...step });
  await releaseNext(turn.value, settled.value, { waitMs: outcome.value.waitMs, deps });
  return "ack";
}
