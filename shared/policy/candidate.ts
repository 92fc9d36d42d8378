import { compareRows } from "../catalog/compare-rows.ts";
import type { CatalogModel } from "../catalog/model.ts";
import type { Driver } from "./policy.ts";

/** One way to run a maker's models: a driver, the endpoint it uses, the policy's bonus on P and the provider's penalty. */
export interface Reach {
  readonly driver: Driver;
  readonly provider: string;
  readonly bonus: number;
  readonly penaltyMicroUsd: number;
}

/** A catalogue row that passed the hard filters, with the ability that speaks for the task. Best reach first, never empty. */
export interface Eligible {
  readonly model: CatalogModel;
  readonly theta: number;
  readonly thetaSd: number;
  /** The ability on the anchored 0..100 scale; null for an unlinked model. */
  readonly score: number | null;
  readonly reaches: readonly [Reach, ...Reach[]];
  readonly flags: readonly string[];
}

/** An eligible row with the numbers that decide, unrounded. Money in USD. */
export interface Candidate {
  readonly eligible: Eligible;
  readonly reach: Reach;
  /** P, and P in each stratum of the task's difficulty (same order as the strata). */
  readonly success: number;
  readonly successByStratum: readonly number[];
  /** Sum of share x weight x P over the strata: what V is multiplied by. */
  readonly worth: number;
  /** Provider money alone. */
  readonly moneyUsd: number;
  readonly minutes: number;
  /** C: money, time and penalty. */
  readonly totalUsd: number;
  readonly utilityUsd: number;
  readonly flags: readonly string[];
}

/**
 * Two candidates are one model when they share a key: the id, or maker and ability to the last digit, which is one
 * model sold under two ids. A second try by the same model is worth little (pass@2 of one model gains 3 points).
 */
export function toModelKeys({ eligible }: Candidate): readonly string[] {
  const { model, theta, thetaSd } = eligible;
  return [model.id, `${model.vendor} ${theta} ${thetaSd}`];
}

/**
 * C of an attempt that is reached with chance `reached` and costs `load` (that chance times the cost ratio of the
 * difficulty met) of its mean money and time; a provider's penalty is the same at any difficulty.
 */
export function toAttemptUsd(
  { totalUsd, reach }: Candidate,
  { reached, load }: { readonly reached: number; readonly load: number },
): number {
  const penaltyUsd = reach.penaltyMicroUsd / 1e6;
  return load * (totalUsd - penaltyUsd) + reached * penaltyUsd;
}

/** Cheapest first: (C asc, id asc, effort order). */
export function compareByCost(a: Candidate, b: Candidate): number {
  return a.totalUsd - b.totalUsd || compareRows(a.eligible.model, b.eligible.model);
}

/** Best first: (U desc, C asc, id asc, effort order). */
export function compareByUtility(a: Candidate, b: Candidate): number {
  return b.utilityUsd - a.utilityUsd || compareByCost(a, b);
}
