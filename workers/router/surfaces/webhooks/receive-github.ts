import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import { sha256Hex } from "../../../platform/crypto.ts";
import { isSignedByGithub } from "../../../platform/verify-signature.ts";
import type { GithubHook } from "../../../platform/webhook-hook.ts";
import type { Answer, Handler, HandlerInput } from "../../handler.ts";
import { ACCEPTED, DUPLICATE, toIgnored } from "./answer-delivery.ts";
import { bytesOf, findHook, NO_SECRETS, REFUSED } from "./find-hook.ts";
import { toIntent } from "./github-intent.ts";
import { type GithubEvent, parseGithubEvent, toKeptEvent } from "./parse-github-event.ts";

function isListed(fullName: string, { settings }: GithubHook): boolean {
  const [owner, ...rest] = fullName.toLowerCase().split("/");
  return settings.repositories.some((listed) => {
    const name = listed.toLowerCase();
    return name === `${owner}/${rest.join("/")}` || name === `${owner}/*`;
  });
}

/** Whether the event is from where the tenant lets events come from. */
function isOfHook({ payload }: Exclude<GithubEvent, { readonly name: "ping" }>, hook: GithubHook): boolean {
  const { credential } = hook;
  const installation = payload.installation?.id;
  if (credential?.kind === "app" && installation !== undefined && installation !== credential.installationId)
    return false;
  return isListed(payload.repository.full_name, hook);
}

function readDeliveryId({ header }: HandlerInput): Result<string> {
  const id = header("x-github-delivery") ?? "";
  if (/^[\x21-\x7e]{1,100}$/.test(id)) return ok(id);
  return fail({ kind: "missing_param", field: "X-GitHub-Delivery", message: "Header X-GitHub-Delivery is missing" });
}

/**
 * POST /webhooks/github: hook -> signature -> event -> intent -> kept once and queued. Nothing is parsed before the
 * signature, nothing is stored of what is refused or ignored, and nothing is decided before the answer: GitHub waits ten
 * seconds and delivers nothing again by itself.
 */
export const receiveGithub: Handler = async (input, deps): Promise<Result<Answer>> => {
  const found = await findHook(input, "github", deps);
  if (!found.ok) return found;
  const [hook, bytes] = [found.value, bytesOf(input)];
  const isGenuine = await isSignedByGithub(bytes, input.header("x-hub-signature-256"), hook?.secrets ?? NO_SECRETS);
  if (hook === null || !isGenuine) return REFUSED;
  const event = parseGithubEvent(bytes, input.header("x-github-event") ?? "");
  if (!event.ok) return event;
  if (event.value === null) return ok(toIgnored("event"));
  if (event.value.name === "ping") return ok(toIgnored("ping"));
  if (!isOfHook(event.value, hook)) return REFUSED;
  const intent = toIntent(event.value, hook, deps.nowMs());
  if (intent.kind === "ignored") return ok(toIgnored(intent.reason));
  const deliveryId = readDeliveryId(input);
  if (!deliveryId.ok) return deliveryId;
  const key = { hookId: hook.id, deliveryId: deliveryId.value, bodySha256: await sha256Hex(bytes) };
  const kept = await deps.keepDelivery({ ...key, token: deps.newId("dlv"), event: toKeptEvent(event.value) });
  if (!kept.ok) return kept;
  return ok(kept.value ? ACCEPTED : DUPLICATE);
};
