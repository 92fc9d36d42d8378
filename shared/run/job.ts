import { RUN_MODES } from "../policy/policy.ts";
import type { PlannedStep, StepStatus } from "./step.ts";
import { isFinalState } from "./step.ts";

/** What a run is for. `probe` sends one step through the queue, to see that the consumer answers. */
export const RUN_KINDS = ["probe", ...RUN_MODES] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/**
 * Derived from the steps by toRunState() alone. The four final ones: `done` = there is a result, perhaps not of all
 * that was planned; `failed` = there is none; `canceled` and `expired` keep what was paid for.
 */
export const RUN_STATES = [
  "awaiting_approval",
  "running",
  "awaiting_verdict",
  "paused_budget",
  "done",
  "failed",
  "canceled",
  "expired",
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** What a planner wants a reader to know; the plan is still good. */
export const PLAN_NOTES = [
  /** One model is left within the constraints, so there is nobody to compare or to escalate to. */
  "one_model_left",
  /** No judge of another maker than the author's is left, so answers are not judged and the first model answers alone. */
  "no_other_family",
  /** Fewer makers than models: some share one. */
  "shared_vendor",
  /** One part only, so nothing is merged. */
  "one_part",
  /** A model is to make the parts: only its own step is planned yet. */
  "parts_to_come",
  /** The role of the request names one model, and the others of its list only for when that cannot be reached. */
  "role_names_one_model",
  /** The role that judges names nobody of another maker than the author's: its verdicts may lean to their own family. */
  "same_family_judge",
] as const;
export type PlanNote = (typeof PLAN_NOTES)[number];

/** Where a run's answer comes from: the first of `prefer` that is done, else all of `otherwise` that are. */
export interface ResultRule {
  readonly prefer: readonly string[];
  readonly otherwise: readonly string[];
}

/** A run as data. Each step depends on earlier ones only, so no plan holds a cycle. No text of the task is in it. */
export interface Plan {
  readonly mode: RunKind;
  readonly steps: readonly PlannedStep[];
  readonly result: ResultRule;
  /** Steps that may be ready or running at once. */
  readonly maxParallel: number;
  readonly notes: readonly PlanNote[];
}

/** How much of an earlier attempt the next model of a cascade is shown. */
export interface HandOn {
  readonly answer: boolean;
  /** The judge's reasons, or the evidence that came with a verdict from outside. */
  readonly reasons: boolean;
}

/** A run at one moment: its plan and one status a step. */
export interface RunSnapshot {
  readonly plan: Plan;
  readonly steps: ReadonlyMap<string, StepStatus>;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: Extract<RunState, "done" | "failed" | "canceled" | "expired">;
  /** Steps whose outputs are the result, in order: one, or all survivors where the step that joins them is missing. */
  readonly resultFrom: readonly string[];
  /** Whether nothing that the result needed failed. */
  readonly complete: boolean;
}

/** Status of a planned step. Throws for a step that the snapshot lacks: a bug. */
export function statusOf({ steps }: Pick<RunSnapshot, "steps">, stepId: string): StepStatus {
  const status = steps.get(stepId);
  if (status === undefined) throw new Error(`the run has no step ${stepId}`);
  return status;
}

/** Steps whose course decides the run's; telling others of its end does not. */
const workOf = ({ plan }: RunSnapshot): readonly PlannedStep[] =>
  plan.steps.filter(({ needs }) => needs.kind !== "ended");

/** Of two ways to wait the one that somebody has to act on first is named. */
const WAITS = ["paused_budget", "awaiting_approval", "awaiting_verdict"] as const;

/** The run's state, from its steps. Moving steps come before waiting ones: a run that can go on is running. */
export function toRunState(run: RunSnapshot): RunState {
  const states = new Set(workOf(run).map(({ stepId }) => statusOf(run, stepId).state));
  if (states.has("ready") || states.has("running")) return "running";
  const wait = WAITS.find((state) => states.has(state));
  if (wait !== undefined) return wait;
  if (states.has("waiting")) return "running";
  return toRunEnd(run)?.state ?? "running";
}

/** How the run ended, or null while a step of it is open. */
export function toRunEnd(run: RunSnapshot): RunEnd | null {
  const work = workOf(run).map((step) => ({ step, status: statusOf(run, step.stepId) }));
  if (work.some(({ status }) => !isFinalState(status.state))) return null;
  const has = (state: StepStatus["state"]): boolean => work.some(({ status }) => status.state === state);
  const isDone = (stepId: string): boolean => statusOf(run, stepId).state === "done";
  const { prefer, otherwise } = run.plan.result;
  const first = prefer.find(isDone);
  const resultFrom = first === undefined ? otherwise.filter(isDone) : [first];
  const lost = work.some(
    ({ step, status }) =>
      (status.state === "failed" && step.onFailure !== "escalate") ||
      status.state === "canceled" ||
      status.state === "expired" ||
      status.skipped?.kind === "dependency_failed" ||
      status.skipped?.kind === "run_failed",
  );
  const ended = resultFrom.length > 0 ? "done" : "failed";
  const state = has("canceled") ? "canceled" : has("expired") ? "expired" : ended;
  const whole = resultFrom.every((stepId) => statusOf(run, stepId).whole);
  return { state, resultFrom, complete: resultFrom.length > 0 && whole && !lost };
}
