import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { parseWith } from "../../../shared/contract/parse.ts";
import { type ProviderKeyBody, providerKeySchema } from "../../../shared/contract/provider-keys.ts";
import type { RouterDeps } from "../deps.ts";
import type { Answer, Handler, HandlerInput } from "../handler.ts";

/** The provider that the path names. Fault: not_found for one that this deployment has no address of. */
function readProvider({ params }: HandlerInput, deps: RouterDeps): Result<string> {
  const name = params.name ?? "";
  const known = deps.knownProviders();
  if (!known.ok) return known;
  return known.value.includes(name) ? ok(name) : fail({ kind: "not_found", what: "provider", id: name });
}

async function answerKey(tenantId: string, provider: string, deps: RouterDeps): Promise<Result<Answer>> {
  const keys = await deps.listProviderKeys(tenantId);
  if (!keys.ok) return keys;
  const row = keys.value.find((key) => key.provider === provider);
  const data: ProviderKeyBody = {
    provider,
    configured: row !== undefined,
    // A short key is kept without them.
    last4: row === undefined || row.last4 === "" ? null : row.last4,
    updated_at: row === undefined ? null : new Date(row.savedAtMs).toISOString(),
  };
  return ok({ data });
}

/** GET /api/callback-secret */
export const getCallbackSecret: Handler = async ({ principal }, deps) => {
  const secret = await deps.readCallbackSecret(principal.tenantId);
  return secret.ok ? ok({ data: { secret: secret.value } }) : secret;
};

/** GET /api/providers/:name/key */
export const getProviderKey: Handler = async (input, deps) => {
  const provider = readProvider(input, deps);
  return provider.ok ? answerKey(input.principal.tenantId, provider.value, deps) : provider;
};

/** PUT /api/providers/:name/key: sealed before it is stored; only the executor opens it. */
export const putProviderKey: Handler = async (input, deps) => {
  const body = parseWith(providerKeySchema, input.body);
  // The parser's message quotes what it could not read.
  if (!body.ok)
    return fail({
      kind: "invalid_param",
      field: "key",
      message: "Cannot read key: expected 8 to 1000 visible ASCII characters, and no other field",
    });
  const provider = readProvider(input, deps);
  if (!provider.ok) return provider;
  const { tenantId, keyId } = input.principal;
  const savedBy = keyId ?? "anonymous";
  const saved = await deps.saveProviderKey({ tenantId, provider: provider.value, secret: body.value.key, savedBy });
  return saved.ok ? answerKey(tenantId, provider.value, deps) : saved;
};

/** DELETE /api/providers/:name/key; one that is not there is gone already. */
export const deleteProviderKey: Handler = async (input, deps) => {
  const provider = readProvider(input, deps);
  if (!provider.ok) return provider;
  const { tenantId } = input.principal;
  const deleted = await deps.deleteProviderKey(tenantId, provider.value);
  return deleted.ok ? answerKey(tenantId, provider.value, deps) : deleted;
};
