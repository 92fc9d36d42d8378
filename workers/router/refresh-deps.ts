import type { Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import type { CatalogVersion } from "../platform/d1/catalog-history-store.ts";
import type { AskedRefresh } from "../platform/d1/refresh-requests-store.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";

export interface RefreshStatus {
  /** Newest heartbeat, and the newest of a refresh that asked the sources. */
  readonly last: CatalogRefresh | null;
  readonly lastAsked: CatalogRefresh | null;
  readonly isRefreshing: boolean;
  /** Of the catalogue that is served. */
  readonly origin: "embedded" | "live";
}

/** What the doors of refresh, history and status may do. */
export interface RefreshDoorDeps {
  readonly readRefreshStatus: () => Promise<Result<RefreshStatus>>;
  /** Notes that this key wants a refresh. */
  readonly askForRefresh: (keyId: string) => Promise<Result<AskedRefresh>>;
  /** Tells the enricher that somebody waits; loses nothing when it fails, since the cron looks too. */
  readonly nudgeEnricher: () => void;
  /** Serves a stored catalogue in the place of `over`; false when another is served by now. */
  readonly serveHeld: (held: { readonly version: string; readonly over: string }) => Promise<Result<boolean>>;
  /** Stored snapshots, newest first. */
  readonly listCatalogVersions: () => Promise<Result<readonly CatalogVersion[]>>;
  /** A snapshot that need not be current, read past the memory kept for those that are. */
  readonly readSnapshot: (version: string) => Promise<Result<Catalog>>;
}
