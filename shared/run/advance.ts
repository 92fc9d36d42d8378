import type { Plan, RunEnd, RunSnapshot, RunState } from "./job.ts";
import { statusOf, toRunEnd, toRunState } from "./job.ts";
import type { PlannedStep, SkipReason, StepState, StepStatus } from "./step.ts";
import { isFinalState } from "./step.ts";

/** What can happen to a run. Every fact that decides is in the event: no clock, no chance, no text is read here. */
export type RunEvent =
  | { readonly kind: "approved" }
  | { readonly kind: "claimed"; readonly stepId: string }
  /** The claim was given back to try again later: a retry with a delay, or a lease that ran out. */
  | { readonly kind: "returned"; readonly stepId: string }
  /** An answer is saved. `escalate` is set for judge and verdict steps alone; `whole` false = it was cut off. */
  | { readonly kind: "done"; readonly stepId: string; readonly escalate: boolean | null; readonly whole: boolean }
  /** A `plan` step brought parts: it is done, and the steps of `plan` follow it; with `requiresApproval` not before that. */
  | { readonly kind: "planned"; readonly stepId: string; readonly plan: Plan; readonly requiresApproval: boolean }
  /** All retries and fallbacks are used up. */
  | { readonly kind: "failed"; readonly stepId: string }
  /** None of the models that governance names can be reached: a person has to look before they are tried again. */
  | { readonly kind: "exhausted"; readonly stepId: string }
  | { readonly kind: "budget_refused"; readonly stepId: string }
  | { readonly kind: "budget_raised" }
  | { readonly kind: "canceled" }
  | { readonly kind: "expired" };

export interface StepChange {
  readonly stepId: string;
  readonly status: StepStatus;
}

/** What an event did. Nothing of it is new when the same event came before. */
export interface Advance {
  readonly run: RunSnapshot;
  readonly changes: readonly StepChange[];
  /** Steps that became ready by this event, in plan order: those to put in the queue. */
  readonly released: readonly string[];
  readonly state: RunState;
  /** null while a step is open. */
  readonly end: RunEnd | null;
}

const plain = (state: StepState): StepStatus => ({ state, skipped: null, escalate: null, whole: true });
const skip = (skipped: SkipReason): StepStatus => ({ ...plain("skipped"), skipped });

type Statuses = ReadonlyMap<string, StepStatus>;

/** The states in which an event may touch its step. A final state is in none, so a redelivered event changes nothing. */
const FROM: Readonly<
  Record<"claimed" | "returned" | "done" | "failed" | "exhausted" | "budget_refused", readonly StepState[]>
> = {
  claimed: ["ready"],
  returned: ["running"],
  done: ["running", "awaiting_verdict"],
  // A step may fail before it is claimed: its message could not be handled.
  failed: ["ready", "running", "awaiting_verdict"],
  exhausted: ["ready", "running"],
  budget_refused: ["ready", "running"],
};

type StepEvent = Extract<RunEvent, { readonly stepId: string }>;

function toStatus(event: StepEvent): StepStatus {
  switch (event.kind) {
    case "claimed":
      return plain("running");
    case "returned":
      return plain("ready");
    case "done":
      return { ...plain("done"), escalate: event.escalate, whole: event.whole };
    case "planned":
      return plain("done");
    case "failed":
      return plain("failed");
    case "exhausted":
      return plain("awaiting_approval");
    case "budget_refused":
      return plain("paused_budget");
  }
}

/** Every open step in one of `from` gets `to`; steps that tell of the end are left, for they are still to come. */
function moveAll({ plan, steps }: RunSnapshot, from: readonly StepState[] | "open", to: StepState): Statuses {
  const next = new Map(steps);
  for (const { stepId, needs } of plan.steps) {
    const { state } = statusOf({ steps }, stepId);
    const isMoved = from === "open" ? !isFinalState(state) && needs.kind !== "ended" : from.includes(state);
    if (isMoved) next.set(stepId, plain(to));
  }
  return next;
}

/** The plan with the steps that a planning step brought; they wait for it. Its own result rule takes over. */
function extend(plan: Plan, stepId: string, added: Plan): Plan {
  const steps = added.steps.map((step) => (step.dependsOn.length > 0 ? step : { ...step, dependsOn: [stepId] }));
  const at = plan.steps.findIndex(({ needs }) => needs.kind === "ended");
  const [before, after] = at === -1 ? [plan.steps, []] : [plan.steps.slice(0, at), plan.steps.slice(at)];
  const notes = new Set([...plan.notes.filter((note) => note !== "parts_to_come"), ...added.notes]);
  return { ...plan, steps: [...before, ...steps, ...after], result: added.result, notes: [...notes] };
}

/** Of a step that is new: what could start at once awaits an approval where one is asked for. */
const toFirstStatus = (
  { dependsOn, needs }: PlannedStep,
  { requiresApproval }: { readonly requiresApproval: boolean },
): StepStatus =>
  plain(requiresApproval && dependsOn.length === 0 && needs.kind !== "ended" ? "awaiting_approval" : "waiting");

function applyToStep(run: RunSnapshot, event: StepEvent): RunSnapshot {
  const before = run.steps.get(event.stepId);
  const from = event.kind === "planned" ? FROM.done : FROM[event.kind];
  // A step that this run does not have is a message for a run that was planned anew: nothing to do.
  if (before === undefined || !from.includes(before.state)) return run;
  const steps = new Map(run.steps).set(event.stepId, toStatus(event));
  if (event.kind !== "planned") return { ...run, steps };
  for (const step of event.plan.steps) {
    if (steps.has(step.stepId)) throw new Error(`the run has a step ${step.stepId} already`);
    steps.set(step.stepId, toFirstStatus(step, event));
  }
  return { plan: extend(run.plan, event.stepId, event.plan), steps };
}

function applyEvent(run: RunSnapshot, event: RunEvent): RunSnapshot {
  switch (event.kind) {
    case "approved":
      return { ...run, steps: moveAll(run, ["awaiting_approval"], "waiting") };
    case "budget_raised":
      return { ...run, steps: moveAll(run, ["paused_budget"], "waiting") };
    case "canceled":
    case "expired":
      return { ...run, steps: moveAll(run, "open", event.kind) };
    default:
      return applyToStep(run, event);
  }
}

/** Why a dependency that ended otherwise than done keeps the step from running. */
function toSkip(stepId: string, { skipped }: StepStatus): SkipReason {
  if (skipped === null || skipped.kind === "too_few") return { kind: "dependency_failed", stepId };
  return skipped;
}

type Course = "wait" | "go" | SkipReason;

/** Decided when all are final, so that the reason is the same in whatever order they end. */
function courseOfAll(dependsOn: readonly string[], steps: Statuses): Course {
  const statuses = dependsOn.map((stepId) => ({ stepId, status: statusOf({ steps }, stepId) }));
  if (!statuses.every(({ status }) => isFinalState(status.state))) return "wait";
  const lost = statuses.find(({ status }) => status.state !== "done");
  return lost === undefined ? "go" : toSkip(lost.stepId, lost.status);
}

function courseOfSome(dependsOn: readonly string[], steps: Statuses, atLeast: number): Course {
  const states = dependsOn.map((stepId) => statusOf({ steps }, stepId).state);
  if (!states.every(isFinalState)) return "wait";
  const survivors = states.filter((state) => state === "done").length;
  return survivors >= atLeast ? "go" : { kind: "too_few", survivors };
}

/** Fails closed: a check that failed, or had nothing whole to check, lets the next model try. */
function courseOfEscalation(dependsOn: readonly string[], steps: Statuses): Course {
  const [stepId] = dependsOn;
  if (stepId === undefined) return "go";
  const { state, escalate, skipped } = statusOf({ steps }, stepId);
  if (!isFinalState(state)) return "wait";
  if (state === "done" && escalate === false) return { kind: "accepted", stepId };
  return skipped?.kind === "accepted" || skipped?.kind === "run_failed" ? skipped : "go";
}

/** What becomes of a waiting step; a check has nothing to do with an answer that was cut off. */
function toCourse({ kind, dependsOn, needs }: PlannedStep, steps: Statuses): Course {
  switch (needs.kind) {
    case "all": {
      const course = courseOfAll(dependsOn, steps);
      const [first] = dependsOn;
      const isCheck = kind === "judge" || kind === "verdict";
      if (course !== "go" || !isCheck || first === undefined) return course;
      return statusOf({ steps }, first).whole ? "go" : { kind: "cut_off", stepId: first };
    }
    case "some":
      return courseOfSome(dependsOn, steps, needs.atLeast);
    case "escalation":
      return courseOfEscalation(dependsOn, steps);
    case "ended":
      return "wait";
  }
}

/** The failed step without which the run is nothing, if there is one. */
const toFatal = ({ plan, steps }: RunSnapshot): PlannedStep | undefined =>
  plan.steps.find(({ stepId, onFailure }) => onFailure === "fail" && statusOf({ steps }, stepId).state === "failed");

/** Nobody works on it: it is skipped once the run is lost. */
const IDLE: ReadonlySet<StepState> = new Set([
  "waiting",
  "ready",
  "paused_budget",
  "awaiting_verdict",
  "awaiting_approval",
]);

/**
 * Lets waiting steps take their course, in plan order, which is an order of dependence: one pass is enough. What was
 * not started is skipped once the run is lost; what runs is left to end, for it is paid for.
 */
function settleWaiting(run: RunSnapshot): RunSnapshot {
  const steps = new Map(run.steps);
  const fatal = toFatal(run);
  const isOccupied = ({ state }: StepStatus): boolean => state === "ready" || state === "running";
  let places = run.plan.maxParallel - [...steps.values()].filter(isOccupied).length;
  for (const step of run.plan.steps) {
    const { state } = statusOf({ steps }, step.stepId);
    if (fatal !== undefined && IDLE.has(state) && step.needs.kind !== "ended") {
      steps.set(step.stepId, skip({ kind: "run_failed", stepId: fatal.stepId }));
      continue;
    }
    if (state !== "waiting") continue;
    const course = toCourse(step, steps);
    if (course === "wait") continue;
    if (course !== "go") steps.set(step.stepId, skip(course));
    else if (step.kind === "verdict") steps.set(step.stepId, plain("awaiting_verdict"));
    else if (places > 0) {
      steps.set(step.stepId, plain("ready"));
      places -= 1;
    }
  }
  return releaseEnd({ ...run, steps });
}

/** Once the run has ended, those who are to be told of it are told; the limit of places is that of the work. */
function releaseEnd(run: RunSnapshot): RunSnapshot {
  if (toRunEnd(run) === null) return run;
  const steps = new Map(run.steps);
  for (const { stepId, needs } of run.plan.steps)
    if (needs.kind === "ended" && statusOf(run, stepId).state === "waiting") steps.set(stepId, plain("ready"));
  return { ...run, steps };
}

function toAdvance(before: RunSnapshot, run: RunSnapshot): Advance {
  const changes = run.plan.steps.flatMap(({ stepId }) => {
    const [old, status] = [before.steps.get(stepId), statusOf(run, stepId)];
    return old !== undefined && isSame(old, status) ? [] : [{ stepId, status }];
  });
  const released = changes.filter(({ status }) => status.state === "ready").map(({ stepId }) => stepId);
  return { run, changes, released, state: toRunState(run), end: toRunEnd(run) };
}

const isSame = (a: StepStatus, b: StepStatus): boolean =>
  a.state === b.state && a.escalate === b.escalate && a.whole === b.whole && a.skipped?.kind === b.skipped?.kind;

/** The first snapshot of a plan. With `requiresApproval` nothing is released: what could start awaits it. */
export function startRun(plan: Plan, { requiresApproval }: { readonly requiresApproval: boolean }): Advance {
  const steps = new Map(plan.steps.map((step) => [step.stepId, toFirstStatus(step, { requiresApproval })]));
  const empty: RunSnapshot = { plan, steps: new Map() };
  return toAdvance(empty, settleWaiting({ plan, steps }));
}

/**
 * A run after an event: pure and idempotent. An event that does not fit its step's state changes nothing, so a message
 * may come twice, late or out of order; settlements of steps that do not depend on each other give the same end in
 * any order. A settlement that comes after a cancel changes no step: its money is booked all the same, apart from here.
 */
export function advance(run: RunSnapshot, event: RunEvent): Advance {
  const applied = applyEvent(run, event);
  return toAdvance(run, applied === run ? run : settleWaiting(applied));
}
