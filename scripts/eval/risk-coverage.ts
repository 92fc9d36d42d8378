import type { Judged } from "./calibration-error.ts";
import { clopperPearsonUpper } from "./clopper-pearson.ts";

/** What answering only some of the rows would give. */
export interface Coverage {
  readonly answered: number;
  /** Of all rows. */
  readonly share: number;
  /** Of the answered rows; NaN when none is. */
  readonly error: number;
  /** One-sided 95 % upper bound of that error. */
  readonly errorUpper: number;
}

/** The greatest share that can be answered, and the least confidence that is answered then. */
export interface AnsweredShare extends Coverage {
  /** null when no threshold keeps the error. */
  readonly threshold: number | null;
}

export function toCoverage(answered: readonly Judged[], rows: number): Coverage {
  const wrong = answered.filter(({ right }) => !right).length;
  const n = answered.length;
  return { answered: n, share: n / rows, error: wrong / n, errorUpper: clopperPearsonUpper(wrong, n) };
}

/**
 * The most rows that can be answered, most confident first, with at most `maxError` wrong among them. Rows of equal
 * confidence are answered together or not at all. The threshold is chosen on the same rows, so the bound flatters
 * slightly; the bound at the model's own thresholds does not.
 */
export function toAnsweredShare(judged: readonly Judged[], maxError: number): AnsweredShare {
  const sorted = [...judged].sort((a, b) => b.confidence - a.confidence);
  let [best, wrong] = [0, 0];
  sorted.forEach(({ confidence, right }, i) => {
    if (!right) wrong += 1;
    const isLastOfEquals = sorted[i + 1]?.confidence !== confidence;
    // Counts, not shares: 1 of 10 must not fail for the last bit of 0.1.
    if (isLastOfEquals && wrong <= Math.floor(maxError * (i + 1) + 1e-9)) best = i + 1;
  });
  const answered = sorted.slice(0, best);
  return { threshold: answered.at(-1)?.confidence ?? null, ...toCoverage(answered, judged.length) };
}
