import { WorkerEntrypoint } from "cloudflare:workers";
import type { Result } from "../../shared/base/result.ts";
import type { CatalogRefresh } from "../platform/d1/catalog-store.ts";
import { log } from "../platform/log.ts";
import { type EnricherEnv, toRefreshDeps } from "./env.ts";
import { refresh } from "./refresh.ts";

async function refreshAndLog(env: EnricherEnv): Promise<Result<CatalogRefresh>> {
  const result = await refresh(toRefreshDeps(env));
  if (result.ok) {
    const { outcome, version } = result.value;
    log({ level: "info", event: "catalogue_refreshed", what: outcome, version: version ?? "none" });
  } else {
    const { fault } = result;
    const detail = "detail" in fault ? fault.detail : "";
    log({ level: "error", event: "catalogue_refresh_failed", faultKind: fault.kind, detail });
  }
  return result;
}

/** What other workers may ask of the enricher over a service binding. */
export class EnricherRpc extends WorkerEntrypoint<EnricherEnv> {
  async refresh(): Promise<Result<CatalogRefresh>> {
    return refreshAndLog(this.env);
  }
}

export default {
  async scheduled(_controller, env) {
    const result = await refreshAndLog(env);
    // Thrown so that the platform counts the invocation as failed; the cause is in the log and in the heartbeat.
    if (!result.ok) throw new Error(`catalogue refresh failed: ${result.fault.kind}`);
  },
} satisfies ExportedHandler<EnricherEnv>;
