import { clamp, roundTo } from "../base/stats.ts";
import { compareRows } from "../catalog/compare-rows.ts";
import type { Catalog, CatalogModel } from "../catalog/model.ts";
import { toCost } from "./cost.ts";
import type { DomainMix } from "./domain-mix.ts";
import type { FeedbackSum } from "./feedback.ts";
import { PARAMETERS } from "./parameters.ts";
import { BANDS, type Band, defaultPolicy } from "./policy.ts";
import type { SpeedDefaults } from "./speed-defaults.ts";
import { toSpeedDefaults } from "./speed-defaults.ts";

/** Level and error of the abilities that speak for a row, mixed. */
export interface MixAbility {
  readonly theta: number;
  readonly thetaSd: number;
}

/** One model of a ranking, at the effort that ranks best for the mix. */
export interface RankEntry {
  readonly model: CatalogModel;
  /** False where no ability speaks for the mix: such a row stands behind every linked one. */
  readonly linked: boolean;
  /** Shares of the mix times what they score, 0..100 with two decimals; 0 for an unlinked row. */
  readonly benchmarkScore: number;
  /** Own abilities, else the priors of the mix; null where there is no prior either. */
  readonly ability: MixAbility | null;
  /** C of a medium task: breaks ties between equal scores. */
  readonly totalUsd: number;
  readonly flags: readonly string[];
}

/** Every model of a catalogue, best first, whole and by band ceiling. Built once for a mix and a catalogue version. */
export interface RankList {
  readonly mix: DomainMix;
  readonly byBand: Readonly<Record<Band, readonly Scored[]>>;
}

/** What the expected cost of a row is read from, the same for every row. */
interface CostFrame {
  readonly costFactor: number;
  readonly usdPerMinute: number;
  readonly speedDefaults: SpeedDefaults;
}

const NO_PENALTY = { penaltyMicroUsd: 0 };

/** A medium task at the shipped worth of waiting: a list is the same for every tenant. */
const toCostFrame = (catalog: Catalog): CostFrame => ({
  costFactor: 1,
  usdPerMinute: defaultPolicy.usdPerMinute.default,
  speedDefaults: toSpeedDefaults(catalog, "general"),
});

/** 100 for a task at the best cost, 0 at the worst, linear in the logarithm between. */
function toThrift(totalUsd: number): number {
  const { bestUsd, worstUsd } = PARAMETERS.thrift;
  const share = Math.log(worstUsd / Math.max(totalUsd, Number.MIN_VALUE)) / Math.log(worstUsd / bestUsd);
  return 100 * clamp(share, 0, 1);
}

interface Mixed {
  readonly score: number;
  readonly ability: MixAbility;
  readonly flags: readonly string[];
}

/** Scores and levels by the shares of the mix; the general ability stands in, with a wider error, for one that is missing. */
function mixAbilities({ abilities }: CatalogModel, mix: DomainMix): Mixed | null {
  let [total, score, theta, thetaSd] = [0, 0, 0, 0];
  const flags = new Set<string>();
  for (const [domain, share] of mix.domains) {
    const own = abilities[domain];
    const ability = own ?? abilities.general;
    if (ability === undefined) return null;
    if (own === undefined) flags.add("stand_in_ability");
    else if (ability.extrapolated) flags.add("extrapolated_ability");
    total += share;
    score += share * ability.score;
    theta += share * ability.theta;
    thetaSd += share * ability.sd * (own === undefined ? PARAMETERS.extrapolatedSdFactor : 1);
  }
  return { score, ability: { theta: theta / total, thetaSd: thetaSd / total }, flags: [...flags].sort() };
}

function mixPriors({ priors }: Catalog, mix: DomainMix): MixAbility | null {
  let [total, theta, thetaSd] = [0, 0, 0];
  for (const [domain, share] of mix.domains) {
    const prior = priors[domain] ?? priors.general;
    if (prior === undefined) return null;
    total += share;
    theta += share * prior.thetaMean;
    thetaSd += share * prior.thetaSd;
  }
  return { theta: theta / total, thetaSd: thetaSd / total };
}

/** What speaks for a model in a mix: the row's abilities, else the priors; null where there is neither. */
export const toMixAbility = (row: CatalogModel | undefined, mix: DomainMix, catalog: Catalog): MixAbility | null =>
  (row === undefined ? null : mixAbilities(row, mix))?.ability ?? mixPriors(catalog, mix);

/** Scores one row; `prior` speaks for a row without abilities. */
function toEntry(
  model: CatalogModel,
  { mix, frame, prior }: { readonly mix: DomainMix; readonly frame: CostFrame; readonly prior: MixAbility | null },
): RankEntry {
  const { totalUsd, flags } = toCost(model, NO_PENALTY, frame);
  const mixed = mixAbilities(model, mix);
  if (mixed === null) {
    return { model, linked: false, benchmarkScore: 0, ability: prior, totalUsd, flags: ["unlinked_ability", ...flags] };
  }
  const benchmarkScore = roundTo(clamp(mixed.score + mix.thrift * toThrift(totalUsd), 0, 100), 2);
  return { model, linked: true, benchmarkScore, ability: mixed.ability, totalUsd, flags: [...mixed.flags, ...flags] };
}

/** The window on the scale of scores: 0 at the least long context, 100 at fifty times that, logarithmic. */
function toWindowScore(contextTokens: number): number {
  const least = PARAMETERS.longContextTokens;
  return clamp((100 * Math.log(Math.max(contextTokens, 1) / least)) / Math.log(50), 0, 100);
}

/**
 * The number that a ranking sorts by and shows. Blended: a point of P is a point of score. By window: the window's
 * score, and a ten-thousandth of the blended one, so that only equal windows are told apart by it. An unlinked row stays
 * at 0 whatever feedback says: it is shown where it stands, behind every measured one.
 */
export function toRankScore(
  entry: Pick<RankEntry, "benchmarkScore" | "linked" | "model">,
  mix: DomainMix,
  correction: number,
): number {
  if (!entry.linked) return 0;
  const blended = roundTo(clamp(entry.benchmarkScore + 100 * correction, 0, 100), 2);
  return mix.byWindow ? roundTo(toWindowScore(entry.model.contextTokens) + blended * 1e-4, 6) : blended;
}

/** A row of a ranking with the score it stands at. */
export interface Scored {
  readonly entry: RankEntry;
  readonly score: number;
}

/** Best first, total over distinct (id, effort): score, linked before unlinked, C, catalogue order. */
export function compareScored(a: Scored, b: Scored): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.entry.linked !== b.entry.linked) return a.entry.linked ? -1 : 1;
  return a.entry.totalUsd - b.entry.totalUsd || compareRows(a.entry.model, b.entry.model);
}

/** The rows of a list with what feedback says of some models; those that it moves take their new places. */
export function rankByFeedback(
  rows: readonly Scored[],
  sums: ReadonlyMap<string, Pick<FeedbackSum, "correction">>,
  mix: DomainMix,
): readonly Scored[] {
  if (sums.size === 0) return rows;
  return rows
    .map((row) => {
      const sum = sums.get(row.entry.model.id);
      return sum === undefined ? row : { ...row, score: toRankScore(row.entry, mix, sum.correction) };
    })
    .sort(compareScored);
}

/** Scores rows of one catalogue under any mix, of which no list is kept; null for an unlinked row. */
export function makeScorer(catalog: Catalog): (model: CatalogModel, mix: DomainMix) => number | null {
  const frame = toCostFrame(catalog);
  return (model, mix) => {
    const entry = toEntry(model, { mix, frame, prior: null });
    return entry.linked ? entry.benchmarkScore : null;
  };
}

/** Ranks a whole catalogue by a mix: one row a model, its best-ranking effort. */
export function buildRankList(catalog: Catalog, mix: DomainMix): RankList {
  const terms = { mix, frame: toCostFrame(catalog), prior: mixPriors(catalog, mix) };
  const rows = catalog.models
    .map((model) => toEntry(model, terms))
    .map((entry) => ({ entry, score: toRankScore(entry, mix, 0) }))
    .sort(compareScored);
  const seen = new Set<string>();
  const best = rows.filter(({ entry }) => {
    const isFirst = !seen.has(entry.model.id);
    seen.add(entry.model.id);
    return isFirst;
  });
  const inBand = (band: Band) => [
    band,
    best.filter(({ entry }) => entry.model.prices.promptMicroUsdPerMillion <= PARAMETERS.bandCeilings[band]),
  ];
  // Every band of the closed list is a key, so the record is total.
  return { mix, byBand: Object.fromEntries(BANDS.map(inBand)) as RankList["byBand"] };
}
