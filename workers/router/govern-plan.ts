import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import { decide } from "../../shared/policy/decide.ts";
import { type DecideInput, PLAIN_REQUEST } from "../../shared/policy/decision.ts";
import { describeGoverned } from "../../shared/policy/governance/describe-governed.ts";
import type { GovernedRecord } from "../../shared/policy/governance/governed-record.ts";
import { toReachability } from "../../shared/policy/governance/reachability.ts";
import { EXECUTOR_WORK, type ExecutorWork } from "../../shared/policy/governance/routing-file.ts";
import type { Plan } from "../../shared/run/job.ts";
import { toStepPick } from "../../shared/run/plan/planned-call.ts";
import type { PlannedStep, StepPick } from "../../shared/run/step.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RouterDeps } from "./deps.ts";
import {
  decideGoverned,
  type GovernanceWorld,
  lasting,
  listGoverned,
  readGovernanceWorld,
  toExhausted,
} from "./govern-task.ts";
import { toGovernanceAsk } from "./present-governed.ts";
import { withUnreachable } from "./unreachable.ts";

/** What a role came to for the steps of one kind. */
interface GovernedWork {
  readonly governed: GovernedRecord;
  /** In the order in which they are asked. */
  readonly picks: readonly StepPick[];
}

/** A step with what governance said of it, for the telemetry. */
export interface GovernedStep {
  readonly stepId: string;
  readonly governed: GovernedRecord;
  readonly used: StepPick;
}

export interface GovernedPlan {
  readonly plan: Plan;
  readonly steps: readonly GovernedStep[];
  /** Why somebody has to approve first: models are out of reach; null = nothing of the kind. */
  readonly waits: string | null;
}

export interface GovernedRun {
  readonly tenantId: string;
  readonly body: CreateRunBody;
  readonly record: DecisionRecord;
  readonly unreachable: readonly string[];
}

/** A decision that a task id holds is run as it was decided, so it must be that of the same agent. */
function checkSameAsk({ body, record }: GovernedRun): Result<void> {
  if (body.governance === undefined) return ok(undefined);
  const [asked, held] = [toGovernanceAsk(body.governance), record.governed?.ask];
  const isSame =
    held !== undefined &&
    asked.agent === held.agent &&
    asked.role === held.role &&
    asked.tier === held.tier &&
    asked.mode === held.mode;
  if (isSame) return ok(undefined);
  const message = `Cannot run task ${body.task_id ?? ""} for this agent: its decision was made for ${held === undefined ? "no agent" : "another"}; POST /api/route with reroute decides anew`;
  return fail({ kind: "conflict", message });
}

/** The role's models as a run calls them, each with the endpoint that the rule finds for it. */
function toWork(governed: GovernedRecord, input: DecideInput): Result<GovernedWork> {
  const { resolution, pick } = governed;
  const constraints = resolution.isAuto || pick.model === null ? [pick.constraints] : [];
  const listed = listGoverned(resolution, toReachability(input)).map((one) => one.constraints);
  const picks = (constraints.length > 0 ? constraints : listed).flatMap((governance) => {
    const core = decide({ ...input, governance });
    if (!core.ok) return [];
    const standIns = constraints.length > 0 ? (core.value.chain[0]?.fallbacks ?? []) : [];
    return [core.value.pick, ...standIns].map(toStepPick);
  });
  return picks.length === 0 ? toExhausted(governed) : ok({ governed, picks });
}

type Works = Readonly<Partial<Record<PlannedStep["kind"], GovernedWork>>>;

/** Judging, merging and planning by the roles that the file names for them; what it does not name stays as planned. */
function toExecutorWork(
  { plan, record, approvalId }: GovernedRun & { readonly plan: Plan; readonly approvalId: string | null },
  input: DecideInput,
  world: GovernanceWorld,
): Result<Works> {
  const { ask } = record.governed ?? {};
  const works: Partial<Record<ExecutorWork, GovernedWork>> = {};
  for (const kind of EXECUTOR_WORK.filter((one) => plan.steps.some((step) => step.kind === one))) {
    const role = world.stored.file.executor_roles?.[kind];
    if (role === undefined || ask === undefined) continue;
    const asked = { ask: { ...ask, agent: null, role }, world };
    const decided = decideGoverned({ ...input, request: PLAIN_REQUEST }, asked, { mayWait: true, approvalId });
    if (!decided.ok) return decided;
    const { governed, input: constrained } = decided.value;
    const work = governed === null ? null : toWork(governed, constrained);
    if (work === null) continue;
    if (!work.ok) return work;
    works[kind] = work.value;
  }
  return ok(works);
}

function governStep(step: PlannedStep, works: Works): PlannedStep {
  const work = works[step.kind];
  if (work === undefined || step.pick === null) return step;
  const { resolution } = work.governed;
  const [pick, ...fallbacks] = work.picks;
  if (pick === undefined) return step;
  // What the rule picked for each step stands within the same constraints.
  if (resolution.isAuto && step.kind === "call") return { ...step, governed: "rule" };
  // The same model at the effort that was decided for this very step, which an attempt or a part may have of its own.
  const own = step.pick.model === pick.model ? { ...pick, effort: step.pick.effort } : pick;
  return { ...step, pick: own, fallbacks, governed: resolution.isAuto ? "rule" : "list" };
}

function toGovernedPlan(plan: Plan, works: Works): GovernedPlan {
  const steps = plan.steps.map((step) => governStep(step, works));
  const told = steps.flatMap((step): readonly GovernedStep[] => {
    const governed = works[step.kind]?.governed;
    if (governed === undefined || step.governed === undefined || step.pick === null) return [];
    return [{ stepId: step.stepId, governed, used: step.pick }];
  });
  const waiting = told.find(({ governed }) => governed.pick.waitingApproval)?.governed;
  const waits = waiting === undefined ? null : describeGoverned(waiting.resolution, waiting.pick);
  return { plan: { ...plan, steps }, steps: told, waits };
}

/**
 * The plan with the models of the roles that are responsible for its steps. A role's list is all that a step may ever be
 * run on; in auto mode the rule has picked within the role's constraints. Faults: models_exhausted where none of a list
 * will come back by itself, conflict for a held decision of another agent, invalid_param for a second word on the merge.
 */
export async function governPlan(plan: Plan, run: GovernedRun, deps: RouterDeps): Promise<Result<GovernedPlan>> {
  const { tenantId, body, record, unreachable } = run;
  const same = checkSameAsk(run);
  if (!same.ok) return same;
  const { governed } = record;
  if (governed === undefined) return ok({ plan, steps: [], waits: null });
  const seen = await deps.readWorld(tenantId);
  if (!seen.ok) return seen;
  const world = await readGovernanceWorld(tenantId, seen.value.catalog, deps);
  if (!world.ok) return world;
  if (body.merge?.model !== undefined && world.value.stored.file.executor_roles?.merge !== undefined) {
    const message = `Cannot merge by ${JSON.stringify(body.merge.model)}: the routing file names the role that merges`;
    return fail({ kind: "invalid_param", field: "merge.model", message });
  }
  const { catalog, policy, providerState } = seen.value;
  const { classification, outcomes, request, verifier } = record.receipt;
  const now: DecideInput = {
    ...{ catalog, classification, outcomes, request, verifier, governance: null },
    policy: policy.policy,
    providerState: withUnreachable(providerState, unreachable),
  };
  const calls = toWork(governed, governed.pick.waitingApproval ? lasting(now) : now);
  if (!calls.ok) return calls;
  const approval = record.core.gate.requiresApproval ? await deps.readApproval(tenantId, record.id) : ok(null);
  if (!approval.ok) return approval;
  const others = toExecutorWork({ ...run, plan, approvalId: approval.value?.id ?? null }, now, world.value);
  return others.ok ? ok(toGovernedPlan(plan, { ...others.value, call: calls.value })) : others;
}
