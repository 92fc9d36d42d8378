import type { Result } from "../../shared/base/result.ts";
import { checkGuards, toEditionsText } from "../../shared/catalog/guards.ts";
import { REFRESH_LIMITS } from "../../shared/catalog/refresh-limits.ts";
import type { CatalogRefresh } from "../platform/d1/refreshes-store.ts";
import { buildSnapshot, hasSameContent } from "./build-snapshot.ts";
import { type CollectDeps, collectSources } from "./collect-sources.ts";
import { type EndDeps, type Ending, endRefresh, readHeldHours } from "./end-refresh.ts";
import { findGap, gatherInputs } from "./gather-inputs.ts";
import { type KeptRowsDeps, readRows } from "./kept-rows.ts";
import { readServed, type ServedDeps } from "./served-catalogue.ts";
import type { SourcePlan } from "./source-plan.ts";

export interface RefreshDeps extends ServedDeps, KeptRowsDeps, EndDeps {
  readonly plans: readonly SourcePlan[];
  readonly collecting: CollectDeps;
}

/**
 * The enricher's spine: what is served -> sources -> rows, with those of earlier days -> catalogue -> guards -> one
 * snapshot with its heartbeat. Whatever fails, what is served stays. Faults: unavailable, malformed_data.
 */
export async function refresh(deps: RefreshDeps): Promise<Result<CatalogRefresh>> {
  const nowMs = deps.nowMs();
  const generatedAt = new Date(nowMs).toISOString();
  const served = await readServed(deps);
  if (!served.ok) return served;

  const collected = await collectSources(deps.plans, deps.collecting);
  if (!collected.ok) return collected;
  const ending: Ending = { served: served.value, collected: collected.value, atMs: nowMs };
  const gap = findGap(collected.value);
  if (gap !== null) return endRefresh({ ...ending, outcome: "unreachable", detail: gap }, deps);

  const earlier = await readRows(served.value.report, deps);
  if (!earlier.ok) return earlier;
  const gathered = gatherInputs(collected.value, { earlier: earlier.value, today: generatedAt.slice(0, 10) });
  const built = await buildSnapshot(gathered, generatedAt);
  if (hasSameContent(built.catalog, served.value.catalog)) {
    return endRefresh({ ...ending, gathered, built, outcome: "unchanged" }, deps);
  }

  const editions = toEditionsText(served.value.basis, gathered.basis);
  const heldHours = await readHeldHours({ version: served.value.catalog.version, editions, nowMs }, deps);
  if (!heldHours.ok) return heldHours;
  const guards = checkGuards({
    served: served.value.catalog,
    servedBasis: served.value.basis,
    next: built.catalog,
    nextBasis: gathered.basis,
    heldHours: heldHours.value,
    limits: REFRESH_LIMITS.guards,
  });
  const outcome = guards.length === 0 ? "loaded" : "held_back";
  return endRefresh({ ...ending, gathered, built, guards, editions, outcome }, deps);
}
