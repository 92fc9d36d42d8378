import type { Scope } from "../../../../shared/contract/door.ts";
import type { HandlerInput } from "../../handler.ts";

/** A request as if by somebody at the tracker: whoever that is stands where a key's id would, so that nobody approves what he asked for. */
export const actAs = (
  { tenantId, actor, scope }: { readonly tenantId: string; readonly actor: string; readonly scope: Scope },
  request: Partial<Pick<HandlerInput, "params" | "body">> & { readonly idempotencyKey?: string },
): HandlerInput => ({
  principal: { tenantId, keyId: actor, scopes: [scope], anonymous: false },
  params: request.params ?? {},
  query: {},
  body: request.body,
  header: (name) => (name === "idempotency-key" ? (request.idempotencyKey ?? null) : null),
});
