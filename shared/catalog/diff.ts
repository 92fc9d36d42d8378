import { type Catalog, type CatalogModel, DOMAINS, type Domain, type Prices } from "./model.ts";

/** Scores that moved by less are not worth a line: an ability's own error is about four times as much. */
export const SCORE_MOVE_POINTS = 1;

export interface PriceChange {
  readonly id: string;
  readonly field: keyof Prices;
  /** Micro-dollars per 1M tokens; null = not stated. */
  readonly before: number | null;
  readonly after: number | null;
}

export interface ScoreMove {
  readonly id: string;
  readonly effort: CatalogModel["effort"];
  readonly domain: Domain;
  /** 0..100; null = no ability. */
  readonly before: number | null;
  readonly after: number | null;
}

/** What changed from one catalogue to another; ids in catalogue order, moves the largest first. */
export interface CatalogDiff {
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly priceChanges: readonly PriceChange[];
  readonly scoreMoves: readonly ScoreMove[];
}

const PRICE_FIELDS = [
  "promptMicroUsdPerMillion",
  "completionMicroUsdPerMillion",
  "cacheReadMicroUsdPerMillion",
  "cacheWriteMicroUsdPerMillion",
] as const satisfies readonly (keyof Prices)[];

const keyOf = ({ id, effort }: CatalogModel): string => `${id}\n${effort}`;
/** The first row of each id. */
function byId({ models }: Catalog): ReadonlyMap<string, CatalogModel> {
  const rows = new Map<string, CatalogModel>();
  for (const row of models) if (!rows.has(row.id)) rows.set(row.id, row);
  return rows;
}

/** Changes between two snapshots: ids that came and went, prices, and scores of rows that both hold. Pure. */
export function diffCatalogs(from: Catalog, to: Catalog): CatalogDiff {
  const [before, after] = [byId(from), byId(to)];
  const idsOf = (catalog: Catalog): readonly string[] => [...new Set(catalog.models.map(({ id }) => id))];
  const both = idsOf(to).filter((id) => before.has(id));
  const rows = new Map(from.models.map((row) => [keyOf(row), row]));
  return {
    added: idsOf(to).filter((id) => !before.has(id)),
    gone: idsOf(from).filter((id) => !after.has(id)),
    priceChanges: both.flatMap((id) => diffPrices(before.get(id), after.get(id))),
    scoreMoves: to.models
      .flatMap((row) => diffScores(rows.get(keyOf(row)), row))
      .sort((a, b) => sizeOf(b) - sizeOf(a) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
  };
}

/** Every effort of a model has the prices of the model. */
function diffPrices(from: CatalogModel | undefined, to: CatalogModel | undefined): readonly PriceChange[] {
  if (from === undefined || to === undefined) return [];
  return PRICE_FIELDS.filter((field) => from.prices[field] !== to.prices[field]).map((field) => ({
    id: to.id,
    field,
    before: from.prices[field],
    after: to.prices[field],
  }));
}

function diffScores(from: CatalogModel | undefined, to: CatalogModel): readonly ScoreMove[] {
  if (from === undefined) return [];
  return DOMAINS.flatMap((domain): ScoreMove[] => {
    const [before, after] = [from.abilities[domain]?.score ?? null, to.abilities[domain]?.score ?? null];
    if (before === null && after === null) return [];
    const isMove = before === null || after === null || Math.abs(after - before) >= SCORE_MOVE_POINTS;
    return isMove ? [{ id: to.id, effort: to.effort, domain, before, after }] : [];
  });
}

/** An ability that comes or goes counts as the whole scale. */
const sizeOf = ({ before, after }: ScoreMove): number =>
  before === null || after === null ? 100 : Math.abs(after - before);

/** Counts of all changes, and the first `maxItems` of each kind. */
export interface LoggedDiff extends CatalogDiff {
  readonly counts: { readonly [Kind in keyof CatalogDiff]: number };
}

/** A diff as it is kept: a first refresh changes everything, and a row of the log may not grow with it. */
export const toLoggedDiff = (diff: CatalogDiff, maxItems: number): LoggedDiff => ({
  counts: {
    added: diff.added.length,
    gone: diff.gone.length,
    priceChanges: diff.priceChanges.length,
    scoreMoves: diff.scoreMoves.length,
  },
  added: diff.added.slice(0, maxItems),
  gone: diff.gone.slice(0, maxItems),
  priceChanges: diff.priceChanges.slice(0, maxItems),
  scoreMoves: diff.scoreMoves.slice(0, maxItems),
});
