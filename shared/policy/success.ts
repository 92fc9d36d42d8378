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

/** Level and error of what speaks for a row. */
export type Ability = Pick<Eligible, "theta" | "thetaSd">;

const toProbability = (p: number): number =>
  clamp(p, PARAMETERS.probabilityBounds.min, PARAMETERS.probabilityBounds.max);

/** P by stratum before outcomes and preferences: ability counts with its sd taken off. */
function predictByStratum(ability: Ability, strata: TaskTerms["strata"]): readonly number[] {
  const level = ability.theta - ability.thetaSd;
  return strata.map(({ pair }) => sigmoid(pair.a * (level - pair.mu)));
}

const toMean = (strata: TaskTerms["strata"], byStratum: readonly number[]): number =>
  strata.reduce((sum, { share }, k) => sum + share * (byStratum[k] ?? 0), 0);

/** P that the catalogue alone predicts, before feedback and preferences. */
export const predictSuccess = (ability: Ability, strata: TaskTerms["strata"]): number =>
  toMean(strata, predictByStratum(ability, strata));

/** P as it is told: the prediction moved by what was observed, lifted by a driver's bonus, never certain. */
export const toTold = (predicted: number, moved: { readonly correction: number; readonly bonus: number }): number =>
  toProbability((predicted + moved.correction) * (1 + Math.min(moved.bonus, PARAMETERS.driverBonusMax)));

/**
 * Expected success of an eligible row by one reach. Ability counts with its sd taken off, so that an uncertain
 * number does not win by its luck; outcomes move P by their residuals; a driver preference lifts it by at most
 * a tenth. P in each stratum is scaled as P was.
 */
export function toSuccess(eligible: Eligible, reach: Reach, terms: TaskTerms): Success {
  const raw = predictByStratum(eligible, terms.strata);
  const predicted = toMean(terms.strata, raw);
  const correction = toCorrection(terms.outcomes.get(eligible.model.id), predicted);
  const success = toTold(predicted, { correction, bonus: reach.bonus });
  const scale = success / predicted;
  const successByStratum = raw.map((p) => toProbability(p * scale));
  const worth = terms.strata.reduce(
    (sum, { share, weight }, k) => sum + share * weight * (successByStratum[k] ?? 0),
    0,
  );
  return { success, successByStratum, worth };
}
