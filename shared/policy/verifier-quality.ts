import { PARAMETERS } from "./parameters.ts";

/** What became of an attempt's change after its verdict: undone, taken up again, put right by a person, thrown away, or kept. */
export const ATTEMPT_EVENT_KINDS = ["reverted", "reopened", "edited_by_human", "discarded", "stands"] as const;
export type AttemptEventKind = (typeof ATTEMPT_EVENT_KINDS)[number];

/** Events that say the change was not right as it was; they outweigh `stands`, which may have been said before them. */
export const BAD_EVENT_KINDS = [
  "reverted",
  "reopened",
  "edited_by_human",
  "discarded",
] as const satisfies readonly AttemptEventKind[];

/** Days after which silence speaks for an accepted change: a choice, about two iterations of a team's work. */
export const SILENT_DAYS = 14;

/**
 * Labelled attempts wanted of each truth, right and wrong, before a verifier may gate: with 20 of each, all judged rightly,
 * the lower bound is .77; with 16 of 20 right on either side it is under .5.
 */
export const LABELLED_WANTED = 20;

/** Verdicts of one verifier that say the same, with the same later on: as the database counts them. */
export interface VerdictCount {
  readonly accepted: boolean;
  readonly hasBadEvent: boolean;
  readonly stands: boolean;
  /** Old enough, in a repository from which events were heard before: silence is an answer there, and nowhere else. */
  readonly isSilenceTold: boolean;
  readonly count: number;
}

/**
 * Whether the attempt turned out right; null while nothing is known. Silence speaks for what was accepted alone: a rejected
 * change is rarely tried again, so that silence about it would only say again what the verdict said.
 */
export function toTruth({ hasBadEvent, stands, accepted, isSilenceTold }: Omit<VerdictCount, "count">): boolean | null {
  if (hasBadEvent) return false;
  if (stands) return true;
  return accepted && isSilenceTold ? true : null;
}

/** Shares in [0,1]; J in [-1,1]. null where no attempt of that truth was labelled. */
export interface MeasuredQuality {
  readonly acceptedRight: number;
  readonly acceptedWrong: number;
  readonly rejectedRight: number;
  readonly rejectedWrong: number;
  /** Verdicts whose truth is not known yet. */
  readonly unlabelled: number;
  /** P(accepted | right): an upper estimate, since a wrong rejection shows only where somebody overrides it. */
  readonly tpr: number | null;
  /** P(rejected | wrong): an upper estimate too, since a fault that nobody found within the days counts as none. */
  readonly tnr: number | null;
  readonly j: number | null;
  /** Lower end of the 95 % interval of J. */
  readonly jLower: number | null;
  readonly mayGate: boolean;
}

/** 97.5th percentile of the normal distribution. */
const Z = 1.959964;

/** Wilson's score interval of a share (Wilson 1927). */
export function toWilson(hits: number, n: number): { readonly lower: number; readonly upper: number } {
  const p = hits / n;
  const centre = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2))) / (1 + Z ** 2 / n);
  return { lower: Math.max(0, centre - half), upper: Math.min(1, centre + half) };
}

/**
 * Lower end of the 95 % interval of J, which is P(accepted | right) - P(accepted | wrong): the difference of two independent
 * shares, by the hybrid of their Wilson intervals (Newcombe 1998, method 10), which holds at small numbers and at 0 and 1.
 */
function toJLower(right: readonly [number, number], wrong: readonly [number, number]): number {
  const [p1, p2] = [right[0] / right[1], wrong[0] / wrong[1]];
  const [first, second] = [toWilson(...right), toWilson(...wrong)];
  return p1 - p2 - Math.hypot(p1 - first.lower, second.upper - p2);
}

/** What a verifier's verdicts were worth, against what became of the attempts. */
export function measureVerifier(counts: readonly VerdictCount[]): MeasuredQuality {
  const sum = (accepted: boolean, truth: boolean | null): number =>
    counts
      .filter((one) => (truth === null || one.accepted === accepted) && toTruth(one) === truth)
      .reduce((total, { count }) => total + count, 0);
  const [acceptedRight, acceptedWrong] = [sum(true, true), sum(true, false)];
  const [rejectedRight, rejectedWrong] = [sum(false, true), sum(false, false)];
  const [right, wrong] = [acceptedRight + rejectedRight, acceptedWrong + rejectedWrong];
  const tpr = right === 0 ? null : acceptedRight / right;
  const tnr = wrong === 0 ? null : rejectedWrong / wrong;
  const j = tpr === null || tnr === null ? null : tpr + tnr - 1;
  const jLower = j === null ? null : toJLower([acceptedRight, right], [acceptedWrong, wrong]);
  const isEnough = Math.min(right, wrong) >= LABELLED_WANTED;
  return {
    ...{ acceptedRight, acceptedWrong, rejectedRight, rejectedWrong, unlabelled: sum(true, null), tpr, tnr, j, jLower },
    mayGate: isEnough && jLower !== null && jLower >= PARAMETERS.cascade.minJLower,
  };
}

/** Whether enough is labelled for the numbers to stand in for what is assumed of an unmeasured verifier. */
export const isMeasured = ({ acceptedRight, rejectedRight, acceptedWrong, rejectedWrong }: MeasuredQuality): boolean =>
  Math.min(acceptedRight + rejectedRight, acceptedWrong + rejectedWrong) >= LABELLED_WANTED;
