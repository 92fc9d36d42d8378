import type { Attempt } from "../policy/decision.ts";

/** What attempts really cost, by attempt, integer micro-dollars; of those that are missing nobody knows. */
export type PaidMicroUsd = ReadonlyMap<number, number>;

/** What attempts 0 to `last` cost together: what was paid, and of the others what was expected in their turn. */
export function toSpentMicroUsd(sequence: readonly Attempt[], last: number, paid: PaidMicroUsd): number {
  return sequence
    .slice(0, last + 1)
    .reduce((sum, { expectedInTurn }, at) => sum + (paid.get(at) ?? expectedInTurn.costMicroUsd), 0);
}
