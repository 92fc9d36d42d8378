import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { Catalog } from "../../shared/catalog/model.ts";
import type { Plan } from "../../shared/run/job.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RouterDeps } from "./deps.ts";
import { type PricedModels, priceModels } from "./price-models.ts";

/** The models of the plan with their prices. Fault: conflict where the catalogue no longer has one that is to run. */
export async function pricePlan(
  plan: Plan,
  { record, catalog }: { readonly record: DecisionRecord; readonly catalog: Catalog },
  deps: Pick<RouterDeps, "readCatalogVersion">,
): Promise<Result<PricedModels>> {
  const decided = await deps.readCatalogVersion(record.catalogVersion);
  if (!decided.ok) return decided;
  const priced = priceModels(plan, [decided.value, catalog]);
  const lost = plan.steps.find(({ pick }) => pick !== null && priced.pricesOf(pick) === null);
  if (lost === undefined) return ok(priced);
  const message = `Cannot run ${lost.pick?.model}: no price of it is known; POST /api/route with reroute decides anew`;
  return fail({ kind: "conflict", message });
}
