import { clamp, sigmoid } from "../base/stats.ts";
import type { Eligible, Reach } from "./candidate.ts";
import { toCorrection } from "./outcomes.ts";
import { PARAMETERS } from "./parameters.ts";
import type { TaskTerms } from "./task-terms.ts";

/** P of one candidate, overall and by stratum, and the weighted sum that V is multiplied by. */
export interface Success {
  readonly success: number;
  readonly successByStratum: readonly number[];
  readonly worth: number;
}

const toProbability = (p: number): number =>
  clamp(p, PARAMETERS.probabilityBounds.min, PARAMETERS.probabilityBounds.max);

/**
 * Expected success of an eligible row by one reach. Ability counts with its sd taken off, so that an uncertain
 * number does not win by its luck; outcomes move P by their residuals; a driver preference lifts it by at most
 * a tenth. P in each stratum is scaled as P was.
 */
export function toSuccess(eligible: Eligible, reach: Reach, terms: TaskTerms): Success {
  const ability = eligible.theta - eligible.thetaSd;
  const raw = terms.strata.map(({ pair }) => sigmoid(pair.a * (ability - pair.mu)));
  const predicted = terms.strata.reduce((sum, stratum, k) => sum + stratum.share * (raw[k] ?? 0), 0);
  const corrected = predicted + toCorrection(terms.outcomes.get(eligible.model.id));
  const success = toProbability(corrected * (1 + Math.min(reach.bonus, PARAMETERS.driverBonusMax)));
  const scale = success / predicted;
  const successByStratum = raw.map((p) => toProbability(p * scale));
  const worth = terms.strata.reduce(
    (sum, { share, weight }, k) => sum + share * weight * (successByStratum[k] ?? 0),
    0,
  );
  return { success, successByStratum, worth };
}
