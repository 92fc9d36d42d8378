import { toDetail } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import { diffCatalogs, toLoggedDiff } from "../../shared/catalog/diff.ts";
import { type GuardReason, toGuardText } from "../../shared/catalog/guards.ts";
import { REFRESH_LIMITS } from "../../shared/catalog/refresh-limits.ts";
import type { RefreshReport, SnapshotReport } from "../platform/d1/refresh-report.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";
import { log } from "../platform/log.ts";
import type { BuiltSnapshot } from "./build-snapshot.ts";
import type { CollectedSource } from "./collect-sources.ts";
import type { Gathered } from "./gather-inputs.ts";
import { type KeptRowsDeps, saveRows } from "./kept-rows.ts";
import type { Served, ServedDeps } from "./served-catalogue.ts";
import { toSourceReport } from "./to-report.ts";

export interface EndDeps extends Pick<ServedDeps, "newId" | "nowMs" | "saveCatalog">, KeptRowsDeps {
  readonly saveRefresh: (refresh: CatalogRefresh) => Promise<Result<void>>;
  readonly listHeldBack: (query: { version: string; sinceMs: number }) => Promise<Result<readonly CatalogRefresh[]>>;
  /** How many old snapshots went. */
  readonly pruneCatalogs: () => Promise<Result<number>>;
}

/** How far a refresh came. */
export interface Ending {
  readonly served: Served;
  readonly collected: readonly CollectedSource[];
  readonly atMs: number;
}

interface Built {
  readonly gathered: Gathered;
  readonly built: BuiltSnapshot;
}

type Ended = Ending &
  (
    | { readonly outcome: "unreachable"; readonly detail: string }
    | (Built & { readonly outcome: "unchanged" })
    | (Built & {
        readonly outcome: "loaded" | "held_back";
        readonly guards: readonly GuardReason[];
        readonly editions: string;
      })
  );

const HOUR_MS = 3_600_000;
/** Further back nobody waits for the same edition. */
const HELD_WINDOW_MS = 7 * 24 * HOUR_MS;

/** For how long the same new editions have been held back over what is served; 0 = not yet. Faults: unavailable, malformed_data. */
export async function readHeldHours(
  { version, editions, nowMs }: { readonly version: string; readonly editions: string; readonly nowMs: number },
  deps: Pick<EndDeps, "listHeldBack">,
): Promise<Result<number>> {
  if (editions === "") return ok(0);
  const held = await deps.listHeldBack({ version, sinceMs: nowMs - HELD_WINDOW_MS });
  if (!held.ok) return held;
  const first = held.value.find(({ report }) => report?.editions === editions);
  return ok(first === undefined ? 0 : (nowMs - first.atMs) / HOUR_MS);
}

/** Leaves the heartbeat of a refresh, and with it the snapshot it made, served or held back. Fault: unavailable. */
export async function endRefresh(ended: Ended, deps: EndDeps): Promise<Result<CatalogRefresh>> {
  const heartbeat = toHeartbeat(ended, deps.newId("ref"));
  if (ended.outcome === "unreachable" || ended.outcome === "unchanged") {
    const saved = await deps.saveRefresh(heartbeat);
    return saved.ok ? ok(heartbeat) : saved;
  }
  const { catalog } = ended.built;
  const replaced = ended.served.catalog.version;
  const rows = await saveRows(ended.gathered.rows, deps);
  if (!rows.ok) return rows;
  const { sources, editions } = ended.gathered.basis;
  const report: SnapshotReport = {
    origin: "live",
    replaced,
    sources: [...sources],
    editions: copyLists(editions),
    ...rows.value,
  };
  const saved = await deps.saveCatalog({
    catalog,
    report,
    createdAtMs: ended.atMs,
    serving: ended.outcome === "loaded" ? { over: replaced } : "hold",
    heartbeat,
  });
  if (!saved.ok) return saved;
  if (ended.outcome === "loaded" && !saved.value.isServed) {
    return fail({
      kind: "unavailable",
      what: "save catalogue",
      detail: "another one is served since this one was begun",
    });
  }
  const pruned = await deps.pruneCatalogs();
  // The snapshot stands; what is left over goes the next time.
  if (!pruned.ok) log({ level: "warn", event: "catalogue_prune_failed", detail: toDetail(pruned.fault) });
  return ok(heartbeat);
}

const copyLists = (lists: Readonly<Record<string, readonly string[]>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, [...list]]));

function toHeartbeat(ended: Ended, id: string): CatalogRefresh {
  const { served, outcome, atMs } = ended;
  const version = outcome === "loaded" ? ended.built.catalog.version : served.catalog.version;
  return { id, atMs, outcome, version, detail: toDetailOf(ended), report: toReport(ended) };
}

function toDetailOf(ended: Ended): string {
  switch (ended.outcome) {
    case "unreachable":
      return `${ended.detail}; what was served still is`;
    case "unchanged":
      return "the sources say what they said";
    case "loaded":
      return `${ended.built.catalog.models.length} rows`;
    case "held_back":
      return ended.guards.map(toGuardText).join("; ");
  }
}

function toReport(ended: Ended): RefreshReport {
  const { collected, atMs, served } = ended;
  const sources = collected.map((one) => toSourceReport(one, atMs));
  const isBuilt = ended.outcome !== "unreachable";
  const isNew = ended.outcome === "loaded" || ended.outcome === "held_back";
  return {
    sources,
    candidate: isNew ? ended.built.catalog.version : null,
    guards: isNew ? [...ended.guards] : [],
    editions: isNew ? ended.editions : "",
    idleOverrides: isBuilt ? [...ended.built.idleOverrides] : [],
    carriedCount: isBuilt ? ended.gathered.carriedCount : 0,
    unresolvedCount: isBuilt ? ended.built.unresolvedCount : 0,
    diff: isNew ? toStoredDiff(served, ended.built) : null,
  };
}

function toStoredDiff(served: Served, built: BuiltSnapshot): NonNullable<RefreshReport["diff"]> {
  const logged = toLoggedDiff(diffCatalogs(served.catalog, built.catalog), REFRESH_LIMITS.diffLog.maxItems);
  return {
    counts: logged.counts,
    added: [...logged.added],
    gone: [...logged.gone],
    priceChanges: [...logged.priceChanges],
    scoreMoves: [...logged.scoreMoves],
  };
}
