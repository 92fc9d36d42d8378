import { type Fault, toDetail } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";
import { log, toErrorFields } from "../platform/log.ts";
import { type RefreshDeps, refresh } from "./refresh.ts";
import { loadShipped } from "./served-catalogue.ts";

export interface RunDeps extends RefreshDeps {
  /** Asks on behalf of the cron, unless a refresh runs. */
  readonly askForScheduled: () => Promise<Result<void>>;
  /** Takes all that waits under this token; 0 = nothing waits, or somebody is at it. */
  readonly claim: (leaseToken: string) => Promise<Result<number>>;
  readonly finish: (done: { readonly leaseToken: string; readonly refreshId: string }) => Promise<Result<void>>;
}

/**
 * Runs one refresh for everybody who asked for one; `isScheduled` asks for the cron itself. First of all something is
 * served. null = nobody asked, or another invocation is at it. What dies here is taken up again when its lease is over.
 * Faults: unavailable, malformed_data; the heartbeat says them too.
 */
export async function runRefreshes(
  { isScheduled }: { readonly isScheduled: boolean },
  deps: RunDeps,
): Promise<Result<CatalogRefresh | null>> {
  const shipped = await loadShipped(deps);
  if (!shipped.ok) {
    await saveFailure(shipped.fault, deps);
    return shipped;
  }
  const asked = isScheduled ? await deps.askForScheduled() : ok(undefined);
  if (!asked.ok) return asked;
  const leaseToken = deps.newId("lease");
  const claimed = await deps.claim(leaseToken);
  if (!claimed.ok) return claimed;
  if (claimed.value === 0) return ok(null);
  const done = await refreshSafely(deps);
  const refreshId = done.ok ? done.value.id : await saveFailure(done.fault, deps);
  const finished = await deps.finish({ leaseToken, refreshId });
  return finished.ok ? done : finished;
}

/** A bug ends the refresh like a fault: it would come again at every attempt, so nothing waits for it. */
async function refreshSafely(deps: RunDeps): Promise<Result<CatalogRefresh>> {
  try {
    return await refresh(deps);
  } catch (thrown) {
    log({ level: "error", event: "refresh_bug", ...toErrorFields(thrown) });
    return fail({ kind: "malformed_data", what: "refresh", detail: "a bug, see the log" });
  }
}

/** The id of the heartbeat of what failed; where even that cannot be written the log has it. */
async function saveFailure(fault: Fault, deps: RunDeps): Promise<string> {
  const id = deps.newId("ref");
  const current = await deps.readCurrentVersion();
  const version = current.ok ? current.value : null;
  const row: CatalogRefresh = {
    id,
    atMs: deps.nowMs(),
    outcome: "failed",
    version,
    detail: toDetail(fault),
    report: null,
  };
  const saved = await deps.saveRefresh(row);
  if (!saved.ok) log({ level: "error", event: "heartbeat_failed", detail: toDetail(saved.fault) });
  return id;
}
