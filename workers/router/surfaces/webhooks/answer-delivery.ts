import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import type { DeliveryAnswer, IgnoredReason } from "../../../../shared/contract/webhooks.ts";
import type { RouterDeps } from "../../deps.ts";
import type { Answer } from "../../handler.ts";

/** What carrying an event out came to. */
export interface Effect {
  readonly ignored: IgnoredReason | null;
  readonly decisionId: string | null;
  readonly runId: string | null;
}

export const NO_EFFECT: Effect = { ignored: null, decisionId: null, runId: null };

/** Nothing is stored of it; `isPreview` so that the answer is 200, not "stored and not done yet". */
export const toIgnored = (reason: IgnoredReason): Answer => ({
  data: { result: "ignored", reason, decision_id: null, run_id: null } satisfies DeliveryAnswer,
  isPreview: true,
});

/** Kept, and done later: what comes of it is not known yet. */
export const ACCEPTED: Answer = {
  data: { result: "accepted", reason: null, decision_id: null, run_id: null } satisfies DeliveryAnswer,
};

export const DUPLICATE: Answer = {
  data: { result: "duplicate", reason: null, decision_id: null, run_id: null } satisfies DeliveryAnswer,
  isPreview: true,
};

/** No 2xx: a sender that took it for done would not try again where the other request dies. */
const BUSY = fail({
  kind: "conflict",
  message: "Cannot take this delivery: another request is at work on it; try again",
});

export interface Delivery {
  readonly hookId: string;
  readonly deliveryId: string;
  readonly bodySha256: string;
}

/**
 * Carries a delivery out once. One that fails is given back, so that the sender's next try finds it untouched; whatever
 * of it was done already is done once by its own key.
 */
export async function answerDelivery(
  delivery: Delivery,
  work: (token: string) => Promise<Result<Effect>>,
  deps: RouterDeps,
): Promise<Result<Answer>> {
  const token = deps.newId("dlv");
  const taken = await deps.takeDelivery({ ...delivery, token });
  if (!taken.ok) return taken;
  if (taken.value === "done") return ok(DUPLICATE);
  if (taken.value === "busy") return BUSY;
  let isDone = false;
  try {
    const effect = await work(token);
    if (!effect.ok) return effect;
    const { ignored, decisionId, runId } = effect.value;
    isDone = ignored === null;
    if (ignored !== null) return ok(toIgnored(ignored));
    return ok({
      data: { result: "accepted", reason: null, decision_id: decisionId, run_id: runId } satisfies DeliveryAnswer,
    });
  } finally {
    await deps.endDelivery({ hookId: delivery.hookId, token, isDone });
  }
}
