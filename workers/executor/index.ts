import { toDetail } from "../../shared/base/fault.ts";
import { log, toErrorFields } from "../platform/log.ts";
import type { Delivery } from "./delivery.ts";
import { DEAD_LETTER_QUEUE, type ExecutorEnv, toDeps } from "./env.ts";
import { handleDeadLetter, handleMessage } from "./handle-message.ts";
import { sweep } from "./sweep.ts";
import { sweepTracker } from "./tracker/sweep-tracker.ts";

/** Long enough for a database hiccup to pass; the rows make an early or late delivery harmless. */
const RETRY_DELAY_S = 10;

/** One message by itself: a bug in handling it must not touch its neighbours in the batch. */
async function deliver(message: Message, handle: (body: unknown) => Promise<Delivery>): Promise<void> {
  let delivery: Delivery = "retry";
  try {
    delivery = await handle(message.body);
  } catch (thrown) {
    log({ level: "error", event: "message_bug", ...toErrorFields(thrown) });
  }
  if (delivery === "ack") message.ack();
  else message.retry({ delaySeconds: RETRY_DELAY_S });
}

export default {
  async queue(batch, env) {
    const deps = toDeps(env);
    const handle = batch.queue === DEAD_LETTER_QUEUE ? handleDeadLetter : handleMessage;
    // At once: a call may take minutes, and its neighbours have nothing to do with it.
    await Promise.all(batch.messages.map((message) => deliver(message, (body) => handle(body, deps))));
  },

  async scheduled(_controller, env) {
    const deps = toDeps(env);
    // Neither waits for the other: a fault in one must not keep the other from its rows.
    const [swept, tracker] = await Promise.all([sweep(deps), sweepTracker(deps)]);
    for (const { fault } of [swept, tracker].filter((one) => !one.ok)) {
      log({ level: "error", event: "sweep_failed", faultKind: fault.kind, detail: toDetail(fault) });
      // Thrown so that the platform counts the invocation as failed.
      throw new Error(`sweep failed: ${fault.kind}`);
    }
    if (!swept.ok || !tracker.ok) return;
    const { sent, dead, expired } = swept.value;
    if (tracker.value > 0) log({ level: "info", event: "threads_sent", count: tracker.value });
    if (sent + dead + expired > 0) log({ level: "warn", event: "swept", count: sent + dead + expired });
  },
} satisfies ExportedHandler<ExecutorEnv>;
