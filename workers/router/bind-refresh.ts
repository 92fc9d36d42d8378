import { toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import { REFRESH_LIMITS } from "../../shared/catalog/refresh-limits.ts";
import { listCatalogVersions, readCatalogReport } from "../platform/d1/catalog-history-store.ts";
import { readCurrentCatalogVersion, serveStoredCatalog } from "../platform/d1/catalog-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { askForRefresh, readIsRefreshing } from "../platform/d1/refresh-requests-store.ts";
import { readLastRefresh, readLastReport } from "../platform/d1/refreshes-store.ts";
import { log } from "../platform/log.ts";
import type { RefreshDoorDeps, RefreshStatus } from "./refresh-deps.ts";
import { readCatalogVersion, readStoredCatalog } from "./world.ts";

/** The enricher's door as the router sees it. */
export interface EnricherDoor {
  pickUp(): Promise<void>;
}

interface Bound {
  readonly db: Db;
  readonly nowMs: () => number;
  readonly newId: (prefix: string) => string;
  readonly enricher: EnricherDoor;
  readonly keepAlive: (work: Promise<unknown>) => void;
}

async function readOrigin(db: Db): Promise<Result<RefreshStatus["origin"]>> {
  const version = await readCurrentCatalogVersion(db);
  if (!version.ok) return version;
  if (version.value === null) return ok("embedded");
  const report = await readCatalogReport(db, { version: version.value });
  if (report.ok) return ok(report.value.origin);
  // A lost snapshot is told where the catalogue itself is read.
  return report.fault.kind === "unavailable" ? report : ok("live");
}

async function readRefreshStatus({ db, nowMs }: Bound): Promise<Result<RefreshStatus>> {
  const [last, lastAsked, isRefreshing, origin] = await Promise.all([
    readLastRefresh(db),
    readLastReport(db),
    readIsRefreshing(db, { nowMs: nowMs() }),
    readOrigin(db),
  ]);
  if (!last.ok) return last;
  if (!lastAsked.ok) return lastAsked;
  if (!isRefreshing.ok) return isRefreshing;
  if (!origin.ok) return origin;
  return ok({
    last: last.value,
    lastAsked: lastAsked.value,
    isRefreshing: isRefreshing.value,
    origin: origin.value,
  });
}

async function nudge({ enricher }: Bound): Promise<void> {
  try {
    await enricher.pickUp();
  } catch (thrown) {
    const detail = thrown instanceof Error ? thrown.name : "unknown";
    log({ level: "warn", event: "enricher_unreached", detail });
  }
}

/** Binds what the doors of refresh and status do to the database and the enricher. */
export const bindRefresh = (bound: Bound): RefreshDoorDeps => ({
  readRefreshStatus: () => readRefreshStatus(bound),
  askForRefresh: async (keyId) => {
    const { perHour } = REFRESH_LIMITS.requests;
    const asked = { id: bound.newId("rfr"), keyId, nowMs: bound.nowMs(), perHour, leaseMs: REFRESH_LIMITS.lease.ms };
    const answer = await askForRefresh(bound.db, asked);
    if (!answer.ok) log({ level: "error", event: "refresh_not_asked", detail: toDetail(answer.fault) });
    return answer;
  },
  nudgeEnricher: () => bound.keepAlive(nudge(bound)),
  serveHeld: (held) => {
    const nowMs = bound.nowMs();
    const detail = "held back, and accepted by an administrator";
    const heartbeat = {
      id: bound.newId("ref"),
      atMs: nowMs,
      outcome: "loaded",
      version: held.version,
      detail,
      report: null,
    } as const;
    return serveStoredCatalog(bound.db, { ...held, nowMs, heartbeat });
  },
  listCatalogVersions: () => listCatalogVersions(bound.db, { limit: REFRESH_LIMITS.history.keepSnapshots }),
  readSnapshot: async (version) => {
    const current = await readCurrentCatalogVersion(bound.db);
    if (!current.ok) return current;
    return current.value === version ? readCatalogVersion(bound.db, version) : readStoredCatalog(bound.db, version);
  },
});
