import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { DELIVERY_LEASE_MS } from "../../platform/d1/webhook-work-store.ts";
import type { DeliveryDoor } from "../../platform/delivery-door.ts";
import { log } from "../../platform/log.ts";
import { askDoor, type Patience } from "../ask-door.ts";
import { type Delivery, type StepName, toDelivery } from "../delivery.ts";
import { pause as pauseFor } from "../pause.ts";

export interface CarryDeps {
  readonly carryOutDelivery: DeliveryDoor["carryOutDelivery"];
}

type Carried = Result<{ readonly ignored: string | null } | null>;

async function hearDoor(door: DeliveryDoor, token: string): Promise<Carried> {
  const answer = await door.carryOutDelivery(token);
  // What crosses a service binding is freed with its answer; only the words are kept.
  return answer.ok ? ok(answer.value && { ignored: answer.value.ignored }) : fail(answer.fault);
}

/** Waits as long as the router holds a delivery: after that the next try can have it. */
export const bindDeliveryDoor = (door: DeliveryDoor, pause: Patience["pause"] = pauseFor): CarryDeps => ({
  carryOutDelivery: (token) => askDoor(() => hearDoor(door, token), { timeoutMs: DELIVERY_LEASE_MS, pause }),
});

/** Has a tracker's delivery carried out by the router, which decides. One that is over already, or that somebody does, is no failure. */
export async function carryDelivery(step: StepName, { carryOutDelivery }: CarryDeps): Promise<Delivery> {
  const carried: Carried = await carryOutDelivery(step.runId);
  if (!carried.ok) return toDelivery("delivery_not_carried_out", step, carried.fault);
  if (carried.value === null) return "ack";
  const { ignored } = carried.value;
  log({ level: "info", event: "delivery_carried_out", ...step, ...(ignored === null ? {} : { code: ignored }) });
  return "ack";
}
