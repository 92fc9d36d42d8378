import { mean } from "../base/stats.ts";
import { EFFORTS } from "../catalog/model.ts";
import type { ModelBody } from "./models.ts";
import type { ModelsQuery } from "./selection.ts";

type Order = (a: ModelBody, b: ModelBody) => number;

/** Mean over the categories that have a number; below every number where none has. */
function toMean(values: ModelBody["scores"]): number {
  const known = Object.values(values);
  return known.length === 0 ? Number.NEGATIVE_INFINITY : mean(known);
}

const byId: Order = (a, b) => {
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return EFFORTS.indexOf(a.effort) - EFFORTS.indexOf(b.effort);
};
const byPrice: Order = (a, b) =>
  a.pricing.prompt - b.pricing.prompt || a.pricing.completion - b.pricing.completion || byId(a, b);

/** Largest first; equal ones by price, then by id. Infinities are compared, not subtracted. */
const byLargest =
  (read: (row: ModelBody) => number): Order =>
  (a, b) => {
    const [x, y] = [read(a), read(b)];
    return x === y ? byPrice(a, b) : y > x ? 1 : -1;
  };

/** The order that a query asks for: a category word orders by its score, and `category` says what the others look at. */
function toOrder({ sort = "score", category }: ModelsQuery): Order {
  const best = Number.NEGATIVE_INFINITY;
  if (sort === "cost") return byPrice;
  if (sort === "efficiency") {
    return byLargest((row) => (category ? (row.costEfficiency[category] ?? best) : toMean(row.costEfficiency)));
  }
  const scored = sort === "score" ? category : sort;
  return byLargest((row) => (scored ? (row.scores[scored] ?? best) : toMean(row.scores)));
}

export interface ListedModels {
  /** At most `limit` (50) rows, one a model: of several efforts the one that stands first in the order. */
  readonly rows: readonly ModelBody[];
  /** Models of the catalogue, and those that the filters let through. */
  readonly total: number;
  readonly filtered: number;
}

const countIds = (rows: readonly ModelBody[]): number => new Set(rows.map(({ id }) => id)).size;

/** Filters, sorts and cuts the rows of a catalogue as a query of GET /api/models asks. */
export function listModels(bodies: readonly ModelBody[], query: ModelsQuery): ListedModels {
  const { category, tier, kind = "model", limit = 50 } = query;
  const fitting = bodies.filter(
    (row) =>
      (kind === "all" || row.kind === "model") &&
      (category === undefined || row.categories.includes(category)) &&
      (tier === undefined || row.tier === tier),
  );
  const seen = new Set<string>();
  const rows = [...fitting].sort(toOrder(query)).filter(({ id }) => !seen.has(id) && seen.add(id));
  return { rows: rows.slice(0, limit), total: countIds(bodies), filtered: rows.length };
}

/** One row of a model by id: of several efforts the one with the best mean score; undefined where there is none. */
export function findModel(bodies: readonly ModelBody[], id: string): ModelBody | undefined {
  const [best] = bodies.filter((row) => row.id === id).sort(toOrder({}));
  return best;
}
