import type { Candidate, Eligible, Reach } from "./candidate.ts";
import { toCost } from "./cost.ts";
import { toSuccess } from "./success.ts";
import type { TaskTerms } from "./task-terms.ts";

/** U = V x worth - C of an eligible row by one of its reaches. */
export function valueCandidate(eligible: Eligible, reach: Reach, terms: TaskTerms): Candidate {
  const success = toSuccess(eligible, reach, terms);
  const cost = toCost(eligible.model, reach, terms);
  return {
    eligible,
    reach,
    ...success,
    moneyUsd: cost.moneyUsd,
    minutes: cost.minutes,
    totalUsd: cost.totalUsd,
    utilityUsd: terms.valueUsd * success.worth - cost.totalUsd,
    flags: [...eligible.flags, ...cost.flags],
  };
}
