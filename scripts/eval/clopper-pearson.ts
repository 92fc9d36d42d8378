import { betaQuantile } from "./incomplete-beta.ts";

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A counted share with its exact two-sided 95 % interval; share and interval are NaN and [0,1] for nothing counted. */
export interface Proportion extends Interval {
  readonly count: number;
  readonly of: number;
  readonly share: number;
}

const LEVEL = 0.95;

const lower = (count: number, of: number, tail: number): number =>
  count === 0 ? 0 : betaQuantile(tail, count, of - count + 1);

const upper = (count: number, of: number, tail: number): number =>
  count === of ? 1 : betaQuantile(1 - tail, count + 1, of - count);

/** Exact (conservative) interval of a binomial share, both tails together 5 % (Clopper and Pearson 1934). */
export function clopperPearson(count: number, of: number): Interval {
  const tail = (1 - LEVEL) / 2;
  return { low: lower(count, of, tail), high: upper(count, of, tail) };
}

/** One-sided 95 % upper bound of a binomial share; 1 when nothing was counted. */
export const clopperPearsonUpper = (count: number, of: number): number => upper(count, of, 1 - LEVEL);

export function toProportion(count: number, of: number): Proportion {
  return { count, of, share: count / of, ...clopperPearson(count, of) };
}
