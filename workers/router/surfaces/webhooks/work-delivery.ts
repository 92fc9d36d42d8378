import { isRetryable, toDetail } from "../../../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import type { DeliveryEnd } from "../../../platform/d1/webhook-work-store.ts";
import { log } from "../../../platform/log.ts";
import type { RouterDeps } from "../../deps.ts";
import type { KeptDelivery } from "../../webhook-deps.ts";
import { type Effect, NO_EFFECT } from "./answer-delivery.ts";
import { carryOut } from "./carry-out.ts";
import { toIntent } from "./github-intent.ts";
import { parseKeptEvent } from "./parse-github-event.ts";

/** By the hook as it is set up now; the age of the event is that of its receipt. */
async function carry(
  { hook, event, receivedAtMs }: KeptDelivery,
  token: string,
  deps: RouterDeps,
): Promise<Result<Effect>> {
  const read = parseKeptEvent(event);
  if (!read.ok) return read;
  const intent = toIntent(read.value, hook, receivedAtMs);
  if (intent.kind === "ignored") return ok({ ...NO_EFFECT, ignored: intent.reason });
  const { id: repositoryId, full_name } = read.value.payload.repository;
  const repository = full_name.toLowerCase();
  if (repositoryId !== undefined) {
    const named = await deps.nameRepository({ hookId: hook.id, tenantId: hook.tenantId, repositoryId, repository });
    if (!named.ok) return named;
  }
  const effect = await carryOut(intent, { hook, repository, token }, deps);
  return effect.ok ? waitForEarlier(effect.value, token, deps) : effect;
}

/** An issue may be unknown only because its own event, which came before, is not done yet. */
async function waitForEarlier(effect: Effect, token: string, deps: RouterDeps): Promise<Result<Effect>> {
  if (effect.ignored !== "unknown_issue") return ok(effect);
  const earlier = await deps.hasEarlierDelivery(token);
  if (!earlier.ok) return earlier;
  if (!earlier.value) return ok(effect);
  return fail({ kind: "unavailable", what: "delivery", detail: "one that came before is not done yet" });
}

function toEnd(effect: Result<Effect>): DeliveryEnd {
  if (effect.ok) return effect.value.ignored === null ? "done" : "ignored";
  return isRetryable(effect.fault) ? "again" : { failure: effect.fault.kind };
}

/**
 * Carries a kept delivery out: claim -> event -> intent -> effect -> settle. null = there was nothing to do. What failed
 * for a while is left to the queue's next try and then to the sweeper; whatever of it was done already is done once by
 * its own key. Faults: those that another try may mend.
 */
export async function workDelivery(token: string, deps: RouterDeps): Promise<Result<Effect | null>> {
  const claimed = await deps.claimDelivery(token);
  if (!claimed.ok) return claimed;
  if (claimed.value === null) return ok(null);
  const effect = await carry(claimed.value, token, deps);
  const settled = await deps.settleDelivery({ token, end: toEnd(effect) });
  if (!settled.ok) return settled;
  if (effect.ok || isRetryable(effect.fault)) return effect;
  // Kept with its class for whoever set the hook up; GitHub's Redeliver tries it again.
  log({ level: "error", event: "delivery_failed", faultKind: effect.fault.kind, detail: toDetail(effect.fault) });
  return ok(null);
}
