import { toDetail } from "../../shared/base/fault.ts";
import { log, toErrorFields } from "../platform/log.ts";
import { advanceRun } from "./advance-run.ts";
import { buryStep } from "./bury-step.ts";
import type { Delivery } from "./delivery.ts";
import { DEAD_LETTER_QUEUE, type ExecutorEnv, toDeps } from "./env.ts";
import { sweep } from "./sweep.ts";

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
    const handle = batch.queue === DEAD_LETTER_QUEUE ? buryStep : advanceRun;
    // At once: a call may take minutes, and its neighbours have nothing to do with it.
    await Promise.all(batch.messages.map((message) => deliver(message, (body) => handle(body, deps))));
  },

  async scheduled(_controller, env) {
    const swept = await sweep(toDeps(env));
    if (!swept.ok) {
      log({ level: "error", event: "sweep_failed", faultKind: swept.fault.kind, detail: toDetail(swept.fault) });
      // Thrown so that the platform counts the invocation as failed.
      throw new Error(`sweep failed: ${swept.fault.kind}`);
    }
    const { sent, dead, expired } = swept.value;
    if (sent + dead + expired > 0) log({ level: "warn", event: "swept", count: sent + dead + expired });
  },
} satisfies ExportedHandler<ExecutorEnv>;
