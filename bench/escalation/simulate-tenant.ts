import { chance, normal, type Random } from "../../shared/policy/testing/random-catalog.ts";
import {
  calibrateScores,
  decideEscalation,
  type ScoreCalibration,
  type ScoredOutcome,
} from "../../shared/run/escalate.ts";
import type { EscalationTerms } from "../../shared/run/step.ts";
import { normalQuantile } from "../cascade/verifiers.ts";

/** A judge whose scores are a normal around right or wrong, cut into ten. */
export interface MadeJudge {
  readonly name: string;
  /** TPR + TNR - 1 at the best cut, which is 7 of 10 where `shift` is 0. */
  readonly j: number;
  /** Scores above (lenient) or below (strict) what the words of the rubric mean. */
  readonly shift: number;
}

/** Whose truth comes to be known: of delivered answers, and of those that were sent on. Shares in [0,1]. */
export interface Followed {
  readonly delivered: number;
  readonly sentOn: number;
}

/** Width of one score in standard deviations of the noise, as in the replay of cascades. */
const STEP = 0.4;
/** A latent of 0 falls between 6 and 7. */
const NEUTRAL = 6.5;
/** The engine reads the cell anew at each judgement; here at each tenth pair, for speed. */
const RECALIBRATED_EACH = 10;
const SCORES = 10;

function toScore(right: boolean, { j, shift }: MadeJudge, random: Random): number {
  const half = normalQuantile((1 + j) / 2);
  const latent = (right ? half : -half) + normal(random);
  return Math.min(SCORES, Math.max(1, Math.round(NEUTRAL + latent / STEP) + shift));
}

export const RULES = ["never", "always", "7 of 10", "learned"] as const;
export type Rule = (typeof RULES)[number];

export interface MadeTenant {
  /** Mean value of a task in USD by rule: what is delivered right is worth V, calls and judgements cost. */
  readonly usd: Readonly<Record<Rule, number>>;
  /** The lowest score that the learned rule accepts, at each checkpoint; 11 = none. */
  readonly accepts: readonly number[];
  /** Pairs that were known at the end. */
  readonly pairs: number;
}

interface Setting {
  readonly judge: MadeJudge;
  readonly terms: EscalationTerms;
  readonly followed: Followed;
  readonly cheapUsd: number;
  readonly verdictUsd: number;
  readonly tasks: number;
  readonly checkpoints: readonly number[];
}

const escalates = (score: number, calibration: ScoreCalibration | null, terms: EscalationTerms): boolean =>
  decideEscalation({ kind: "score", score, calibration }, terms).escalate;

/** The lowest score from which on all are accepted. */
function toLowest(calibration: ScoreCalibration | null, terms: EscalationTerms): number {
  let lowest = SCORES + 1;
  while (lowest > 1 && !escalates(lowest - 1, calibration, terms)) lowest -= 1;
  return lowest;
}

/**
 * One tenant's tasks in one cell, in order: every rule meets the same tasks, answers and scores, and the learned one knows
 * only what came out of its own deliveries, as far as that is followed up.
 */
export function simulateTenant(setting: Setting, random: Random): MadeTenant {
  const { judge, terms, followed, cheapUsd, verdictUsd, tasks, checkpoints } = setting;
  const [valueUsd, nextUsd] = [terms.valueMicroUsd / 1e6, terms.nextCostMicroUsd / 1e6];
  const usd: Record<Rule, number> = { never: 0, always: 0, "7 of 10": 0, learned: 0 };
  const pairs: ScoredOutcome[] = [];
  const accepts: number[] = [];
  let calibration: ScoreCalibration | null = null;
  for (let n = 0; n < tasks; n += 1) {
    if (checkpoints.includes(n)) accepts.push(toLowest(calibration, terms));
    const right = chance(random, terms.prior);
    const nextRight = right ? !chance(random, terms.loss) : chance(random, terms.gain);
    const score = toScore(right, judge, random);
    const isSentOn = escalates(score, calibration, terms);
    const isFollowed = chance(random, isSentOn ? followed.sentOn : followed.delivered);
    const toUsd = (sentOn: boolean, isJudged: boolean): number =>
      valueUsd * Number(sentOn ? nextRight : right) - cheapUsd - (isJudged ? verdictUsd : 0) - (sentOn ? nextUsd : 0);
    usd.never += toUsd(false, false) / tasks;
    // Who always goes on does not ask the cheap model first.
    usd.always += (toUsd(true, false) + cheapUsd) / tasks;
    usd["7 of 10"] += toUsd(escalates(score, null, terms), true) / tasks;
    usd.learned += toUsd(isSentOn, true) / tasks;
    if (!isFollowed) continue;
    pairs.push({ score, right, prior: terms.prior });
    if (pairs.length % RECALIBRATED_EACH === 0) calibration = calibrateScores(pairs);
  }
  accepts.push(toLowest(calibration, terms));
  return { usd, accepts, pairs: pairs.length };
}
