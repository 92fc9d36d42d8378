import { compareRows } from "../catalog/compare-rows.ts";
import type { Catalog, CatalogModel } from "../catalog/model.ts";
import type { Category } from "../task/labels.ts";
import { toDomainMix } from "./domain-mix.ts";
import { toMixAbility } from "./rank-list.ts";
import { predictSuccess } from "./success.ts";
import { toStrata } from "./task-terms.ts";

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

/**
 * P that a model succeeds at a task of the category, of unknown difficulty: what pick tells of its bare row before
 * feedback, so that ratings which agree with what was told move nothing. A model without abilities, one that the
 * catalogue does not have too, counts by the priors of the category's mix. Null where there are none.
 */
export function toCategoryPrior(
  catalog: Catalog,
  asked: { readonly modelId: string; readonly category: Category },
): number | null {
  const mix = toDomainMix(asked.category, { acting: [], needs: [] });
  const ability = toMixAbility(toBareRow(catalog, asked.modelId), mix, catalog);
  return ability === null ? null : predictSuccess(ability, toStrata(null, false));
}
