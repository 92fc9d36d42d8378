import { isRetryable, toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import type { CallOutcome, ModelCall } from "../../shared/run/model-call.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { readProviderKey } from "../platform/d1/provider-keys-store.ts";
import { fetchOutside } from "../platform/egress.ts";
import type { EgressRules } from "../platform/egress-rules.ts";
import { log } from "../platform/log.ts";
import { type Sealer, toCallbackSecret } from "../platform/seal.ts";
import { signWebhook } from "../platform/sign-webhook.ts";
import { callModel, type ProviderKey } from "./call-model.ts";
import type { Callback } from "./deliver-end.ts";
import { type ProviderEndpoint, toAllowedHosts } from "./providers/endpoint.ts";

/** Where this deployment may send, and with which keys. */
export interface OutsideParts {
  readonly db: Db;
  readonly sealer: Sealer | null;
  readonly masterSecret: string;
  readonly endpoints: readonly ProviderEndpoint[];
  /** The deployment's own keys by endpoint. */
  readonly keys: ReadonlyMap<string, string>;
  readonly callbackHosts: readonly string[];
  readonly allowLoopbackHttp: boolean;
  readonly fetch: EgressRules["fetch"];
  readonly nowMs: () => number;
}

/** A tenant's own key before the deployment's; bound to the host of its endpoint. Faults: unavailable, malformed_data. */
async function readKey(parts: OutsideParts, tenantId: string, provider: string): Promise<Result<ProviderKey | null>> {
  const endpoint = parts.endpoints.find(({ name }) => name === provider);
  if (endpoint === undefined) return ok(null);
  const { host } = new URL(endpoint.baseUrl);
  const shared = parts.keys.get(provider);
  const otherwise = shared === undefined ? null : { secret: shared, host };
  if (parts.sealer === null) return ok(otherwise);
  const sealed = await readProviderKey(parts.db, { tenantId, provider });
  if (!sealed.ok) return sealed;
  if (sealed.value === null) return ok(otherwise);
  const opened = await parts.sealer.open({
    purpose: "provider_key",
    id: `${tenantId}/${provider}`,
    sealed: sealed.value,
  });
  return opened.ok ? ok({ secret: opened.value, host }) : opened;
}

const CALLBACK_TIMEOUT_MS = 15_000;
const CALLBACK_LIMIT_BYTES = 65_536;

/** One signed request to a listed host; whether it was taken. */
async function sendCallback(parts: OutsideParts, { tenantId, url, messageId, body }: Callback): Promise<boolean> {
  const secret = await toCallbackSecret(parts.masterSecret, tenantId);
  const signed = await signWebhook(secret, { messageId, nowMs: parts.nowMs(), body });
  const rules = { allowedHosts: parts.callbackHosts, allowLoopbackHttp: parts.allowLoopbackHttp, fetch: parts.fetch };
  const headers = { "content-type": "application/json", ...signed };
  const limits = { timeoutMs: CALLBACK_TIMEOUT_MS, limitBytes: CALLBACK_LIMIT_BYTES };
  const answer = await fetchOutside({ url, method: "POST", headers, body, ...limits }, rules);
  if (!answer.ok) log({ level: "warn", event: "callback_failed", faultKind: answer.fault.kind });
  return answer.ok && answer.value.status >= 200 && answer.value.status <= 299;
}

/** The two ways out of the executor: to a model, and to whoever waits for a run's end. */
export const bindProviders = (parts: OutsideParts) => ({
  callModel: async (tenantId: string, call: ModelCall, cancel: AbortSignal): Promise<CallOutcome> => {
    const key = await readKey(parts, tenantId, call.provider);
    if (!key.ok) {
      // A database that is away for a moment is no missing key: the same model is asked again.
      const failure = isRetryable(key.fault) ? "network" : "no_key";
      const detail = toDetail(key.fault);
      return { ok: false, failure: { class: failure, status: null, retryAfterMs: null, sent: false, detail } };
    }
    return callModel(call, {
      endpoints: parts.endpoints,
      keyOf: (provider) => (provider === call.provider ? key.value : null),
      rules: {
        allowedHosts: toAllowedHosts(parts.endpoints),
        allowLoopbackHttp: parts.allowLoopbackHttp,
        fetch: parts.fetch,
      },
      nowMs: parts.nowMs,
      cancel,
    });
  },
  sendCallback: (callback: Callback) => sendCallback(parts, callback),
});
