import { KEY } from "./replay-plans.ts";

/** Variables of a host whose sources all lie at one server on this machine. */
export const sourceEnv = (url: string, fields: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  SOURCES_LOOPBACK_HTTP: "on",
  OPENROUTER_MODELS_URL: `${url}/models`,
  ARTIFICIAL_ANALYSIS_URL: `${url}/aa`,
  ARTIFICIAL_ANALYSIS_KEY: KEY,
  LMARENA_URL: `${url}/filter`,
  LMARENA_BOARDS: "text:overall",
  LIVEBENCH_URL: url,
  LIVEBENCH_RELEASE: "2026-01-08",
  AIDER_URL: `${url}/aider`,
  EPOCH_URL: `${url}/epoch`,
  MODELS_DEV_URL: `${url}/models-dev`,
  ...fields,
});
