import type { CallModelDeps } from "../../workers/executor/call-model.ts";
import { type ProviderEndpoint, toAllowedHosts } from "../../workers/executor/providers/endpoint.ts";
import type { Wire } from "./speech.ts";

/** No secret of anybody: a marker that tests look for where no key may be. */
export const FAKE_KEY = "fake-key-canary-5f2c9a71";

const at = (url: string, isStreaming: boolean): ProviderEndpoint => ({
  name: "openrouter",
  dialect: "openrouter",
  baseUrl: `${url}/openrouter/api/v1`,
  streaming: isStreaming,
  needsKey: true,
  modelNames: "catalogue",
  renamed: {},
});

/** The four endpoints that deployments know, and a local one without a key, all at one scripted provider. */
export const endpointsAt = (url: string, isStreaming: boolean): readonly ProviderEndpoint[] => [
  at(url, isStreaming),
  {
    ...at(url, isStreaming),
    name: "openai",
    dialect: "openai",
    baseUrl: `${url}/openai/v1`,
    modelNames: "after_slash",
  },
  {
    ...at(url, isStreaming),
    name: "anthropic",
    dialect: "anthropic",
    baseUrl: `${url}/anthropic/v1`,
    modelNames: "after_slash_dashed",
  },
  {
    ...at(url, isStreaming),
    name: "google",
    dialect: "google",
    baseUrl: `${url}/google/v1beta`,
    modelNames: "after_slash",
  },
  {
    ...at(url, isStreaming),
    name: "local",
    dialect: "plain",
    baseUrl: `${url}/local/v1`,
    modelNames: "after_slash",
    needsKey: false,
  },
];

/** The provider of each wire format. */
export const PROVIDER_OF: Readonly<Record<Wire, string>> = {
  openai: "openrouter",
  anthropic: "anthropic",
  google: "google",
};

/** What callModel() needs to reach a scripted provider through the real way out. */
export function fakeDeps(url: string, fields: Partial<CallModelDeps> & { isStreaming?: boolean } = {}): CallModelDeps {
  const { isStreaming = true, ...rest } = fields;
  const endpoints = endpointsAt(url, isStreaming);
  return {
    endpoints,
    keyOf: (provider) => (provider === "local" ? null : { secret: FAKE_KEY, host: new URL(url).host }),
    rules: { allowedHosts: toAllowedHosts(endpoints), allowLoopbackHttp: true, fetch: (to, init) => fetch(to, init) },
    nowMs: () => Date.now(),
    cancel: null,
    ...rest,
  };
}
