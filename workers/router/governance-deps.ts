import type { Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import type { CatalogCosts } from "../../shared/policy/governance/catalog-costs.ts";
import type { EventCursor, GovernanceEventRow } from "../platform/d1/governance-events-store.ts";
import type { NewGovernance, StoredGovernance } from "../platform/d1/governance-store.ts";

/** What the doors and the spines do with routing files and their telemetry. */
export interface GovernanceDeps {
  /** The tenant's newest routing file; version 0 is the shipped one. */
  readonly readGovernance: (tenantId: string) => Promise<Result<StoredGovernance>>;
  /** Fault: conflict where `expectedVersion` is not the newest. */
  readonly saveGovernance: (input: NewGovernance) => Promise<Result<StoredGovernance>>;
  /** Names and costs of a catalogue, kept by its version. */
  readonly recallCatalogCosts: (catalog: Catalog) => Promise<Result<CatalogCosts>>;
  readonly saveGovernanceEvents: (rows: readonly GovernanceEventRow[]) => Promise<Result<void>>;
  /** Newest first. */
  readonly readGovernanceEvents: (query: {
    readonly tenantId: string;
    readonly sinceMs: number;
    readonly limit: number;
  }) => Promise<Result<readonly GovernanceEventRow[]>>;
  /** In the order of their last change. */
  readonly exportGovernanceEvents: (query: {
    readonly tenantId: string;
    readonly after: EventCursor | null;
    readonly limit: number;
  }) => Promise<Result<readonly GovernanceEventRow[]>>;
}
