import { firstOfEachModel } from "./attempt-pool.ts";
import type { Candidate } from "./candidate.ts";
import { compareByUtility, toModelKeys } from "./candidate.ts";
import { PARAMETERS } from "./parameters.ts";
import type { TaskTerms } from "./task-terms.ts";
import { valueCandidate } from "./value-candidate.ts";

/** The picked model by another provider. It stands even where the loss of a driver's bonus puts it under the floor: it is no weaker. */
function toSameModel(pick: Candidate, terms: TaskTerms): readonly Candidate[] {
  const other = pick.eligible.reaches.find(({ provider }) => provider !== pick.reach.provider);
  return other === undefined ? [] : [valueCandidate(pick.eligible, other, terms)];
}

/**
 * What to run when the pick cannot be reached, best first: the same model by another provider, then the worthiest other
 * models, those of another provider or maker ahead, since whole providers fail together.
 */
export function toFallbacks(pick: Candidate, candidates: readonly Candidate[], terms: TaskTerms): readonly Candidate[] {
  const { limit, depth } = PARAMETERS.fallbacks;
  const ranked = firstOfEachModel([...candidates].sort(compareByUtility), depth, new Set(toModelKeys(pick)));
  const isElsewhere = ({ eligible, reach }: Candidate): boolean =>
    reach.provider !== pick.reach.provider || eligible.model.vendor !== pick.eligible.model.vendor;
  return [
    ...toSameModel(pick, terms),
    ...ranked.filter(isElsewhere),
    ...ranked.filter((candidate) => !isElsewhere(candidate)),
  ].slice(0, limit);
}
