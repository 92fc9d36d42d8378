import { type Alias, createResolver, type Resolver } from "../../catalog/aliases.ts";
import type { Catalog } from "../../catalog/model.ts";
import { type CostOf, resolveModelName, toCostOf } from "./cost-tier.ts";
import { GOVERNANCE_LIMITS } from "./governance-limits.ts";
import { AUTO_MODEL } from "./routing-file.ts";

const NAMES_KEPT = 5_000;

/** What governance asks of a catalogue. */
export interface CatalogCosts {
  readonly resolve: Resolver;
  readonly costOf: CostOf;
  /** The catalogue id of a name as a routing file spells it; null = none. */
  readonly modelIdOf: (name: string) => string | null;
}

/**
 * Names and costs of one catalogue. Building it reads every id, so keep it by the catalogue's version; each name is read
 * once, since a file repeats a few names in dozens of entries.
 */
export function toCatalogCosts(catalog: Catalog, aliases: readonly Alias[] = []): CatalogCosts {
  const byId = new Map(catalog.models.map(({ id, name, releaseDate }) => [id, { id, name, released: releaseDate }]));
  const plain = new Map(
    catalog.models.flatMap(({ id, kind }) => (kind === "model" ? [[id, byId.get(id) ?? { id }] as const] : [])),
  );
  const resolve = createResolver([...plain.values()], aliases);
  const prices = new Map(catalog.models.map(({ id, prices }) => [id, prices.promptMicroUsdPerMillion]));
  const readings = new Map<string, string | null>();
  const modelIdOf = (name: string): string | null => {
    const known = readings.get(name);
    if (known !== undefined) return known;
    // A name that is an id stands for itself, whatever kind of entry it is.
    const found = name === AUTO_MODEL ? null : byId.has(name) ? name : resolveModelName(resolve, name);
    // Any caller's file may be read: what it names is remembered only up to a limit.
    if (readings.size >= NAMES_KEPT) readings.clear();
    readings.set(name, found);
    return found;
  };
  const toId: Resolver = (name) => {
    const id = modelIdOf(name);
    return id === null
      ? { unresolved: true, code: "unknown", reason: "no such model in the catalogue" }
      : { id, effort: "default", confidence: 1, rule: "read before" };
  };
  return {
    resolve,
    modelIdOf,
    costOf: toCostOf({ resolve: toId, promptPriceOf: (id) => prices.get(id), limits: GOVERNANCE_LIMITS }),
  };
}
