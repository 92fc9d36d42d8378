import { clamp, logit, mean, sigmoid } from "../base/stats.ts";
import type { EscalationTerms } from "./step.ts";

/** Pairs that a cell must hold before its scores mean anything: with fewer a 10 % failure rate has no useful bound. */
export const PAIRS_WANTED = 100;
/** Scores that are accepted until then. It is the right threshold only where a solved task is worth about ten calls. */
export const PLAIN_THRESHOLD = 7;

/** A judged answer whose true outcome came to be known. A cell is one task type x author x judge. */
export interface ScoredOutcome {
  readonly score: number;
  readonly right: boolean;
  /** P(right) as it was expected before the score, in (0,1). */
  readonly prior: number;
}

/** P(right) by score, never falling in it; index 0 is score 1, null where no pair stands at or below a score. */
export interface ScoreCalibration {
  readonly pairs: number;
  /** What was expected of those attempts in the mean. */
  readonly prior: number;
  readonly pRight: readonly (number | null)[];
}

const SCORES = 10;

interface Block {
  readonly right: number;
  readonly count: number;
  readonly scores: number;
}

/** Half a right and half a wrong one more: a score seen three times is not certain. */
const toShare = ({ right, count }: Block): number => (right + 0.5) / (count + 1);

/**
 * P(right) by score from what was logged: isotonic regression (pool adjacent violators), for a higher score may
 * not mean less. A score that was never seen stands with the one below it. Under the lowest that was seen nothing is known:
 * low scores escalate, so that the truth of their answers rarely comes out, and they must not pass for the lowest that was
 * accepted. null under PAIRS_WANTED pairs.
 */
export function calibrateScores(pairs: readonly ScoredOutcome[]): ScoreCalibration | null {
  if (pairs.length < PAIRS_WANTED) return null;
  const blocks: Block[] = [];
  let unseen = 0;
  for (let score = 1; score <= SCORES; score += 1) {
    const seen = pairs.filter((pair) => pair.score === score);
    const right = seen.filter((pair) => pair.right).length;
    const below = blocks.at(-1);
    if (seen.length === 0) {
      if (below === undefined) unseen += 1;
      else blocks[blocks.length - 1] = { ...below, scores: below.scores + 1 };
      continue;
    }
    blocks.push({ right, count: seen.length, scores: 1 });
    for (
      let b = blocks.at(-1), a = blocks.at(-2);
      a && b && toShare(a) >= toShare(b);
      b = blocks.at(-1), a = blocks.at(-2)
    )
      blocks.splice(-2, 2, { right: a.right + b.right, count: a.count + b.count, scores: a.scores + b.scores });
  }
  const known = blocks.flatMap((block) => Array.from({ length: block.scores }, () => toShare(block)));
  const pRight = [...Array.from({ length: unseen }, () => null), ...known];
  return { pairs: pairs.length, prior: mean(pairs.map(({ prior }) => prior)), pRight };
}

/**
 * P(right) under which going on pays: V x [P(next right, this wrong) - P(this right, next wrong)] exceeds its cost.
 * 0 or less = it never pays; above 1 = it always does.
 */
export function toThreshold({ valueMicroUsd, nextCostMicroUsd, gain, loss }: EscalationTerms): number {
  if (valueMicroUsd <= 0) return 0;
  const worth = gain - nextCostMicroUsd / valueMicroUsd;
  return gain + loss === 0 ? Math.sign(worth) * 2 : worth / (gain + loss);
}

/** What was said of an attempt. Rates are those that a verifier was measured at. */
export type Finding =
  | { readonly kind: "score"; readonly score: number; readonly calibration: ScoreCalibration | null }
  | {
      readonly kind: "outside";
      readonly accepted: boolean;
      readonly rates: { readonly tpr: number; readonly tnr: number } | null;
    }
  /** No verdict could be read, or the check failed. */
  | { readonly kind: "unreadable" }
  /** The answer was cut off at its token limit. */
  | { readonly kind: "cut_off" };

export const ESCALATION_REASONS = [
  "worth_it",
  "not_worth_it",
  "under_plain_threshold",
  "at_plain_threshold",
  "accepted_outside",
  "rejected_outside",
  "unreadable",
  "cut_off",
] as const;
export type EscalationReason = (typeof ESCALATION_REASONS)[number];

/** Whether the next model tries, and by what. */
export interface EscalationDecision {
  readonly escalate: boolean;
  readonly reason: EscalationReason;
  /** P(this attempt is right) as it was weighed; null where nothing measured stands behind one. */
  readonly pRight: number | null;
  /** What it was weighed against; null where it was not weighed. */
  readonly threshold: number | null;
  /** True where a plain rule stood in for measurements. */
  readonly uncalibrated: boolean;
}

const unweighed = (escalate: boolean, reason: EscalationReason): EscalationDecision => ({
  escalate,
  reason,
  pRight: null,
  threshold: null,
  uncalibrated: true,
});

function weigh(pRight: number, terms: EscalationTerms): EscalationDecision {
  const threshold = toThreshold(terms);
  const escalate = pRight < threshold;
  return { escalate, reason: escalate ? "worth_it" : "not_worth_it", pRight, threshold, uncalibrated: false };
}

/**
 * P(right) by its score where more, or less, is expected than of the logged attempts: after a failure, or on harder
 * work. A score says as much as ever (its odds ratio stands); what it is said of has changed.
 */
function toExpectation(pRight: number, logged: ScoreCalibration, { prior }: EscalationTerms): number {
  return sigmoid(logit(pRight) + logit(bound(prior)) - logit(bound(logged.prior)));
}

/** As near to certainty as any expectation is taken. */
const bound = (p: number): number => clamp(p, 0.01, 0.99);

/** P(right) of an attempt that a verifier of known rates rejected, by Bayes. */
function toRejected(prior: number, { tpr, tnr }: { readonly tpr: number; readonly tnr: number }): number {
  const [right, wrong] = [prior * (1 - tpr), (1 - prior) * tnr];
  return right + wrong === 0 ? prior : clamp(right / (right + wrong), 0, 1);
}

/**
 * The one escalation rule, of the engine and of the replay bench: by expected value wherever what was said has a
 * measured meaning, else 7 of 10 or the verdict itself, marked uncalibrated. What nobody can vouch for escalates.
 */
export function decideEscalation(finding: Finding, terms: EscalationTerms): EscalationDecision {
  switch (finding.kind) {
    case "unreadable":
    case "cut_off":
      return unweighed(true, finding.kind);
    case "score": {
      const { score, calibration } = finding;
      const pRight = calibration?.pRight[score - 1] ?? null;
      if (calibration !== null && pRight !== null) return weigh(toExpectation(pRight, calibration, terms), terms);
      const isUnder = score < PLAIN_THRESHOLD;
      return unweighed(isUnder, isUnder ? "under_plain_threshold" : "at_plain_threshold");
    }
    case "outside": {
      const { accepted, rates } = finding;
      // Whoever accepts from outside has the last word: nobody pays for more than they asked for.
      if (accepted) return unweighed(false, "accepted_outside");
      return rates === null ? unweighed(true, "rejected_outside") : weigh(toRejected(terms.prior, rates), terms);
    }
  }
}
