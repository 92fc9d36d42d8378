import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { StepMessage } from "../../shared/run/step.ts";

/** Step id of a message that names an issue's row instead of a run; no planner makes it. */
export const TRACKER_STEP = "tracker";
/** The same for a tracker's delivery that is to be carried out. */
export const DELIVERY_STEP = "delivery";

export interface StepQueue {
  send(message: StepMessage): Promise<unknown>;
}

export interface StepBatchQueue {
  sendBatch(messages: readonly { readonly body: StepMessage; readonly delaySeconds?: number }[]): Promise<unknown>;
}

/** Picked apart so that nothing a caller's object carries besides can travel along. */
const toMessage = ({ run_id, step_id }: StepMessage): StepMessage => ({ run_id, step_id });

/** A failure loses nothing: the rows are saved before, and the sweeper sends again what waits too long. */
async function trySend(send: () => Promise<unknown>): Promise<Result<void>> {
  try {
    await send();
    return ok(undefined);
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.message : "unknown";
    return fail({ kind: "unavailable", what: "queue", detail });
  }
}

/** Sends one step's name. Fault: unavailable. */
export const sendStep = (queue: StepQueue, message: StepMessage): Promise<Result<void>> =>
  trySend(() => queue.send(toMessage(message)));

/**
 * Sends up to 100 steps' names, the platform's limit for one batch; they arrive after `delaySeconds` at the earliest.
 * Fault: unavailable.
 */
export const sendSteps = (
  queue: StepBatchQueue,
  messages: readonly StepMessage[],
  delaySeconds = 0,
): Promise<Result<void>> =>
  trySend(() =>
    queue.sendBatch(
      messages.map((message) => ({ body: toMessage(message), ...(delaySeconds > 0 ? { delaySeconds } : {}) })),
    ),
  );
