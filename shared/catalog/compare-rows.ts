import { type CatalogModel, EFFORTS } from "./model.ts";

/** Catalogue order, total: by id in code units, so no locale can change a decision, then by effort as in EFFORTS. */
export function compareRows(a: CatalogModel, b: CatalogModel): number {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return EFFORTS.indexOf(a.effort) - EFFORTS.indexOf(b.effort);
}
