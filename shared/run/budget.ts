/**
 * What a cap is set on. A call is held against all scopes that it falls under at once: it is reserved in each, or in
 * none.
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

/** One provider call in the books. Its cost is `settled` + `overrun`. */
export interface LedgerCall {
  readonly callId: string;
  readonly state: LedgerState;
  readonly reservedMicroUsd: number;
  readonly settledMicroUsd: number;
  readonly overrunMicroUsd: number;
}

/** The caps that one run's calls fall under, and those calls. */
export interface Ledger {
  readonly budgets: readonly Budget[];
  readonly calls: ReadonlyMap<string, LedgerCall>;
}

export const openBudget = (scope: BudgetScope, capMicroUsd: number): Budget => ({
  scope,
  capMicroUsd: toAmount(capMicroUsd),
  spentMicroUsd: 0,
  reservedMicroUsd: 0,
  overrunMicroUsd: 0,
  frozen: false,
});

/** Throws on anything but a whole amount: a fraction or NaN in the books is a bug, never a price. */
function toAmount(microUsd: number): number {
  if (!Number.isSafeInteger(microUsd) || microUsd < 0)
    throw new RangeError(`${microUsd} is no amount of micro-dollars`);
  return microUsd;
}

/** What may still be reserved. An overrun counts against it, so that a day's or a key's cap holds over many runs. */
export function toRoom({ capMicroUsd, spentMicroUsd, reservedMicroUsd, overrunMicroUsd, frozen }: Budget): number {
  return frozen ? 0 : Math.max(0, capMicroUsd - spentMicroUsd - reservedMicroUsd - overrunMicroUsd);
}

export type Reservation =
  | { readonly outcome: "reserved"; readonly ledger: Ledger }
  /** The call is in the books already: whoever asks again must not send it. */
  | { readonly outcome: "repeated"; readonly call: LedgerCall }
  | {
      readonly outcome: "refused";
      readonly scope: BudgetScope;
      readonly roomMicroUsd: number;
      readonly frozen: boolean;
    };

/** Books `microUsd` before a call is sent, under every cap or under none. The first cap without room is named. */
export function reserve(
  ledger: Ledger,
  { callId, microUsd }: { readonly callId: string; readonly microUsd: number },
): Reservation {
  const amount = toAmount(microUsd);
  const call = ledger.calls.get(callId);
  if (call !== undefined) return { outcome: "repeated", call };
  const full = ledger.budgets.find((budget) => budget.frozen || toRoom(budget) < amount);
  if (full !== undefined)
    return { outcome: "refused", scope: full.scope, roomMicroUsd: toRoom(full), frozen: full.frozen };
  const booked: LedgerCall = {
    callId,
    state: "reserved",
    reservedMicroUsd: amount,
    settledMicroUsd: 0,
    overrunMicroUsd: 0,
  };
  return {
    outcome: "reserved",
    ledger: {
      budgets: ledger.budgets.map((budget) => ({ ...budget, reservedMicroUsd: budget.reservedMicroUsd + amount })),
      calls: new Map(ledger.calls).set(callId, booked),
    },
  };
}

/** A call's end in the books. */
export type CallEnd =
  | { readonly kind: "settled"; readonly microUsd: number }
  /** It may have been billed and nobody said how much. */
  | { readonly kind: "unknown" }
  /** It was never sent. */
  | { readonly kind: "released" };

function toBooked(
  { reservedMicroUsd }: LedgerCall,
  end: CallEnd,
): Pick<LedgerCall, "settledMicroUsd" | "overrunMicroUsd"> {
  if (end.kind === "released") return { settledMicroUsd: 0, overrunMicroUsd: 0 };
  const billed = end.kind === "unknown" ? reservedMicroUsd : toAmount(end.microUsd);
  const settledMicroUsd = Math.min(billed, reservedMicroUsd);
  return { settledMicroUsd, overrunMicroUsd: billed - settledMicroUsd };
}

/**
 * Ends a reservation once; a second end changes nothing. What is billed beyond the reservation is booked as overrun and
 * freezes the run's cap; other caps go on with that much less room, for one bad price must not stop a tenant's day.
 */
export function settle(ledger: Ledger, callId: string, end: CallEnd): Ledger {
  const call = ledger.calls.get(callId);
  if (call === undefined) throw new Error(`call ${callId} was never reserved`);
  if (call.state !== "reserved") return ledger;
  const booked = toBooked(call, end);
  const budgets = ledger.budgets.map((budget) => ({
    ...budget,
    reservedMicroUsd: budget.reservedMicroUsd - call.reservedMicroUsd,
    spentMicroUsd: budget.spentMicroUsd + booked.settledMicroUsd,
    overrunMicroUsd: budget.overrunMicroUsd + booked.overrunMicroUsd,
    frozen: budget.frozen || (budget.scope.kind === "run" && booked.overrunMicroUsd > 0),
  }));
  return { budgets, calls: new Map(ledger.calls).set(callId, { ...call, ...booked, state: end.kind }) };
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
