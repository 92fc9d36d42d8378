import { toDetail } from "../../shared/base/fault.ts";
import { log } from "../platform/log.ts";
import { type EnricherEnv, toRefreshDeps } from "./env.ts";
import { refresh } from "./refresh.ts";

export default {
  async scheduled(_controller, env) {
    const result = await refresh(toRefreshDeps(env));
    if (!result.ok) {
      const { fault } = result;
      log({ level: "error", event: "catalogue_refresh_failed", faultKind: fault.kind, detail: toDetail(fault) });
      // Thrown so that the platform counts the invocation as failed; the cause is in the log and in the heartbeat.
      throw new Error(`catalogue refresh failed: ${fault.kind}`);
    }
    const { outcome, version } = result.value;
    log({ level: "info", event: "catalogue_refreshed", what: outcome, version: version ?? "none" });
  },
} satisfies ExportedHandler<EnricherEnv>;
