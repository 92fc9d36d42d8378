import { toDetail } from "../../shared/base/fault.ts";
import { log } from "../platform/log.ts";
import { deliverBatch } from "./deliver-batch.ts";
import { DEAD_LETTER_QUEUE, type ExecutorEnv, toDeps, toHoldMs } from "./env.ts";
import { handleDeadLetter, handleMessage } from "./handle-message.ts";
import { pause } from "./pause.ts";
import { sweep } from "./sweep.ts";
import { sweepTracker } from "./tracker/sweep-tracker.ts";

export default {
  async queue(batch, env, context) {
    const deps = toDeps(env);
    const handle = batch.queue === DEAD_LETTER_QUEUE ? handleDeadLetter : handleMessage;
    const holdMs = toHoldMs(env);
    // At once: a call may take minutes, and its neighbours have nothing to do with it.
    await deliverBatch(batch.messages, {
      handle: (body) => handle(body, deps),
      holdMs,
      pause,
      goOn: (rest) => context.waitUntil(rest),
      sendAgain: (body, delaySeconds) => env.RUN_QUEUE.send(body, { delaySeconds }),
    });
  },

  async scheduled(_controller, env) {
    const deps = toDeps(env);
    // Neither waits for the other: a fault in one must not keep the other from its rows.
    const [swept, tracker] = await Promise.all([sweep(deps), sweepTracker(deps)]);
    const faults = [swept, tracker].flatMap((one) => (one.ok ? [] : [one.fault]));
    for (const fault of faults)
      log({ level: "error", event: "sweep_failed", faultKind: fault.kind, detail: toDetail(fault) });
    // Thrown so that the platform counts the invocation as failed.
    if (!swept.ok || !tracker.ok) throw new Error(`sweep failed: ${faults.map(({ kind }) => kind).join(", ")}`);
    const { sent, dead, expired } = swept.value;
    if (tracker.value > 0) log({ level: "info", event: "threads_sent", count: tracker.value });
    if (sent + dead + expired > 0) log({ level: "warn", event: "swept", count: sent + dead + expired });
  },
} satisfies ExportedHandler<ExecutorEnv>;
