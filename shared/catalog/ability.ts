import { logit, mean, roundTo, sigmoid, standardDeviation } from "../base/stats.ts";
import { benchmarkWeight, needsOwnBoard, speaksFor } from "./benchmark-table.ts";
import type { ExpectationInput } from "./expectation.ts";
import { type FactorFit, type FactorScore, fitFactor } from "./factor.ts";
import type { Anchors } from "./linked-part.ts";
import type { ScoreMatrix } from "./matrix.ts";
import { type Ability, DOMAINS, type Domain, type Effort } from "./model.ts";

/** Stored line from the agentic-coding factor to theta, with its errors in theta units; no per-model rows. */
export interface AbilityLine {
  readonly slope: number;
  readonly intercept: number;
  /** Leave-one-out error of the line on the models it was fitted on. */
  readonly looRmse: number;
  /**
   * Measured error over the error that the factors' own sd predicts: every factor sd is multiplied by it, except that
   * a model with fewer than three benchmarks never gets a smaller sd by it.
   */
  readonly sdScale: number;
  readonly n: number;
}

export interface AbilityLines {
  readonly anchors: Anchors;
  readonly agentic_coding: AbilityLine;
}

export type AbilityKey = `${string}\n${Effort}`;
export type AbilitiesByRow = ReadonlyMap<AbilityKey, Readonly<Partial<Record<Domain, Ability>>>>;
export const abilityKey = (id: string, effort: Effort): AbilityKey => `${id}\n${effort}`;

export interface RatingInput {
  readonly lines: AbilityLines;
  readonly extrapolatedSdFactor: number;
  readonly knownOf: ReadonlyMap<string, ExpectationInput>;
}

/** Least sd of an ability: differences of theta below about .12 are ties even with 500 tasks a model. */
const SD_FLOOR = 0.1;
/** Below this many benchmarks the line may not say that the factor's sd is too wide: only 4 of its 20 models are so thin. */
const THIN_BELOW = 3;
/** Where the anchors stand on the 0..100 scale; a logistic curve never clamps, so score order is factor order. */
const SCORE_AT_LOW = 0.25;
const SCORE_AT_HIGH = 0.75;

/**
 * Abilities of every linked (id, effort) per domain. Agentic coding: theta by the stored line. Other domains: the
 * domain's factor is laid by quantiles over the agentic thetas of the same models, `extrapolated` set, with
 * `extrapolatedSdFactor` times the larger of its own sd and the agentic sd of the row. What the anchors do not reach
 * is absent and listed.
 */
export function rateAbilities(
  matrix: ScoreMatrix,
  { lines, extrapolatedSdFactor, knownOf }: RatingInput,
): {
  readonly abilities: AbilitiesByRow;
  readonly unlinked: Readonly<Partial<Record<Domain, readonly string[]>>>;
} {
  const abilities = new Map<AbilityKey, Partial<Record<Domain, Ability>>>();
  const unlinked: Partial<Record<Domain, readonly string[]>> = {};
  const fitIn = (domain: Domain): FactorFit | null => fitFactor(matrix, { domain, anchors: lines.anchors, knownOf });
  const agentic = fitIn("agentic_coding");
  const thetas = new Map(
    (agentic?.scores ?? []).map((s) => [abilityKey(s.id, s.effort), onLine(s.g, lines.agentic_coding)]),
  );
  for (const domain of DOMAINS) {
    const measured = idsMeasuredIn(matrix, domain);
    const fit = domain === "agentic_coding" ? agentic : measured?.size === 0 ? null : fitIn(domain);
    if (fit === null || agentic === null) {
      unlinked[domain] = [...new Set(matrix.rows.map((row) => row.id))].sort();
      continue;
    }
    unlinked[domain] = fit.unlinked;
    const toTheta = domain === "agentic_coding" ? agenticTheta(lines.agentic_coding) : matchedTheta(fit, thetas);
    const evidence = evidenceById(matrix, domain, fit);
    for (const score of fit.scores) {
      if (measured?.has(score.id) === false) continue;
      const { theta, sd } = toTheta(score);
      const key = abilityKey(score.id, score.effort);
      const known = evidence.get(score.id) ?? { sources: [], benchmarkCount: 0, newestDate: null };
      const held = abilities.get(key);
      const own = Math.max(SD_FLOOR, sd * scaleOfSd(lines.agentic_coding, known.benchmarkCount));
      // DOMAINS begins with agentic coding, so its sd is there when the other domains ask for it.
      const wide =
        domain === "agentic_coding" ? own : extrapolatedSdFactor * Math.max(own, held?.agentic_coding?.sd ?? 0);
      abilities.set(key, {
        ...held,
        [domain]: {
          theta: roundTo(theta, 3),
          sd: roundTo(wide, 3),
          score: roundTo(toScore(score.g), 1),
          ...known,
          extrapolated: domain !== "agentic_coding",
        },
      });
    }
  }
  return { abilities, unlinked };
}

/** Ids that stand on a board of the domain itself, where the domain asks for that; null = it does not. */
function idsMeasuredIn(matrix: ScoreMatrix, domain: Domain): ReadonlySet<string> | null {
  if (!needsOwnBoard(domain)) return null;
  const speaking = matrix.columns.map(({ benchmark }) => speaksFor(benchmark, domain));
  return new Set(matrix.rows.filter(({ cells }) => cells.some(({ column }) => speaking[column])).map(({ id }) => id));
}

/** Anchored score 0..100 of a position on the factor scale. */
export const toScore = (g: number): number =>
  100 * sigmoid(logit(SCORE_AT_LOW) + g * (logit(SCORE_AT_HIGH) - logit(SCORE_AT_LOW)));

const onLine = (g: number, line: AbilityLine): number => line.intercept + line.slope * g;

const scaleOfSd = ({ sdScale }: AbilityLine, benchmarkCount: number): number =>
  benchmarkCount < THIN_BELOW ? Math.max(1, sdScale) : sdScale;

/** Theta, and the factor's sd in theta units as the fit says it. */
type ToTheta = (score: FactorScore) => { readonly theta: number; readonly sd: number };

const agenticTheta =
  (line: AbilityLine): ToTheta =>
  ({ g, sd }) => ({ theta: onLine(g, line), sd: line.slope * sd });

/** Quantile matching: the k-th smallest factor of the shared models maps to the k-th smallest of their thetas. */
function matchedTheta(fit: FactorFit, thetas: ReadonlyMap<AbilityKey, number>): ToTheta {
  const shared = fit.scores.flatMap((s) => {
    const theta = thetas.get(abilityKey(s.id, s.effort));
    return theta === undefined ? [] : [{ g: s.g, theta }];
  });
  const gs = shared.map((s) => s.g).sort((a, b) => a - b);
  const ts = shared.map((s) => s.theta).sort((a, b) => a - b);
  const slope = standardDeviation(ts) / standardDeviation(gs);
  return ({ g, sd }) => ({
    theta: alongQuantiles(g, { gs, ts, slope }),
    sd: slope * sd,
  });
}

/** Piecewise linear between the sorted pairs; beyond either end it goes on with the overall slope. */
function alongQuantiles(
  g: number,
  { gs, ts, slope }: { readonly gs: readonly number[]; readonly ts: readonly number[]; readonly slope: number },
): number {
  const first = gs[0] ?? 0;
  const last = gs.at(-1) ?? 0;
  if (g <= first) return (ts[0] ?? 0) + slope * (g - first);
  if (g >= last) return (ts.at(-1) ?? 0) + slope * (g - last);
  const above = gs.findIndex((x) => x >= g);
  const x1 = gs[above] ?? last;
  const x0 = gs[above - 1] ?? first;
  const share = x1 === x0 ? 0 : (g - x0) / (x1 - x0);
  const t0 = ts[above - 1] ?? 0;
  return t0 + ((ts[above] ?? t0) - t0) * share;
}

/** Sources, count of benchmarks and newest date per id: all its efforts carry into its level. */
function evidenceById(
  matrix: ScoreMatrix,
  domain: Domain,
  fit: FactorFit,
): ReadonlyMap<string, Pick<Ability, "sources" | "benchmarkCount" | "newestDate">> {
  const dropped = new Set(fit.unlinkedColumns);
  const used = matrix.columns.map((c) => benchmarkWeight(c.benchmark, domain) > 0 && !dropped.has(c.key));
  const byId = new Map<string, { sources: Set<string>; benchmarks: Set<string>; dates: string[] }>();
  for (const row of matrix.rows) {
    const held = byId.get(row.id) ?? { sources: new Set(), benchmarks: new Set(), dates: [] };
    const cells = row.cells.filter((cell) => used[cell.column]);
    for (const { column } of cells) {
      held.sources.add(matrix.columns[column]?.source ?? "");
      held.benchmarks.add(matrix.columns[column]?.benchmark ?? "");
    }
    if (row.newestDate !== null && cells.length > 0) held.dates.push(row.newestDate);
    byId.set(row.id, held);
  }
  return new Map(
    [...byId].map(([id, held]) => [
      id,
      {
        sources: [...held.sources].sort(),
        benchmarkCount: held.benchmarks.size,
        newestDate: held.dates.sort().at(-1) ?? null,
      },
    ]),
  );
}

/** Mean and spread of linked thetas: the prior for a model without data; null for fewer than two. */
export function toPrior(thetas: readonly number[]): { readonly thetaMean: number; readonly thetaSd: number } | null {
  if (thetas.length < 2) return null;
  return { thetaMean: roundTo(mean(thetas), 3), thetaSd: roundTo(standardDeviation(thetas), 3) };
}
