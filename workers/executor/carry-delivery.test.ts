import { expect, test } from "vitest";
import { ok } from "../../shared/base/result.ts";
import { DELIVERY_LEASE_MS } from "../platform/d1/webhook-work-store.ts";
import type { DeliveryDoor } from "../platform/delivery-door.ts";
import { DELIVERY_STEP, TRACKER_STEP } from "../platform/queue.ts";
import { bindDeliveryDoor, carryDelivery } from "./tracker/carry-delivery.ts";
import { sweepTracker, type TrackerSweepDeps } from "./tracker/sweep-tracker.ts";

const STEP = { runId: "dlv_1", stepId: DELIVERY_STEP };
const carry = (carryOutDelivery: DeliveryDoor["carryOutDelivery"]) =>
  carryDelivery(STEP, bindDeliveryDoor({ carryOutDelivery }));

test("a delivery's message is done with unless another try may help", async () => {
  expect(await carry(async () => ok({ ignored: null }))).toBe("ack");
  expect(await carry(async () => ok({ ignored: "not_allowed" }))).toBe("ack");
  expect(await carry(async () => ok(null))).toBe("ack");
  const detail = "away";
  expect(await carry(async () => ({ ok: false, fault: { kind: "unavailable", what: "database", detail } }))).toBe(
    "retry",
  );
  expect(await carry(async () => ({ ok: false, fault: { kind: "malformed_data", what: "x", detail } }))).toBe("ack");
  expect(
    await carry(() => {
      throw new Error("no binding");
    }),
  ).toBe("retry");
});

test("a delivery that the router does not answer in time is left to another try", async () => {
  const asked: number[] = [];
  const silent: DeliveryDoor = { carryOutDelivery: () => new Promise(() => undefined) };
  const pause = async (ms: number): Promise<void> => void asked.push(ms);
  expect(await carryDelivery(STEP, bindDeliveryDoor(silent, pause))).toBe("retry");
  expect(asked).toEqual([DELIVERY_LEASE_MS]);
});

test("the sweeper sends deliveries and issues again, each as what it is", async () => {
  const sent: string[] = [];
  const deps: TrackerSweepDeps = {
    ...{ nowMs: () => 100_000, staleAfterMs: 60_000 },
    takeStaleThreads: async () => ok(["thr_1"]),
    takeStaleDeliveries: async ({ sentBeforeMs }) => ok(sentBeforeMs === 40_000 ? ["dlv_1", "dlv_2"] : []),
    forgetWebhooks: async () => ok(undefined),
    send: async (steps) => {
      sent.push(...steps.map(({ runId, stepId }) => `${runId}/${stepId}`));
    },
  };
  expect(await sweepTracker(deps)).toEqual(ok(3));
  expect(sent).toEqual([`dlv_1/${DELIVERY_STEP}`, `dlv_2/${DELIVERY_STEP}`, `thr_1/${TRACKER_STEP}`]);
});
