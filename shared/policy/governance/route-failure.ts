import type { ComplexityTier, DispatchMode } from "./routing-file.ts";
import { MODEL_UNAVAILABLE_MAX, WAITING_APPROVAL } from "./walk-fallbacks.ts";

export const FAILURE_CLASSES = ["transient", "fixable", "needs_replan", "escalate", "model_unavailable"] as const;
export type FailureClass = (typeof FAILURE_CLASSES)[number];

/** How often a class may be tried again within a phase, and what is done then. */
const RULES: Readonly<Record<FailureClass, { readonly maxRetries: number; readonly action: FailureAction }>> = {
  transient: { maxRetries: 3, action: "retry_same_agent" },
  fixable: { maxRetries: 1, action: "retry_with_hint" },
  needs_replan: { maxRetries: 1, action: "delegate_to_planner" },
  escalate: { maxRetries: 0, action: "stop_and_present_to_user" },
  model_unavailable: { maxRetries: MODEL_UNAVAILABLE_MAX, action: "retry_with_fallback" },
};
const MAX_PHASE_RETRIES = 5;
const SAME_CLASS_THRESHOLD = 3;

export type FailureAction =
  | "retry_same_agent"
  | "retry_with_hint"
  | "delegate_to_planner"
  | "stop_and_present_to_user"
  | "retry_with_fallback"
  | "delegate_to_platform"
  | "ask_user"
  | "escalate";

export interface Failure {
  /** null = none was reported, which is a silent failure: transient, never a success. */
  readonly classification: FailureClass | null;
  /** Retries of this class that were made already. */
  readonly attempt: number;
  /** Retries of any class in the phase. */
  readonly phaseRetries: number;
  /** Classes of the phase's failures, this one last. */
  readonly history: readonly FailureClass[];
  readonly mode: DispatchMode;
  readonly tier: ComplexityTier | null;
  /** The agent asks the user something; that goes before every class. */
  readonly needsInput: boolean;
  /** Auditors read; what fails for them is not transient. */
  readonly isAuditor: boolean;
}

export interface FailureRoute {
  readonly action: FailureAction;
  readonly state: typeof WAITING_APPROVAL | null;
  readonly reason: string | null;
  readonly maxRetries: number | null;
  /** A fixable failure of a larger task comes with a packet that says what was found. */
  readonly needsDiagnosis: boolean;
}

const NOWHERE: Omit<FailureRoute, "action"> = { state: null, reason: null, maxRetries: null, needsDiagnosis: false };
const escalate = (reason: string): FailureRoute => ({
  ...NOWHERE,
  action: "escalate",
  state: WAITING_APPROVAL,
  reason,
});

/** What is done about a failure. */
export function routeFailure(failure: Failure): FailureRoute {
  const { history, attempt, tier } = failure;
  if (failure.needsInput) return { ...NOWHERE, action: "ask_user" };
  const kind = failure.classification ?? history.at(-1) ?? "transient";
  if (failure.isAuditor && kind === "transient") return escalate("auditor_reported_transient");
  if (history.filter((one) => one === kind).length >= SAME_CLASS_THRESHOLD)
    return escalate("same_classification_threshold");
  if (failure.phaseRetries >= MAX_PHASE_RETRIES) return escalate("retry_budget_exhausted");
  if (kind === "model_unavailable" && failure.mode === "auto") return { ...NOWHERE, action: "delegate_to_platform" };
  const { maxRetries, action } = RULES[kind];
  if (kind === "escalate") return { ...NOWHERE, action, state: WAITING_APPROVAL, maxRetries };
  if (attempt >= maxRetries) return { ...escalate("retry_budget_exhausted"), maxRetries };
  const needsDiagnosis = kind === "fixable" && (tier === "MEDIUM" || tier === "LARGE");
  const reason = failure.classification === null && history.length === 0 ? "silent_failure" : null;
  return { ...NOWHERE, action, reason, maxRetries, needsDiagnosis };
}

const THROTTLE_FROM_TRANSIENTS = 2;
const THROTTLE_FACTOR = 0.5;

/** Agents that may run side by side after a wave with these outcomes; one at least. */
export const throttle = (parallelism: number, wave: readonly string[]): number =>
  wave.filter((outcome) => outcome === "transient").length < THROTTLE_FROM_TRANSIENTS
    ? parallelism
    : Math.max(1, Math.floor(parallelism * THROTTLE_FACTOR));

/** Tokens, seconds and micro-dollars; a cap of null is none. */
export interface BudgetUse<T> {
  readonly tokens: T;
  readonly wallClockS: T;
  readonly costMicroUsd: T;
}

export interface BudgetStop {
  readonly stop: boolean;
  /** A budget's end goes to a person; it is no failure that a retry could mend. */
  readonly classification: "escalate" | null;
  readonly countsAsRetry: false;
  readonly reached: readonly (keyof BudgetUse<number>)[];
}

/** A cap is reached when it is used up, not only when it is passed. */
export function checkBudget(caps: BudgetUse<number | null>, used: BudgetUse<number>): BudgetStop {
  const reached = (["tokens", "wallClockS", "costMicroUsd"] as const).filter((key) => {
    const cap = caps[key];
    return cap !== null && used[key] >= cap;
  });
  const stop = reached.length > 0;
  return { stop, classification: stop ? "escalate" : null, countsAsRetry: false, reached };
}
