import { type CatalogModel, type Domain, EFFORTS } from "./model.ts";

/** Catalogue order: by id, then by effort in the order of EFFORTS. */
export function compareRows(a: CatalogModel, b: CatalogModel): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return EFFORTS.indexOf(a.effort) - EFFORTS.indexOf(b.effort);
}

/** Rows with an ability in the domain by (score desc, cost asc, id asc, effort): a total order for lists. */
export function rankByScore(models: readonly CatalogModel[], domain: Domain): readonly CatalogModel[] {
  const scoreOf = (model: CatalogModel): number => model.abilities[domain]?.score ?? 0;
  return models
    .filter((model) => model.abilities[domain] !== undefined)
    .sort((a, b) => scoreOf(b) - scoreOf(a) || a.cost.microUsd - b.cost.microUsd || compareRows(a, b));
}
