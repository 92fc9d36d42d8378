import { clamp } from "../../base/stats.ts";
import type { Attempt, DecisionCore } from "../../policy/decision.ts";
import type { EscalationTerms } from "../step.ts";

const MICRO = 1_000_000;

/**
 * What a solved task of this kind is worth in the next attempt's turn. Where the decision weighs V by difficulty the
 * weight is read back from the attempt's own numbers (U = worth - cost; minutes are money too, so this is a little low).
 */
function toValueMicroUsd({ value }: DecisionCore, { expectedInTurn }: Attempt): number {
  if (!value.weighted) return value.microUsd;
  const { utilityUsd, costMicroUsd, success } = expectedInTurn;
  return Math.max(0, Math.round((utilityUsd * MICRO + costMicroUsd) / success));
}

/**
 * What asking the next model alone after attempt `at` would bring, from the decision's own expectations: gain is the next one's
 * chance in its turn, which is after this one failed; loss follows from its chance whatever this one does. After
 * a first failure the latter is scaled as this attempt's own chance was, for the task is likely harder.
 */
export function toEscalationTerms(core: DecisionCore, at: number): EscalationTerms {
  const [here, next] = [core.chain[at], core.chain[at + 1]];
  if (here === undefined || next === undefined) throw new RangeError(`no attempt follows ${at}`);
  const prior = here.expectedInTurn.success;
  const gain = next.expectedInTurn.success;
  const unseen = clamp(next.expected.success * (prior / here.expected.success), gain, 1);
  const rightAfterRight = clamp((unseen - (1 - prior) * gain) / prior, gain, 1);
  return {
    valueMicroUsd: toValueMicroUsd(core, next),
    nextCostMicroUsd: next.expectedInTurn.costMicroUsd,
    prior,
    gain,
    loss: 1 - rightAfterRight,
  };
}
