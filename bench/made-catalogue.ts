import { type Catalog, type CatalogModel, DOMAINS } from "../shared/catalog/model.ts";
import { parseCatalog } from "../shared/catalog/parse-catalog.ts";
import defaultCatalogue from "../shared/data/default-catalogue.json" with { type: "json" };
import { between, type Random, toRandom } from "../shared/policy/testing/random-catalog.ts";

const MOVE = 8;

/** A row under another id, its abilities and prices a little off. */
function toSibling(row: CatalogModel, { n, random }: { readonly n: number; readonly random: Random }): CatalogModel {
  const shift = between(random, -MOVE, MOVE);
  const abilities = DOMAINS.flatMap((domain) => {
    const ability = row.abilities[domain];
    if (ability === undefined) return [];
    const score = Math.min(99, Math.max(1, ability.score + shift));
    return [[domain, { ...ability, score, theta: ability.theta + shift / 40 }]];
  });
  return { ...row, id: `${row.id}-made-${n}`, abilities: Object.fromEntries(abilities) };
}

/** The shipped catalogue, filled up to `size` models by siblings of its own. */
export function makeCatalogue(size: number): Catalog {
  const parsed = parseCatalog(defaultCatalogue);
  if (!parsed.ok) throw new Error("the shipped catalogue cannot be read");
  const random = toRandom(5);
  const models = [...parsed.value.models];
  const proper = models.filter(({ kind }) => kind === "model");
  const countIds = new Set(proper.map(({ id }) => id)).size;
  for (let n = 0; countIds + n < size; n += 1) {
    const row = proper[n % proper.length];
    if (row !== undefined) models.push(toSibling(row, { n, random }));
  }
  return { ...parsed.value, version: `made-${size}`, models };
}
