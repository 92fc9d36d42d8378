import { FAILURE_POLICIES, type FailureClass } from "./model-call.ts";

/** A call of a step that brought nothing; `lost` = whoever made it died, and nobody knows what became of it. */
export interface PastCall {
  /** Place in the step's picks. */
  readonly pick: number;
  readonly failure: FailureClass | "lost";
}

/** What the choice of the next call needs to know of a pick; in the order of the decision's list. */
export interface KnownPick {
  readonly provider: string;
  readonly contextTokens: number;
  /** False where nothing is known of its price: such a call cannot be reserved. */
  readonly isPriced: boolean;
}

export type NextAttempt =
  | { readonly kind: "call"; readonly pick: number; readonly isRetry: boolean }
  | { readonly kind: "give_up"; readonly failure: FailureClass | "lost" | "unpriced" };

/** A lost call may have worked as one that timed out may. */
const toClass = (failure: PastCall["failure"]): FailureClass => (failure === "lost" ? "timeout" : failure);

/** Who may stand in for `from` after `failure`; nobody that the list does not name. */
function toStandIn(picks: readonly KnownPick[], from: number, failure: FailureClass): number {
  const { next, opensCircuit } = FAILURE_POLICIES[failure];
  const failed = picks[from];
  return picks.findIndex((pick, at) => {
    if (at <= from || !pick.isPriced || next === "fail") return false;
    if (next === "larger_window") return pick.contextTokens > (failed?.contextTokens ?? 0);
    // A key that is refused here is refused for every model that it pays for.
    if (next === "one_other_provider" || opensCircuit) return pick.provider !== failed?.provider;
    return true;
  });
}

/**
 * The next call of a step from those that failed: the same pick while its policy allows, then stand-ins in the order of
 * the decision. A refusal to answer is taken to one other provider, and no further.
 */
export function toNextAttempt(past: readonly PastCall[], picks: readonly KnownPick[]): NextAttempt {
  const last = past.at(-1);
  if (last === undefined) {
    const first = picks.findIndex(({ isPriced }) => isPriced);
    return first === -1 ? { kind: "give_up", failure: "unpriced" } : { kind: "call", pick: first, isRetry: false };
  }
  const failure = toClass(last.failure);
  const { retries, next } = FAILURE_POLICIES[failure];
  const alike = past.filter((call) => call.pick === last.pick && toClass(call.failure) === failure).length;
  if (alike <= retries) return { kind: "call", pick: last.pick, isRetry: true };
  const asked = past.filter((call) => toClass(call.failure) === failure).length;
  const standIn = next === "one_other_provider" && asked > 1 ? -1 : toStandIn(picks, last.pick, failure);
  return standIn === -1 ? { kind: "give_up", failure: last.failure } : { kind: "call", pick: standIn, isRetry: false };
}

/** Waits grow by half orders of magnitude; the random part keeps many callers from coming back at once. */
const BACKOFF_MS = 1_000;
const BACKOFF_FACTOR = 3;

/** A provider that asks for more is left to others. */
export const LONGEST_WAIT_MS = 60_000;

/** How long to wait before the same call is made again. `chance` in [0,1). */
export function toRetryWaitMs(
  past: readonly PastCall[],
  { retryAfterMs, chance }: { readonly retryAfterMs: number | null; readonly chance: number },
): number {
  const last = past.at(-1);
  const tries = past.filter(({ pick }) => pick === last?.pick).length;
  const backoff = BACKOFF_MS * BACKOFF_FACTOR ** Math.max(0, tries - 1) * (0.5 + chance / 2);
  return Math.min(LONGEST_WAIT_MS, Math.round(Math.max(retryAfterMs ?? 0, backoff)));
}
