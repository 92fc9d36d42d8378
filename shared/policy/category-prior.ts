import { sigmoid } from "../base/stats.ts";
import { compareRows } from "../catalog/compare-rows.ts";
import type { Catalog, CatalogModel, Domain } from "../catalog/model.ts";
import { DOMAINS } from "../catalog/model.ts";
import type { Category } from "../task/labels.ts";
import { PARAMETERS } from "./parameters.ts";

/**
 * The row that a bare model id stands for: its default effort where that is rated or no other is, else its first rated
 * row. Undefined where the catalogue does not have the model.
 */
export function toBareRow(catalog: Catalog, modelId: string): CatalogModel | undefined {
  const rows = catalog.models.filter(({ id }) => id === modelId).sort(compareRows);
  const rated = rows.filter(({ abilities }) => Object.keys(abilities).length > 0);
  const among = rated.length > 0 ? rated : rows;
  return among.find(({ effort }) => effort === "default") ?? among[0];
}

function toDomainP(row: CatalogModel | undefined, domain: Domain, catalog: Catalog): number | null {
  const ability = row?.abilities[domain];
  const prior = catalog.priors[domain];
  const theta = ability?.theta ?? prior?.thetaMean;
  const sd = ability?.sd ?? prior?.thetaSd;
  if (theta === undefined || sd === undefined) return null;
  const { a, mu } = PARAMETERS.success.noInformation;
  return sigmoid(a * (theta - sd - mu));
}

/**
 * P that a model succeeds at a task of the category, of unknown difficulty: by its abilities in the category's domains,
 * sd taken off, weighed as in the category's mix. What is not rated, a whole model too, counts by its domain's prior, and
 * a category whose domains have none by the general domain. Null where that has no prior either.
 */
export function toCategoryPrior(
  catalog: Catalog,
  asked: { readonly modelId: string; readonly category: Category },
): number | null {
  const row = toBareRow(catalog, asked.modelId);
  const shares = PARAMETERS.categories.mixes[asked.category].domains;
  let [sum, weight] = [0, 0];
  for (const domain of DOMAINS) {
    const share = shares[domain] ?? 0;
    const p = share === 0 ? null : toDomainP(row, domain, catalog);
    if (p === null) continue;
    sum += share * p;
    weight += share;
  }
  return weight === 0 ? toDomainP(row, "general", catalog) : sum / weight;
}
