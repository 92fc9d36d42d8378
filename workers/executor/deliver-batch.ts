import { parseStepMessage, type StepMessage } from "../../shared/run/step.ts";
import { log, toErrorFields } from "../platform/log.ts";
import type { Delivery } from "./delivery.ts";

/** The part of a queue's message that is used here. */
export interface QueueMessage {
  readonly body: unknown;
  readonly ack: () => void;
  readonly retry: (options: { readonly delaySeconds: number }) => void;
}

export interface BatchDeps {
  readonly handle: (body: unknown) => Promise<Delivery>;
  /** How long the batch waits for its messages; null = until the last is done with. */
  readonly holdMs: number | null;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Lets work go on after the batch was given back. */
  readonly goOn: (rest: Promise<void>) => void;
  readonly sendAgain: (message: StepMessage, delaySeconds: number) => Promise<unknown>;
}

/** Long enough for a database hiccup to pass; the rows make an early or late delivery harmless. */
const RETRY_DELAY_S = 10;

/** A bug in handling one message must not touch its neighbours in the batch. */
async function toDelivery(body: unknown, { handle }: BatchDeps): Promise<Delivery> {
  try {
    return await handle(body);
  } catch (thrown) {
    log({ level: "error", event: "message_bug", ...toErrorFields(thrown) });
    return "retry";
  }
}

/** Of a message that its batch counts as delivered by now: another try is another message. One that is lost is swept. */
async function sendAgain(body: unknown, deps: BatchDeps): Promise<void> {
  const message = parseStepMessage(body);
  if (!message.ok) return;
  try {
    await deps.sendAgain(message.value, RETRY_DELAY_S);
  } catch (thrown) {
    log({ level: "warn", event: "send_failed", ...toErrorFields(thrown) });
  }
}

/**
 * Handles the messages of a batch at once, each by itself. With `holdMs` the batch is given back after that long and what
 * is not done goes on without it: a queue that hands out one batch at a time would else stand still behind a slow call.
 */
export async function deliverBatch(messages: readonly QueueMessage[], deps: BatchDeps): Promise<void> {
  const batch = { isHeld: true };
  const deliver = async (message: QueueMessage): Promise<void> => {
    const delivery = await toDelivery(message.body, deps);
    if (!batch.isHeld) return delivery === "ack" ? undefined : sendAgain(message.body, deps);
    if (delivery === "ack") message.ack();
    else message.retry({ delaySeconds: RETRY_DELAY_S });
  };
  const over = new AbortController();
  const all = Promise.all(messages.map(deliver)).then(() => over.abort());
  if (deps.holdMs === null) return all;
  deps.goOn(all);
  await deps.pause(deps.holdMs, over.signal);
  batch.isHeld = false;
}
