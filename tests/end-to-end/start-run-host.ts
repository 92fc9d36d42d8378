import type { Wire } from "../fake-provider/speech.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

/** How the one endpoint of the host is spoken to, in each wire format. */
const ENDPOINTS: Readonly<Record<Wire, object>> = {
  openai: { dialect: "openrouter", model_names: "catalogue", base: "/openrouter/api/v1" },
  anthropic: { dialect: "anthropic", model_names: "after_slash_dashed", base: "/anthropic/v1" },
  google: { dialect: "google", model_names: "after_slash", base: "/google/v1beta" },
};

export interface RunHostOptions {
  readonly providerUrl: string;
  readonly stateDir?: string;
  readonly wire?: Wire;
  /** Put over what this sets. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A local host whose only provider is a scripted one, with room for many runs of one tenant at once. */
export function startRunHost({ providerUrl, stateDir, wire = "openai", env }: RunHostOptions): Promise<TestHost> {
  const { base, ...manner } = Object(ENDPOINTS[wire]);
  const endpoint = { ...manner, name: "openrouter", base_url: `${providerUrl}${base}` };
  const settings = {
    PROVIDER_ENDPOINTS: JSON.stringify([endpoint]),
    PROVIDER_KEYS: JSON.stringify({ openrouter: "no-key-of-anybody" }),
    ...{ RATE_LIMIT_PER_MINUTE: "off", RUNS_PER_TENANT: "40", STEPS_PER_TENANT: "40" },
    ...env,
  };
  return startTestHost({ env: settings, ...(stateDir === undefined ? {} : { stateDir }) });
}
