import { ok, type Result } from "../../shared/base/result.ts";
import { decide } from "../../shared/policy/decide.ts";
import { type DecideInput, PLAIN_REQUEST } from "../../shared/policy/decision.ts";
import type { GovernedRecord } from "../../shared/policy/governance/governed-record.ts";
import { type GovernedPick, pickGoverned } from "../../shared/policy/governance/pick-governed.ts";
import { toReachability } from "../../shared/policy/governance/reachability.ts";
import { EXECUTOR_WORK, type ExecutorWork } from "../../shared/policy/governance/routing-file.ts";
import type { Plan } from "../../shared/run/job.ts";
import { toStepPick } from "../../shared/run/plan/planned-call.ts";
import type { PlannedStep, StepPick } from "../../shared/run/step.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import { decideGoverned, lasting, listGoverned, toExhausted } from "./govern-task.ts";
import type { GovernanceWorld } from "./governance-world.ts";

/** What a role came to for the steps of one kind. */
export interface GovernedWork {
  readonly governed: GovernedRecord;
  /** In the order in which they are asked. */
  readonly picks: readonly ListedPick[];
}

/** A model with what governance said when it came to that one. */
export interface ListedPick {
  readonly pick: StepPick;
  readonly said: GovernedPick;
}

/** Whether a role's own list says who does the work, rather than the rule. */
export const isListed = (governed: GovernedRecord | undefined): boolean =>
  governed !== undefined && !governed.resolution.isAuto;

/** The role's models as a run calls them, each with the endpoint that the rule finds for it. */
function toWork(governed: GovernedRecord, input: DecideInput): Result<GovernedWork> {
  const { resolution, pick } = governed;
  const isLeftToRule = resolution.isAuto || pick.model === null;
  const listed = isLeftToRule ? [pick] : listGoverned(resolution, toReachability(input));
  const picks = listed.flatMap((said) => {
    const core = decide({ ...input, governance: said.constraints });
    if (!core.ok) return [];
    const standIns = isLeftToRule ? (core.value.chain[0]?.fallbacks ?? []) : [];
    return [core.value.pick, ...standIns].map((one) => ({ pick: toStepPick(one), said }));
  });
  return picks.length === 0 ? toExhausted(governed) : ok({ governed, picks });
}

/** The same where all of the list are out of reach for now: it is run once somebody approves. */
export function toWorkOrWait(governed: GovernedRecord, now: DecideInput): Result<GovernedWork> {
  const current = toWork(governed, now);
  if (current.ok) {
    const said = current.value.picks[0]?.said ?? governed.pick;
    return ok({ ...current.value, governed: { ...governed, pick: said } });
  }
  const later = current.fault.kind === "models_exhausted" ? toWork(governed, lasting(now)) : current;
  if (!later.ok) return current;
  const { reasons } = pickGoverned(governed.resolution, toReachability(now));
  const pick = { ...(later.value.picks[0]?.said ?? governed.pick), reasons, waitingApproval: true };
  return ok({ ...later.value, governed: { ...governed, pick } });
}

/** By the kind of step. */
export type Works = Readonly<Partial<Record<PlannedStep["kind"], GovernedWork>>>;

interface GovernedSteps {
  readonly plan: Plan;
  readonly record: DecisionRecord;
  /** Of the decision; null = nobody gave one yet. */
  readonly approvalId: string | null;
}

/** Judging, merging and planning by the roles that the file names for them; what it does not name stays as planned. */
export function toExecutorWork(
  { plan, record, approvalId }: GovernedSteps,
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
