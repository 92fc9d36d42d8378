import type { Catalog, CatalogModel } from "../catalog/model.ts";
import { CATEGORY_LABELS, type Category } from "../task/labels.ts";
import { toDomainMix } from "./domain-mix.ts";
import { makeScorer } from "./rank-list.ts";

/** Scores of a row by category, 0..100: what pick orders that category by, before feedback and tags. */
export type CategoryScores = Readonly<Partial<Record<Category, number>>>;

const PLAIN = { acting: [], needs: [] };

/** Scores rows of one catalogue in every category; none for an unlinked row, none for vision without image input. */
export function makeCategoryScorer(catalog: Catalog): (model: CatalogModel) => CategoryScores {
  const score = makeScorer(catalog);
  const mixes = CATEGORY_LABELS.map((category) => [category, toDomainMix(category, PLAIN)] as const);
  return (model) =>
    Object.fromEntries(
      mixes.flatMap(([category, mix]) => {
        const value = category === "vision" && !model.capabilities.vision ? null : score(model, mix);
        return value === null ? [] : [[category, value]];
      }),
    );
}
