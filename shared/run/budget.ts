/**
 * What a cap is set on. A call is held against all scopes that it falls under at once: it is reserved in each, or in
 * none (the statements of the money store, under a CHECK).
 */
export type BudgetScope =
  | { readonly kind: "run"; readonly runId: string }
  | { readonly kind: "key"; readonly keyId: string }
  /** `day` as YYYY-MM-DD, UTC. */
  | { readonly kind: "day"; readonly tenantId: string; readonly day: string };

/**
 * Money under one cap, integer micro-dollars. spent + reserved <= cap always. `overrun` is what providers billed beyond
 * reservations: booked apart, because it cannot be refused any more. sum(calls) = spent + overrun.
 */
export interface Budget {
  readonly scope: BudgetScope;
  readonly capMicroUsd: number;
  readonly spentMicroUsd: number;
  readonly reservedMicroUsd: number;
  readonly overrunMicroUsd: number;
  /** Set by an overrun: prices or limits did not hold, so nothing more is reserved until somebody raises the cap. */
  readonly frozen: boolean;
}

/** reserved -> settled (a bill), unknown (no bill: booked at its reservation) or released (never sent). */
export const LEDGER_STATES = ["reserved", "settled", "unknown", "released"] as const;
export type LedgerState = (typeof LEDGER_STATES)[number];

/** Throws on anything but a whole amount: a fraction or NaN in the books is a bug, never a price. */
function toAmount(microUsd: number): number {
  if (!Number.isSafeInteger(microUsd) || microUsd < 0)
    throw new RangeError(`${microUsd} is no amount of micro-dollars`);
  return microUsd;
}

/** A raised cap, which also thaws; null when it would not be above what the cap is, or not hold what is booked. */
export function raiseCap(budget: Budget, capMicroUsd: number): Budget | null {
  const booked = budget.spentMicroUsd + budget.reservedMicroUsd + budget.overrunMicroUsd;
  const cap = toAmount(capMicroUsd);
  return cap > budget.capMicroUsd && cap >= booked ? { ...budget, capMicroUsd: cap, frozen: false } : null;
}

/** Percent of a cap at which its owner is told: once while there is time to land, once shortly before the end. */
export const BUDGET_WARNINGS = [70, 85] as const;
export type BudgetWarning = (typeof BUDGET_WARNINGS)[number];

/** Warnings that the booked money passed on the way from one state to the next; each is given once. */
export function toWarnings(before: Budget, after: Budget): readonly BudgetWarning[] {
  const isPassed = ({ spentMicroUsd, overrunMicroUsd, capMicroUsd }: Budget, percent: number): boolean =>
    (spentMicroUsd + overrunMicroUsd) * 100 >= percent * capMicroUsd && capMicroUsd > 0;
  return BUDGET_WARNINGS.filter((percent) => !isPassed(before, percent) && isPassed(after, percent));
}
