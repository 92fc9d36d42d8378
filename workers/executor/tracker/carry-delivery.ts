import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { DeliveryDoor } from "../../platform/delivery-door.ts";
import { log } from "../../platform/log.ts";
import { type Delivery, type StepName, toDelivery } from "../delivery.ts";

export interface CarryDeps {
  readonly carryOutDelivery: DeliveryDoor["carryOutDelivery"];
}

type Carried = Result<{ readonly ignored: string | null } | null>;

/** An error over there, or no binding at all, is a fault that another try may mend. */
async function askDoor(door: DeliveryDoor, token: string): Promise<Carried> {
  try {
    const answer = await door.carryOutDelivery(token);
    // What crosses a service binding is freed with its answer; only the words are kept.
    return answer.ok ? ok(answer.value && { ignored: answer.value.ignored }) : fail(answer.fault);
  } catch (thrown) {
    return fail({ kind: "unavailable", what: "router", detail: thrown instanceof Error ? thrown.name : "unknown" });
  }
}

export const bindDeliveryDoor = (door: DeliveryDoor): CarryDeps => ({
  carryOutDelivery: (token) => askDoor(door, token),
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
