import { ok, type Result } from "../../shared/base/result.ts";
import type { DecideInput } from "../../shared/policy/decision.ts";
import type { CatalogCosts } from "../../shared/policy/governance/catalog-costs.ts";
import type { StoredGovernance } from "../platform/d1/governance-store.ts";
import type { RouterDeps } from "./deps.ts";

/** The tenant's routing file beside the catalogue that its names are read by. */
export interface GovernanceWorld {
  readonly stored: StoredGovernance;
  readonly costs: CatalogCosts;
}

/** Faults: unavailable, malformed_data. */
export async function readGovernanceWorld(
  tenantId: string,
  catalog: DecideInput["catalog"],
  deps: Pick<RouterDeps, "readGovernance" | "recallCatalogCosts">,
): Promise<Result<GovernanceWorld>> {
  const [stored, costs] = await Promise.all([deps.readGovernance(tenantId), deps.recallCatalogCosts(catalog)]);
  if (!stored.ok) return stored;
  return costs.ok ? ok({ stored: stored.value, costs: costs.value }) : costs;
}
