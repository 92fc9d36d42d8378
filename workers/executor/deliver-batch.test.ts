import { expect, test } from "vitest";
import { type BatchDeps, deliverBatch } from "./deliver-batch.ts";
import type { Delivery } from "./delivery.ts";
import { pause } from "./pause.ts";

const body = (step: string) => ({ run_id: "run_1", step_id: step });

/** A batch whose messages end when they are told to, and what became of each. */
function makeBatch(holdMs: number | null, steps: readonly string[]) {
  const told: string[] = [];
  const ends = new Map<string, (delivery: Delivery | Error) => void>();
  const goingOn: Promise<void>[] = [];
  const deps: BatchDeps = {
    ...{ holdMs, pause },
    handle: (message) =>
      new Promise((go, stop) => {
        const { step_id } = message as ReturnType<typeof body>;
        ends.set(step_id, (end) => (end instanceof Error ? stop(end) : go(end)));
      }),
    goOn: (rest) => goingOn.push(rest),
    sendAgain: async ({ step_id }, delayS) => told.push(`again ${step_id} in ${delayS}`),
  };
  const messages = steps.map((step) => ({
    body: body(step),
    ack: () => told.push(`ack ${step}`),
    retry: ({ delaySeconds }: { readonly delaySeconds: number }) => told.push(`retry ${step} in ${delaySeconds}`),
  }));
  const end = (step: string, how: Delivery | Error) => ends.get(step)?.(how);
  return { told, end, goingOn, given: deliverBatch(messages, deps) };
}

test("deliverBatch() holds the batch until its last message when no hold is set, each message by itself", async () => {
  const batch = makeBatch(null, ["a", "b", "c"]);
  batch.end("a", "ack");
  batch.end("b", new Error("a bug"));
  const early = await Promise.race([batch.given.then(() => "given"), new Promise((go) => setTimeout(go, 50, "held"))]);
  expect(early).toBe("held");
  batch.end("c", "retry");
  await batch.given;
  expect(batch.told.sort()).toEqual(["ack a", "retry b in 10", "retry c in 10"]);
  expect(batch.goingOn).toEqual([]);
});

test("deliverBatch() gives the batch back after the hold and goes on with what is not done", async () => {
  const batch = makeBatch(30, ["quick", "slow", "late"]);
  batch.end("quick", "ack");
  await batch.given;
  expect(batch.told).toEqual(["ack quick"]);
  batch.end("slow", "ack");
  // Its batch counts as delivered: another try has to be another message.
  batch.end("late", "retry");
  await Promise.all(batch.goingOn);
  expect(batch.told).toEqual(["ack quick", "again late in 10"]);
});

test("deliverBatch() gives the batch back at once when all is done", async () => {
  const batch = makeBatch(60_000, ["a"]);
  batch.end("a", "ack");
  await batch.given;
  expect(batch.told).toEqual(["ack a"]);
});
