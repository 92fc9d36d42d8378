import { expect, test } from "vitest";
import { type BatchDeps, deliverBatch } from "./deliver-batch.ts";
import type { Delivery } from "./delivery.ts";

const body = (step: string) => ({ run_id: "run_1", step_id: step });

/** One turn of the event loop: whatever had nothing left to wait for has happened. */
const nextTurn = () => new Promise<void>((go) => setTimeout(go));

/** A hold that ends when it is told to, or by its signal; which of the two, and how long it was to be. */
function makeHold() {
  const held: (number | string)[] = [];
  let end = (_why: string): void => undefined;
  const pause = (ms: number, signal: AbortSignal) =>
    new Promise<void>((go) => {
      held.push(ms);
      end = (why) => {
        held.push(why);
        go();
      };
      signal.addEventListener("abort", () => end("all done"));
    });
  return { held, pause, end: () => end("over") };
}

/** A batch whose messages end when they are told to, and what became of each. */
function makeBatch(holdMs: number | null, steps: readonly string[]) {
  const hold = makeHold();
  const told: string[] = [];
  const ends = new Map<string, (delivery: Delivery | Error) => void>();
  const goingOn: Promise<void>[] = [];
  const deps: BatchDeps = {
    ...{ holdMs, pause: hold.pause },
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
  const given = deliverBatch(messages, deps).then(() => void told.push("given back"));
  return { told, end, goingOn, hold, given };
}

test("deliverBatch() holds the batch until its last message when no hold is set, each message by itself", async () => {
  const batch = makeBatch(null, ["a", "b", "c"]);
  batch.end("a", "ack");
  batch.end("b", new Error("a bug"));
  await nextTurn();
  expect(batch.told.toSorted()).toEqual(["ack a", "retry b in 10"]);
  batch.end("c", "retry");
  await batch.given;
  expect(batch.told.slice(2)).toEqual(["retry c in 10", "given back"]);
  expect([batch.goingOn, batch.hold.held]).toEqual([[], []]);
});

test("deliverBatch() gives the batch back after the hold and goes on with what is not done", async () => {
  const batch = makeBatch(30, ["quick", "slow", "late"]);
  batch.end("quick", "ack");
  await nextTurn();
  expect(batch.told).toEqual(["ack quick"]);
  batch.hold.end();
  await batch.given;
  expect(batch.told).toEqual(["ack quick", "given back"]);
  batch.end("slow", "ack");
  // Its batch counts as delivered: another try has to be another message.
  batch.end("late", "retry");
  await Promise.all(batch.goingOn);
  expect(batch.told.slice(2)).toEqual(["again late in 10"]);
  expect(batch.hold.held.slice(0, 2)).toEqual([30, "over"]);
});

test("deliverBatch() gives the batch back at once when all is done", async () => {
  const batch = makeBatch(60_000, ["a"]);
  batch.end("a", "ack");
  await batch.given;
  expect(batch.told).toEqual(["ack a", "given back"]);
  expect(batch.hold.held).toEqual([60_000, "all done"]);
});
