import { startTestHost, type TestHost } from "./start-test-host.ts";

/** A local host whose only provider is a scripted one, with room for many runs of one tenant at once. */
export function startRunHost({ providerUrl, stateDir }: { providerUrl: string; stateDir?: string }): Promise<TestHost> {
  const endpoint = {
    ...{ name: "openrouter", dialect: "openrouter", model_names: "catalogue" },
    base_url: `${providerUrl}/openrouter/api/v1`,
  };
  const env = {
    PROVIDER_ENDPOINTS: JSON.stringify([endpoint]),
    PROVIDER_KEYS: JSON.stringify({ openrouter: "no-key-of-anybody" }),
    ...{ RATE_LIMIT_PER_MINUTE: "off", RUNS_PER_TENANT: "40", STEPS_PER_TENANT: "40" },
  };
  return startTestHost({ env, ...(stateDir === undefined ? {} : { stateDir }) });
}
