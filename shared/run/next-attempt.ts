import type { ApprovalTrigger } from "../policy/governance/require-approval.ts";
import { GOVERNED_COURSES } from "./governed-courses.ts";
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
  | { readonly kind: "give_up"; readonly failure: FailureClass | "lost" | "unpriced" }
  /** A governed step is not lost: it awaits an approval, after which its list is tried anew. */
  | {
      readonly kind: "ask_person";
      readonly failure: FailureClass | "lost";
      readonly trigger: Extract<ApprovalTrigger, "models_exhausted" | "retry_budget_exhausted">;
    };

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
 * the decision. A refusal to answer is taken to one other provider, and no further. A governed step moves on only from a
 * model that cannot be reached, and where its list or its retries are used up it wants an approval.
 */
export function toNextAttempt(
  past: readonly PastCall[],
  picks: readonly KnownPick[],
  { isGoverned = false }: { readonly isGoverned?: boolean } = {},
): NextAttempt {
  const last = past.at(-1);
  if (last === undefined) {
    const first = picks.findIndex(({ isPriced }) => isPriced);
    if (first === -1) return { kind: "give_up", failure: "unpriced" };
    return { kind: "call", pick: first, isRetry: false };
  }
  const failure = toClass(last.failure);
  const { retries, next } = FAILURE_POLICIES[failure];
  const alike = past.filter((call) => call.pick === last.pick && toClass(call.failure) === failure).length;
  if (alike <= retries) return { kind: "call", pick: last.pick, isRetry: true };
  const asked = past.filter((call) => toClass(call.failure) === failure).length;
  const course = isGoverned ? GOVERNED_COURSES[failure] : "stand_in";
  const isHeld = course !== "stand_in" || (next === "one_other_provider" && asked > 1);
  const standIn = isHeld ? -1 : toStandIn(picks, last.pick, failure);
  if (standIn !== -1) return { kind: "call", pick: standIn, isRetry: false };
  if (!isGoverned || course === "fail") return { kind: "give_up", failure: last.failure };
  const trigger = course === "stand_in" ? "models_exhausted" : course;
  return { kind: "ask_person", failure: last.failure, trigger };
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
