import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import type { DecideInput } from "../../shared/policy/decision.ts";
import { describeGoverned } from "../../shared/policy/governance/describe-governed.ts";
import type { GovernedRecord } from "../../shared/policy/governance/governed-record.ts";
import type { Plan, PlanNote } from "../../shared/run/job.ts";
import type { PlannedStep, StepPick } from "../../shared/run/step.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RouterDeps } from "./deps.ts";
import { readGovernanceWorld } from "./governance-world.ts";
import { type GovernedWork, type ListedPick, toExecutorWork, toWorkOrWait, type Works } from "./governed-work.ts";
import { toGovernanceAsk } from "./present-governed.ts";
import type { RunWorld } from "./run-world.ts";
import { withUnreachable } from "./unreachable.ts";

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
  /** What came of the roles that the asker may not expect. */
  readonly warnings: readonly string[];
}

export interface GovernedRun {
  readonly tenantId: string;
  readonly body: CreateRunBody;
  readonly record: DecisionRecord;
  readonly seen: RunWorld;
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

/** The maker of the answer that a judge is shown; null for all other steps. */
const authorVendorOf = ({ kind, dependsOn }: PlannedStep, { steps }: Plan): string | null =>
  kind === "judge" ? (steps.find(({ stepId }) => stepId === dependsOn[0])?.pick?.vendor ?? null) : null;

/**
 * Those of a role's list that a step may be done by: judges favour their own family, so they are of another maker than the
 * author. Where the list names none, it stands: nobody outside it may judge.
 */
function toEligible(step: PlannedStep, { picks }: GovernedWork, plan: Plan): readonly ListedPick[] {
  const author = authorVendorOf(step, plan);
  const others = picks.filter(({ pick }) => pick.vendor !== author);
  return others.length === 0 ? picks : others;
}

interface StepUnderRole {
  readonly step: PlannedStep;
  /** null where no role is responsible for it. */
  readonly told: GovernedStep | null;
}

function governStep(step: PlannedStep, works: Works, plan: Plan): StepUnderRole {
  const work = works[step.kind];
  if (work === undefined || step.pick === null) return { step, told: null };
  const { governed } = work;
  const { stepId } = step;
  // What the rule picked for each step stands within the same constraints.
  if (governed.resolution.isAuto && step.kind === "call")
    return { step: { ...step, governed: "rule" }, told: { stepId, governed, used: step.pick } };
  const [first, ...others] = toEligible(step, work, plan);
  if (first === undefined) throw new Error(`role ${governed.resolution.role} came to nobody, and was let through`);
  const { pick, said } = first;
  // The same model at the effort that was decided for this very step, which an attempt or a part may have of its own.
  const used = step.pick.model === pick.model ? { ...pick, effort: step.pick.effort } : pick;
  const by = governed.resolution.isAuto ? "rule" : "list";
  const { waitingApproval } = governed.pick;
  return {
    step: { ...step, pick: used, fallbacks: others.map((one) => one.pick), governed: by },
    told: { stepId, governed: { ...governed, pick: { ...said, waitingApproval } }, used },
  };
}

/** What a reader of the plan has to know of its roles. */
function toRoleNotes(
  plan: Plan,
  works: Works,
): Pick<GovernedPlan, "warnings"> & { readonly notes: readonly PlanNote[] } {
  const { call } = works;
  const isAlone = plan.notes.includes("one_model_left") && call !== undefined && !call.governed.resolution.isAuto;
  const ownJudges = plan.steps.filter(
    (step) => step.governed !== undefined && authorVendorOf(step, plan) === step.pick?.vendor,
  );
  const alone = `Role ${call?.governed.resolution.role} names one model, and others only for when it cannot be reached, so this ${plan.mode} is a single call; governance.mode "auto" lets the rule pick several within the role's constraints.`;
  return {
    notes: [
      ...(isAlone ? (["role_names_one_model"] as const) : []),
      ...(ownJudges.length > 0 ? (["same_family_judge"] as const) : []),
    ],
    warnings: [
      ...(isAlone ? [alone] : []),
      ...ownJudges.map(
        ({ stepId, pick }) =>
          `${stepId} is judged by ${pick?.model}, of the maker whose answer it judges: role ${works.judge?.governed.resolution.role} names nobody of another maker who can be reached.`,
      ),
    ],
  };
}

function toGovernedPlan(plan: Plan, works: Works): GovernedPlan {
  const ruled = plan.steps.map((step) => governStep(step, works, plan));
  const told = ruled.flatMap((one) => one.told ?? []);
  const waiting = told.find(({ governed }) => governed.pick.waitingApproval)?.stepId;
  const waitingKind = plan.steps.find(({ stepId }) => stepId === waiting)?.kind;
  const why = waitingKind === undefined ? undefined : works[waitingKind]?.governed;
  const waits = why === undefined ? null : describeGoverned(why.resolution, why.pick);
  const whole = { ...plan, steps: ruled.map(({ step }) => step) };
  const { notes, warnings } = toRoleNotes(whole, works);
  return { plan: { ...whole, notes: [...plan.notes, ...notes] }, steps: told, waits, warnings };
}

/**
 * The plan with the models of the roles that are responsible for its steps. A role's list is all that a step may ever be
 * run on; in auto mode the rule has picked within the role's constraints. Faults: models_exhausted where none of a list
 * will come back by itself, conflict for a held decision of another agent, invalid_param for a second word on the merge.
 */
export async function governPlan(plan: Plan, run: GovernedRun, deps: RouterDeps): Promise<Result<GovernedPlan>> {
  const { tenantId, body, record, unreachable } = run;
  const { catalog, policy, providerState } = run.seen.world;
  const same = checkSameAsk(run);
  if (!same.ok) return same;
  const { governed } = record;
  if (governed === undefined) return ok({ plan, steps: [], waits: null, warnings: [] });
  const { file } = run.seen;
  const world = file === null ? await readGovernanceWorld(tenantId, catalog, deps) : ok(file);
  if (!world.ok) return world;
  if (body.merge?.model !== undefined && world.value.stored.file.executor_roles?.merge !== undefined) {
    const message = `Cannot merge by ${JSON.stringify(body.merge.model)}: the routing file names the role that merges`;
    return fail({ kind: "invalid_param", field: "merge.model", message });
  }
  const { classification, outcomes, request, verifier } = record.receipt;
  const now: DecideInput = {
    ...{ catalog, classification, outcomes, request, verifier, governance: null },
    policy: policy.policy,
    providerState: withUnreachable(providerState, unreachable),
  };
  const calls = toWorkOrWait(governed, now);
  if (!calls.ok) return calls;
  const approval = record.core.gate.requiresApproval ? await deps.readApproval(tenantId, record.id) : ok(null);
  if (!approval.ok) return approval;
  const others = toExecutorWork({ plan, record, approvalId: approval.value?.id ?? null }, now, world.value);
  return others.ok ? ok(toGovernedPlan(plan, { ...others.value, call: calls.value })) : others;
}
