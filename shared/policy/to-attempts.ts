import { valueInTurn } from "./after-failures.ts";
import type { Candidate } from "./candidate.ts";
import { compareByUtility } from "./candidate.ts";
import { toFits } from "./chain-budget.ts";
import type { Attempt, DecisionCore, Pick } from "./decision.ts";
import { toFallbacks } from "./fallbacks.ts";
import type { TaskTerms } from "./task-terms.ts";
import { toExpected, toPick } from "./to-pick.ts";

export interface AttemptContext {
  readonly hull: readonly Candidate[];
  /** Those above the floor. */
  readonly candidates: readonly Candidate[];
  readonly floor: DecisionCore["floor"];
  readonly terms: TaskTerms;
  /** Budget of all attempts together; a stand-in that would pass it is none. */
  readonly maxMicroUsd: number | null;
}

/** A model that no single pick would be: it is tried because others go before or after it. */
export const offHullFlags = (candidate: Candidate, hull: readonly Candidate[]): readonly string[] =>
  hull.includes(candidate) ? [] : ["off_hull"];

/** The same model by another driver may lose a bonus that held it above the floor: it is no weaker, but it says so. */
const belowFloorFlags = ({ success }: Candidate, floor: DecisionCore["floor"]): readonly string[] =>
  floor.margin !== null && success < floor.bestSuccess - floor.margin ? ["below_floor"] : [];

/** The sequence of attempts as stored: each with what it is expected to do in its turn and what stands in for it. */
export function toAttempts(sequence: readonly Candidate[], context: AttemptContext): readonly Attempt[] {
  const { hull, candidates, floor, terms, maxMicroUsd } = context;
  const worthiest = [...candidates].sort(compareByUtility);
  return sequence.map((member, turn) => {
    const failed = sequence.slice(0, turn);
    const toExpectedInTurn = (candidate: Candidate) => {
      const value = valueInTurn([...failed, candidate], terms)[turn];
      if (value === undefined) throw new Error(`attempt ${turn} was not valued`);
      return toExpected(value);
    };
    const toStandIn = (candidate: Candidate): Pick => ({
      ...toPick(candidate, belowFloorFlags(candidate, floor)),
      expected: toExpectedInTurn(candidate),
    });
    const fits = toFits(failed, terms, maxMicroUsd);
    const pool = maxMicroUsd === null ? worthiest : worthiest.filter(fits);
    return {
      ...toPick(member, offHullFlags(member, hull)),
      expectedInTurn: toExpectedInTurn(member),
      fallbacks: toFallbacks(member, { worthiest: pool, failed, terms }).filter(fits).map(toStandIn),
    };
  });
}
