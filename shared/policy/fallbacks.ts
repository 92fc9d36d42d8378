import { firstOfEachModel } from "./attempt-pool.ts";
import type { Candidate } from "./candidate.ts";
import { toModelKeys } from "./candidate.ts";
import { PARAMETERS } from "./parameters.ts";
import type { TaskTerms } from "./task-terms.ts";
import { valueCandidate } from "./value-candidate.ts";

/** The picked model by another provider. It stands even where the loss of a driver's bonus puts it under the floor: it is no weaker. */
function toSameModel(pick: Candidate, terms: TaskTerms): readonly Candidate[] {
  const other = pick.eligible.reaches.find(({ provider }) => provider !== pick.reach.provider);
  return other === undefined ? [] : [valueCandidate(pick.eligible, other, terms)];
}

/** What fallbacks are drawn from: all candidates, worthiest first, and those that were tried before and failed. */
export interface FallbackPool {
  readonly worthiest: readonly Candidate[];
  readonly failed: readonly Candidate[];
  readonly terms: TaskTerms;
}

/**
 * What to run when the pick cannot be reached, best first: the same model by another provider, then the worthiest other
 * models that have not failed, those of another provider or maker ahead, since whole providers fail together.
 */
export function toFallbacks(pick: Candidate, { worthiest, failed, terms }: FallbackPool): readonly Candidate[] {
  const { limit, depth } = PARAMETERS.fallbacks;
  const ranked = firstOfEachModel(worthiest, depth, new Set([pick, ...failed].flatMap(toModelKeys)));
  const isElsewhere = ({ eligible, reach }: Candidate): boolean =>
    reach.provider !== pick.reach.provider || eligible.model.vendor !== pick.eligible.model.vendor;
  return [
    ...toSameModel(pick, terms),
    ...ranked.filter(isElsewhere),
    ...ranked.filter((candidate) => !isElsewhere(candidate)),
  ].slice(0, limit);
}
