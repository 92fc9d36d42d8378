import { fail, ok, type Result } from "../../../../shared/base/result.ts";
import { hookQuerySchema } from "../../../../shared/contract/webhooks.ts";
import type { HookKind } from "../../../platform/d1/webhook-hooks-store.ts";
import type { OpenHook } from "../../../platform/webhook-hook.ts";
import type { RouterDeps } from "../../deps.ts";
import type { HandlerInput } from "../../handler.ts";

/** The same for an unknown hook, a wrong signature and a repository that is not listed: nobody learns which it was. */
export const REFUSED = fail({
  kind: "forbidden",
  message: "Cannot take this delivery: its hook or its signature is not known here",
});

/** Checked where there is no hook, so that the time does not tell either. It signs nothing that would be taken. */
export const NO_SECRETS: readonly string[] = ["whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"];

/** The hook that the address names; null = none of that kind. */
export async function findHook<K extends HookKind>(
  { query }: HandlerInput,
  kind: K,
  deps: RouterDeps,
): Promise<Result<Extract<OpenHook, { readonly kind: K }> | null>> {
  const named = hookQuerySchema.safeParse(query);
  if (!named.success) return ok(null);
  const found = await deps.findHook(named.data.hook);
  if (!found.ok) return found;
  const { value: hook } = found;
  const isOfKind = (one: OpenHook): one is Extract<OpenHook, { readonly kind: K }> => one.kind === kind;
  return ok(hook !== null && isOfKind(hook) ? hook : null);
}

/** The bytes of a raw door. */
export function bytesOf({ body }: HandlerInput): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return new Uint8Array(body);
  throw new TypeError("a signed door was given something else than bytes");
}
