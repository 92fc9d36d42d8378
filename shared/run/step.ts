import { fail, ok, type Result } from "../base/result.ts";
import type { Effort } from "../catalog/model.ts";
import type { Driver } from "../policy/policy.ts";

/**
 * waiting (for other steps, or for a free place) -> ready -> running (under a lease; one that runs out makes the step
 * claimable again) -> done or failed. Three states wait for somebody: awaiting_approval (before anything is called),
 * awaiting_verdict (a check outside), paused_budget (a raised cap). Done, failed, skipped, canceled and expired are final.
 */
export const STEP_STATES = [
  "waiting",
  "awaiting_approval",
  "ready",
  "running",
  "awaiting_verdict",
  "paused_budget",
  "done",
  "failed",
  "skipped",
  "canceled",
  "expired",
] as const;
export type StepState = (typeof STEP_STATES)[number];

const FINAL_STATES: ReadonlySet<StepState> = new Set(["done", "failed", "skipped", "canceled", "expired"]);

/** Whether nothing that happens later changes the step. */
export const isFinalState = (state: StepState): boolean => FINAL_STATES.has(state);

/**
 * `plan` asks a model for parts, `call` does the task or a part, `judge` scores a call's answer, `verdict` waits for a
 * check from outside, `merge` makes one answer of several, `deliver` tells somebody how the run ended.
 */
export const STEP_KINDS = ["plan", "call", "judge", "verdict", "merge", "deliver"] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** Who does a step. */
export interface StepPick {
  readonly model: string;
  readonly effort: Effort;
  readonly vendor: string;
  readonly provider: string;
  readonly driverKind: Driver;
}

/** Who does a step, and who stands in, in the order in which they are asked. */
export const picksOf = ({ pick, fallbacks }: Pick<PlannedStep, "pick" | "fallbacks">): readonly StepPick[] =>
  pick === null ? [] : [pick, ...fallbacks];

/** What a step is shown of an earlier one, always fenced: data, never instruction. */
export const READ_ROLES = ["candidate", "earlier_result", "rejected_answer", "reasons", "evidence"] as const;
export type ReadRole = (typeof READ_ROLES)[number];

export interface StepRead {
  readonly stepId: string;
  readonly as: ReadRole;
  /** UTF-8 bytes that are shown at most; the rest is cut with a note. */
  readonly maxBytes: number;
}

/**
 * When a step may start: `all` dependencies are done; `some` = every dependency is final and `atLeast` of them are
 * done; `escalation` = the one dependency judged that a stronger model should try, or could not judge; `ended` = the
 * run has ended, however.
 */
export type StepNeeds =
  | { readonly kind: "all" }
  | { readonly kind: "some"; readonly atLeast: number }
  | { readonly kind: "escalation" }
  | { readonly kind: "ended" };

/**
 * What the escalation rule weighs, of the next model and all that may follow it: `gain` = P(they deliver a right answer |
 * this one is wrong), `loss` = P(they deliver a wrong one | this is right), `nextCost` what they are expected to take;
 * `prior` = P(this right) when its turn comes. Money in integer micro-dollars.
 */
export interface EscalationTerms {
  readonly valueMicroUsd: number;
  readonly nextCostMicroUsd: number;
  readonly prior: number;
  readonly gain: number;
  readonly loss: number;
}

export interface PlannedStep {
  /** Unique in its run, made by the planner: the same job gives the same ids. */
  readonly stepId: string;
  readonly kind: StepKind;
  /** Steps that stand before it in the plan. */
  readonly dependsOn: readonly string[];
  readonly needs: StepNeeds;
  /** null for steps that call no model. */
  readonly pick: StepPick | null;
  /** What stands in when the pick cannot be reached; nobody else may. */
  readonly fallbacks: readonly StepPick[];
  /** Each names a step that this one depends on, directly or through others. */
  readonly reads: readonly StepRead[];
  /** The part of a decomposed task that it does; null = the whole task. The text is kept apart, encrypted. */
  readonly partId: string | null;
  /** 0 for steps that call no model. */
  readonly maxOutputTokens: number;
  /**
   * skip: what needs it is skipped and the rest goes on; escalate: the next model tries; fail: nothing else starts.
   */
  readonly onFailure: "skip" | "escalate" | "fail";
  /** Of judge and verdict steps: what going on to the next model would bring and cost. */
  readonly escalation: EscalationTerms | null;
  /**
   * Where a governance role has its say. `list`: it names who may do it; a stand-in is asked only when a model cannot be
   * reached, and where none of the list can the step awaits approval. `rule`: the rule picked within its constraints.
   */
  readonly governed?: "list" | "rule";
}

/** Why a step never ran. The first three are how a plan is meant to go; the others cost something of the result. */
export type SkipReason =
  /** An earlier answer of the chain is delivered; `stepId` judged it. */
  | { readonly kind: "accepted"; readonly stepId: string }
  /** The answer of `stepId` was cut off, so there is nothing to judge and the next model tries. */
  | { readonly kind: "cut_off"; readonly stepId: string }
  /** Fewer answers than a merge needs. */
  | { readonly kind: "too_few"; readonly survivors: number }
  /** `stepId`, which this one needs, failed. */
  | { readonly kind: "dependency_failed"; readonly stepId: string }
  /** `stepId`, without which the run is nothing, failed. */
  | { readonly kind: "run_failed"; readonly stepId: string };

/** What is known of a step beside its plan. */
export interface StepStatus {
  readonly state: StepState;
  /** Of a skipped step. */
  readonly skipped: SkipReason | null;
  /** Of a judge or verdict step that is done: whether the next model tries. */
  readonly escalate: boolean | null;
  /** Of a step that is done: whether its answer ended by itself. */
  readonly whole: boolean;
}

/** The whole body of a queue message: the row in the database is the truth, so that a redelivery is harmless. */
export interface StepMessage {
  readonly run_id: string;
  readonly step_id: string;
}

const ID_PATTERN = /^[\x21-\x7e]{1,100}$/;

/** A queue message's body. Fault: malformed_data for anything but `{run_id, step_id}`. */
export function parseStepMessage(body: unknown): Result<StepMessage> {
  const members = typeof body === "object" && body !== null ? Object.entries(body) : [];
  const found = new Map<string, unknown>(members);
  const [run_id, step_id] = [found.get("run_id"), found.get("step_id")];
  const named = typeof run_id === "string" && typeof step_id === "string" && found.size === 2;
  if (!named || !ID_PATTERN.test(run_id) || !ID_PATTERN.test(step_id)) {
    return fail({ kind: "malformed_data", what: "queue message", detail: "expected run_id and step_id alone" });
  }
  return ok({ run_id, step_id });
}
