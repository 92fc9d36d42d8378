import { ok } from "../../shared/base/result.ts";
import type { Alias } from "../../shared/catalog/aliases.ts";
import aliasesJson from "../../shared/data/aliases.json" with { type: "json" };
import defaultGovernance from "../../shared/data/default-governance.json" with { type: "json" };
import { toCatalogCosts } from "../../shared/policy/governance/catalog-costs.ts";
import { parseRoutingFile } from "../../shared/policy/governance/validate-routing.ts";
import {
  exportGovernanceEvents,
  readGovernanceEvents,
  saveGovernanceEvents,
} from "../platform/d1/governance-events-store.ts";
import { readCurrentGovernance, type StoredGovernance, saveGovernance } from "../platform/d1/governance-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { catalogCostsMemo } from "../platform/memo.ts";
import type { GovernanceDeps } from "./governance-deps.ts";

// JSON widens the efforts to text; the catalogue's own build reads the same table.
const ALIASES = aliasesJson.aliases as readonly Alias[];

function toShipped(): StoredGovernance {
  const file = parseRoutingFile(defaultGovernance);
  if (!file.ok) throw new Error("the shipped routing file is not valid");
  return { version: 0, file: file.value };
}

/** Binds what governance reads and writes to the database and the memo. */
export const bindGovernance = ({ db, nowMs }: { readonly db: Db; readonly nowMs: () => number }): GovernanceDeps => ({
  readGovernance: async (tenantId) => {
    const stored = await readCurrentGovernance(db, { tenantId });
    return stored.ok ? ok(stored.value ?? toShipped()) : stored;
  },
  saveGovernance: (input) => saveGovernance(db, { ...input, createdAtMs: nowMs() }),
  recallCatalogCosts: (catalog) =>
    catalogCostsMemo.recall(catalog.version, async () => ok(toCatalogCosts(catalog, ALIASES))),
  saveGovernanceEvents: (rows) => saveGovernanceEvents(db, rows),
  readGovernanceEvents: (query) => readGovernanceEvents(db, query),
  exportGovernanceEvents: (query) => exportGovernanceEvents(db, query),
});
