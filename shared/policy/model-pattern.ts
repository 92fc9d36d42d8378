import type { CatalogModel } from "../catalog/model.ts";

/** Tells whether a catalogue row is named by a list of ids and `vendor/*` patterns. */
export type ModelMatcher = (model: CatalogModel) => boolean;

/** Compiles the list once, so that a pass over the catalogue costs two look-ups a row. */
export function toMatcher(patterns: readonly string[]): ModelMatcher {
  const ids = new Set(patterns);
  const vendors = new Set(patterns.filter((text) => text.endsWith("/*")).map((text) => text.slice(0, -2)));
  return (model) => ids.has(model.id) || vendors.has(model.vendor);
}
