import { toDetail } from "../../shared/base/fault.ts";
import type { Result } from "../../shared/base/result.ts";
import { parseEndpoints } from "../../workers/platform/provider-endpoints.ts";
import { parseProviderKeys } from "../../workers/platform/provider-keys.ts";
import { MASTER_SECRET_CHARS } from "../../workers/platform/seal.ts";
import { UsageError } from "./usage-error.ts";

/** What the router and the executor read of runs; MASTER_SECRET is made and kept where it is not set. */
const RUN_VARIABLES: readonly string[] = [
  "MASTER_SECRET",
  "PROVIDER_ENDPOINTS",
  "PROVIDER_KEYS",
  "CALLBACK_HOSTS",
  "ALLOW_LOOPBACK_HTTP",
  "GITHUB_API_URL",
  "RUNS_PER_TENANT",
  "STEPS_PER_TENANT",
  "STALE_AFTER_MS",
  "BATCH_HOLD_MS",
];

/**
 * The variables of runs that are set. Throws a UsageError for one that the workers could not read: they would only refuse
 * runs later on. Nothing of a secret is repeated.
 */
export function readRunSettings(env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  const { MASTER_SECRET: secret = "", PROVIDER_KEYS: keys = "", PROVIDER_ENDPOINTS: endpoints = "" } = env;
  if (secret !== "" && secret.length < MASTER_SECRET_CHARS) {
    const wanted = `expected ${MASTER_SECRET_CHARS} characters or more`;
    throw new UsageError(
      `Cannot use MASTER_SECRET: ${wanted}, got ${secret.length}; left out, the host makes its own.`,
    );
  }
  refuseUnreadable(parseProviderKeys(keys), 'PROVIDER_KEYS: expected {"openrouter": "KEY", ...}');
  refuseUnreadable(parseEndpoints(endpoints), 'PROVIDER_ENDPOINTS: expected [{"name": ..., "base_url": ...}, ...]');
  const named = RUN_VARIABLES.map((name) => [name, env[name]] as const);
  const isSet = (entry: readonly [string, string | undefined]): entry is readonly [string, string] =>
    entry[1] !== undefined && (entry[0] !== "MASTER_SECRET" || entry[1] !== "");
  return Object.fromEntries(named.filter(isSet));
}

function refuseUnreadable(read: Result<unknown>, wanted: string): void {
  if (!read.ok) throw new UsageError(`Cannot read ${wanted} (${toDetail(read.fault)}).`);
}
