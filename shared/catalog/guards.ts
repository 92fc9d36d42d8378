import { type Catalog, type CatalogModel, DOMAINS, type Domain } from "./model.ts";
import type { GuardLimits } from "./refresh-limits.ts";

export const GUARDS = ["count_drop", "coverage_drop", "mass_shift", "index_version"] as const;

/** Why a new catalogue is held back; `before`, `after` and `limit` are what was compared, in the guard's own unit. */
export interface GuardReason {
  readonly guard: (typeof GUARDS)[number];
  /** Domain or source it is about; "models" for the list as a whole. */
  readonly about: string;
  readonly before: number | string;
  readonly after: number | string;
  readonly limit: number | string;
}

/** What a snapshot was made from, as far as the guards ask. */
export interface SnapshotBasis {
  /** Sources that carried rows or models into it. */
  readonly sources: readonly string[];
  /** Editions that each source's rows were of; the ones only carried over are left out. */
  readonly editions: Readonly<Record<string, readonly string[]>>;
}

export interface GuardInput {
  readonly served: Catalog;
  /** null = the catalogue that ships with the worker, which was made from other editions. */
  readonly servedBasis: SnapshotBasis | null;
  readonly next: Catalog;
  readonly nextBasis: SnapshotBasis;
  /** For how long the same new editions have been held back already; 0 = they are seen for the first time. */
  readonly heldHours: number;
  readonly limits: GuardLimits;
}

const plainRows = (catalog: Catalog): readonly CatalogModel[] =>
  catalog.models.filter(({ kind, effort }) => kind === "model" && effort === "default");

/**
 * Whether a new catalogue may replace the one that is served: no reasons = it may. The scores of two catalogues are
 * only compared where no source came new into the second, since a new source moves them rightly; so are editions.
 */
export function checkGuards(input: GuardInput): readonly GuardReason[] {
  const { servedBasis, nextBasis } = input;
  const isSameBasis = servedBasis !== null && nextBasis.sources.every((source) => servedBasis.sources.includes(source));
  return [
    ...checkCount(input),
    ...DOMAINS.flatMap((domain) => checkCoverage(domain, input)),
    ...(isSameBasis ? DOMAINS.flatMap((domain) => checkShift(domain, input)) : []),
    ...(servedBasis === null ? [] : checkEditions(servedBasis, input)),
  ];
}

/** A list of the same length whose ids are others is another list; the shipped one may be a year older than the market. */
function checkCount({ served, servedBasis, next, limits }: GuardInput): readonly GuardReason[] {
  const ids = new Set(plainRows(served).map(({ id }) => id));
  const kept = plainRows(next).filter(({ id }) => servedBasis === null || ids.has(id));
  const [before, after] = [ids.size, kept.length];
  const limit = Math.ceil(before * (1 - limits.countDrop.maxShare));
  return after < limit ? [{ guard: "count_drop", about: "models", before, after, limit }] : [];
}

const isLinked = (domain: Domain) => (row: CatalogModel) => row.abilities[domain] !== undefined;
const toShare = (rows: readonly CatalogModel[], domain: Domain): number =>
  rows.length === 0 ? 0 : rows.filter(isLinked(domain)).length / rows.length;
const round = (share: number): number => Math.round(share * 1_000) / 1_000;

/** Shares are taken over the models of both lists: new listings are unlinked at first, and no source is to blame. */
function checkCoverage(domain: Domain, { served, next, limits }: GuardInput): readonly GuardReason[] {
  const common = new Set(plainRows(next).map(({ id }) => id));
  const before = plainRows(served).filter(({ id }) => common.has(id));
  const ids = new Set(before.map(({ id }) => id));
  const after = plainRows(next).filter(({ id }) => ids.has(id));
  if (before.filter(isLinked(domain)).length < limits.coverageDrop.minLinked) return [];
  const [was, is] = [toShare(before, domain), toShare(after, domain)];
  const limit = was - limits.coverageDrop.maxDrop;
  return is < limit
    ? [{ guard: "coverage_drop", about: domain, before: round(was), after: round(is), limit: round(limit) }]
    : [];
}

/** Share of the rows rated in both whose score moved by more than the limit's points. */
function checkShift(domain: Domain, { served, next, limits }: GuardInput): readonly GuardReason[] {
  const { points, maxShare, minModels } = limits.massShift;
  const scores = new Map(served.models.map((row) => [`${row.id}\n${row.effort}`, row.abilities[domain]?.score]));
  const moves = next.models.flatMap((row) => {
    const [was, is] = [scores.get(`${row.id}\n${row.effort}`), row.abilities[domain]?.score];
    return was === undefined || is === undefined ? [] : [Math.abs(is - was)];
  });
  const share = moves.filter((move) => move > points).length / Math.max(1, moves.length);
  return moves.length >= minModels && share > maxShare
    ? [{ guard: "mass_shift", about: domain, before: 0, after: round(share), limit: maxShare }]
    : [];
}

interface NewEdition {
  readonly source: string;
  readonly before: string;
  readonly after: string;
}

/** Sources whose rows are of another edition than those of the served snapshot; one that came new has none to differ from. */
function listNewEditions(served: SnapshotBasis, next: SnapshotBasis): readonly NewEdition[] {
  return Object.entries(next.editions).flatMap(([source, editions]) => {
    const known = served.editions[source];
    if (known === undefined || editions.every((edition) => known.includes(edition))) return [];
    return [{ source, before: known.join(", "), after: editions.join(", ") }];
  });
}

/** The new editions as one text, by which a later refresh knows that it met the same; "" = none. */
export const toEditionsText = (served: SnapshotBasis | null, next: SnapshotBasis): string =>
  served === null
    ? ""
    : listNewEditions(served, next)
        .map(({ source, after }) => `${source} ${after}`)
        .join("; ");

function checkEditions(
  servedBasis: SnapshotBasis,
  { nextBasis, heldHours, limits }: GuardInput,
): readonly GuardReason[] {
  if (heldHours >= limits.indexVersion.holdHours) return [];
  const limit = `${limits.indexVersion.holdHours} h`;
  return listNewEditions(servedBasis, nextBasis).map(({ source, before, after }) => ({
    guard: "index_version",
    about: source,
    before,
    after,
    limit,
  }));
}

/** One reason in plain words. */
export function toGuardText({ guard, about, before, after, limit }: GuardReason): string {
  switch (guard) {
    case "count_drop":
      return `of ${before} models ${after} are left (at least ${limit} are wanted)`;
    case "coverage_drop":
      return `models with an ability in ${about} fell from ${toPercent(before)} to ${toPercent(after)} (at least ${toPercent(limit)} are wanted)`;
    case "mass_shift":
      return `${toPercent(after)} of the scores in ${about} moved far at once (at most ${toPercent(limit)} may)`;
    case "index_version":
      return `${about} is of another edition: ${before} -> ${after} (held for ${limit} unless it is accepted)`;
  }
}

const toPercent = (share: number | string): string =>
  typeof share === "number" ? `${Math.round(share * 100)} %` : share;
