import { WorkerEntrypoint } from "cloudflare:workers";
import { toDetail } from "../../shared/base/fault.ts";
import type { Result } from "../../shared/base/result.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";
import { log } from "../platform/log.ts";
import { type EnricherEnv, toRunDeps } from "./env.ts";
import { runRefreshes } from "./run-refreshes.ts";

/** The cron that only takes up what waits, letter for letter as in wrangler.toml; every other one asks for itself. */
const PICK_UP_CRON = "2-57/5 * * * *";

function report(result: Result<CatalogRefresh | null>): void {
  if (!result.ok) {
    const { fault } = result;
    log({ level: "error", event: "catalogue_refresh_failed", faultKind: fault.kind, detail: toDetail(fault) });
    return;
  }
  if (result.value === null) return;
  const { outcome, version, detail } = result.value;
  const level = outcome === "loaded" || outcome === "unchanged" ? "info" : "warn";
  log({ level, event: "catalogue_refreshed", what: outcome, version: version ?? "none", detail });
}

/** What the router may ask for; reached by a service binding, never over HTTP. */
export class RefreshDoor extends WorkerEntrypoint<EnricherEnv> {
  /**
   * Takes up the refreshes that wait, in the background. Only a nudge: they are rows, and where this is cut short (the
   * platform grants 30 s) the cron takes them up again.
   */
  async pickUp(): Promise<void> {
    this.ctx.waitUntil(runRefreshes({ isScheduled: false }, toRunDeps(this.env)).then(report));
  }
}

export default {
  async scheduled(controller, env) {
    const result = await runRefreshes({ isScheduled: controller.cron !== PICK_UP_CRON }, toRunDeps(env));
    report(result);
    // Thrown so that the platform counts the invocation as failed; the cause is in the log and in the heartbeat.
    if (!result.ok) throw new Error(`catalogue refresh failed: ${result.fault.kind}`);
  },
} satisfies ExportedHandler<EnricherEnv>;
