import type { Fault } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import { toMicroUsd } from "../../shared/contract/fields.ts";
import { toRouteRequest } from "../../shared/contract/route.ts";
import type { CreateRunBody } from "../../shared/contract/run-requests.ts";
import type { Gate } from "../../shared/policy/decision.ts";
import { type Policy, RETENTION_DAYS, type RunMode } from "../../shared/policy/policy.ts";
import { toRoleText } from "../../shared/prompt/compose-role.ts";
import { toExpectedMicroUsd } from "../../shared/run/expected-cost.ts";
import type { Plan } from "../../shared/run/job.ts";
import type { CastPart } from "../../shared/run/plan/decompose.ts";
import { planByModel } from "../../shared/run/plan/llm-plan.ts";
import { withMergeModel } from "../../shared/run/plan/merge-model.ts";
import { toPartRoles } from "../../shared/run/plan/part-roles.ts";
import { planRun } from "../../shared/run/plan/plan-run.ts";
import { findStranded, type RunReach, toReachablePlan, toUnreached } from "../../shared/run/plan/reach-plan.ts";
import { toStandingCore } from "../../shared/run/plan/standing-core.ts";
import { type PlanCost, toPlanCost, withCostCeilings } from "../../shared/run/plan-cost.ts";
import { RUN_LIMITS } from "../../shared/run/run-limits.ts";
import { toTaskText } from "../../shared/task/task.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RunModel, RunSettings, RunTexts } from "../platform/d1/run-row.ts";
import type { MeasuredVerifier } from "../platform/d1/verifiers-store.ts";
import { decideParts, type PartsCommand } from "./decide-parts.ts";
import type { RouterDeps } from "./deps.ts";
import { type GovernedStep, governPlan, isListed } from "./govern-plan.ts";
import { type Planning, toPlanning, toPlanningWarning } from "./planning.ts";
import { toGovernanceAsk } from "./present-governed.ts";
import { pricePlan } from "./price-plan.ts";
import { readOutsideVerifier } from "./read-verifier.ts";
import { type RoutedDecision, routeTask } from "./route-task.ts";
import { toUnreachable } from "./unreachable.ts";

const DAY_MS = 86_400_000;

export interface RunCommand {
  readonly tenantId: string;
  readonly keyId: string;
  readonly body: CreateRunBody;
  /** A preview may name models that no key reaches; it says so. */
  readonly isPreview: boolean;
}

/** Everything of a run but its id and time: decided, planned, priced, and not stored. */
export interface PreparedRun {
  readonly record: DecisionRecord;
  readonly plan: Plan;
  readonly gate: Gate;
  /** Those that a routing file has its say in. */
  readonly governedSteps: readonly GovernedStep[];
  readonly models: readonly RunModel[];
  readonly settings: RunSettings;
  readonly texts: RunTexts;
  readonly taskBytes: number;
  readonly capMicroUsd: number;
  readonly keyCapMicroUsd: number | null;
  readonly dayCapMicroUsd: number | null;
  readonly cost: PlanCost;
  readonly expectedMicroUsd: number;
  readonly warnings: readonly string[];
}

const toText = ({ task, context }: CreateRunBody): string =>
  toTaskText({ task, files: context?.files ?? [], stack: context?.stack ?? [] });

/** What of the body the decision rule reads. */
function toRequest({ budget, value_usd, preset, mode, verifier, context, constraints, task }: CreateRunBody) {
  return toRouteRequest({
    task,
    budget,
    value_usd,
    preset,
    mode,
    verifier: verifier === "external" ? verifier : undefined,
    context,
    constraints,
  });
}

interface Reach extends RunReach {
  /** The check outside that the request declares, as it was measured in the repository that it names. */
  readonly measured: MeasuredVerifier | null;
  readonly unreachable: readonly string[];
}

/** Only a run that waits for a check outside is decided by what that check is worth. */
const toRepository = ({ verifier, context }: CreateRunBody): string | undefined =>
  verifier === "external" ? context?.repository : undefined;

/** Which endpoints the tenant's keys open. A preview decides as if all did where none does. */
async function readReach(command: RunCommand, policy: Policy, deps: RouterDeps): Promise<Result<Reach>> {
  const [known, providers] = [deps.knownProviders(), await deps.readReach(command.tenantId)];
  if (!known.ok) return known;
  if (!providers.ok) return providers;
  const measured = await readOutsideVerifier(command.tenantId, toRepository(command.body) ?? null, deps);
  if (!measured.ok) return measured;
  const isBlind = command.isPreview && providers.value.size === 0;
  const unreachable = isBlind ? [] : toUnreachable([...known.value, ...policy.providers], providers.value);
  return ok({ providers: providers.value, allowed: new Set(policy.providers), unreachable, measured: measured.value });
}

async function decideWhole(
  { tenantId, keyId, body }: RunCommand,
  { unreachable }: Reach,
  deps: RouterDeps,
): Promise<Result<RoutedDecision>> {
  return routeTask(
    {
      tenantId,
      requestedBy: keyId,
      taskText: toText(body),
      taskId: body.task_id ?? null,
      reroute: false,
      request: toRequest(body),
      repository: toRepository(body),
      unreachable,
      governance: body.governance === undefined ? undefined : toGovernanceAsk(body.governance),
      isForRun: true,
    },
    deps,
  );
}

/** The mode that was asked for, or else that of the decision; past its chain a cascade is one more call. */
function toMode({ mode }: CreateRunBody, { core, attempt }: DecisionRecord): RunMode {
  if (mode !== undefined) return mode;
  return core.mode === "cascade" && attempt >= core.chain.length ? "single" : core.mode;
}

interface PlanFacts {
  readonly record: DecisionRecord;
  readonly parts: readonly CastPart[];
  readonly reach: Reach;
  readonly planning: Planning | null;
}

function toPlan(body: CreateRunBody, { record, parts, reach }: PlanFacts): Result<Plan> {
  const mode = toMode(body, record);
  const core = toStandingCore(record.core, record.attempt, mode);
  const isByModel = body.planner === "llm" && (mode === "plan" || mode === "swarm");
  const deliver = body.callback_url !== undefined;
  const planned = isByModel
    ? ok(planByModel(core, { mode, deliver }))
    : planRun({
        mode,
        core,
        parts,
        count: body.count ?? RUN_LIMITS.collective.usual,
        verifier: body.verifier ?? "judge",
        verifierJ: reach.measured?.j ?? null,
        handOn: { answer: body.hand_on?.answer ?? true, reasons: body.hand_on?.reasons ?? true },
        deliver,
      });
  if (!planned.ok) return planned;
  const wanted = body.merge?.model;
  return wanted === undefined ? planned : withMergeModel(planned.value, core, wanted);
}

/** A person has to look where the whole asks for it, or any part does. */
function toGate({ core }: DecisionRecord, parts: readonly CastPart[], waits: string | null): Gate {
  if (waits !== null && !core.gate.requiresApproval) return { requiresApproval: true, reason: waits };
  const gated = [core, ...parts.map(({ decision }) => decision)].find(({ gate }) => gate.requiresApproval);
  return gated?.gate ?? core.gate;
}

/** Rates of a check outside; null until both are measured. */
const toRates = ({ measured }: Reach): RunSettings["verifierRates"] =>
  measured === null || measured.tpr === null || measured.tnr === null ? null : { tpr: measured.tpr, tnr: measured.tnr };

const toSettings = (body: CreateRunBody, { record, reach, planning }: PlanFacts, policy: Policy): RunSettings => ({
  mergeStyle: body.merge?.style ?? "concise",
  verifierRates: toRates(reach),
  taskType: record.classification.task_type.label,
  firstAttempt: record.attempt,
  retentionMs: (policy.runs?.retentionDays ?? RETENTION_DAYS) * DAY_MS,
  storeText: policy.storePromptText,
  stepTimeoutMs: RUN_LIMITS.stepTimeoutMs,
  runTimeoutMs: RUN_LIMITS.runTimeoutMs,
  ...(planning === null ? {} : { planning: planning.facts }),
});

const toTexts = (body: CreateRunBody, { parts, planning }: PlanFacts, role: string): RunTexts => ({
  task: toText(body),
  role,
  parts: Object.fromEntries(parts.map(({ id, text }) => [id, text])),
  roles: toPartRoles(parts, body.role ?? {}),
  callback: body.callback_url === undefined ? null : { url: body.callback_url },
  ...(planning === null ? {} : { planning: planning.words }),
});

/** UTF-8 bytes of the longest role text that a call of the run is given. */
const toRoleBytes = ({ role, roles = {} }: RunTexts): number =>
  Math.max(...[role, ...Object.values(roles)].map((text) => encodeUtf8(text).length));

const toCaps = ({ max_usd: usd }: CreateRunBody, { runs }: Policy) => ({
  capMicroUsd: usd === undefined ? (runs?.capMicroUsd ?? RUN_LIMITS.capMicroUsd) : toMicroUsd(usd),
  keyCapMicroUsd: runs?.keyCapMicroUsd ?? null,
  dayCapMicroUsd: runs?.dayCapMicroUsd ?? null,
});

/** An address that may not be called is the caller's to change. */
const toRefusedUrl = (fault: Fault): Result<never> =>
  fault.kind === "forbidden"
    ? fail({ kind: "invalid_param", field: "callback_url", message: fault.message })
    : fail(fault);

/** What the parts are decided by: the request, under the governance of the decision on the whole. */
const toAsked = (
  { tenantId, body }: RunCommand,
  { receipt, governed }: DecisionRecord,
  unreachable: readonly string[],
): PartsCommand => ({
  tenantId,
  task: body.task,
  stack: body.context?.stack ?? [],
  request: toRequest(body),
  governance: receipt.governance,
  unreachable,
  mayWait: isListed(governed),
});

const toWarnings = (plan: Plan, { reach, planning }: PlanFacts, { capMicroUsd }: ReturnType<typeof toCaps>) => [
  ...toUnreached(plan, reach).map((name) => `No key for ${name}.`),
  ...(planning === null ? [] : [toPlanningWarning(capMicroUsd)]),
];

/** A decision under a kickoff lock may name what nobody here has a key of; a run that can only fail is not accepted. */
function checkReach(plan: Plan, { isPreview }: RunCommand, reach: Reach): Result<void> {
  const stranded = isPreview ? undefined : findStranded(plan, reach);
  if (stranded === undefined) return ok(undefined);
  const { model, provider } = stranded.pick ?? {};
  const message = `Cannot run ${model}: there is no key for ${provider}; save one, or decide anew (POST /api/route with reroute)`;
  return fail({ kind: "conflict", message });
}

/** callback -> policy -> reach -> decision -> parts -> plan -> prices: all of a run that comes before it is stored. */
export async function prepareRun(command: RunCommand, deps: RouterDeps): Promise<Result<PreparedRun>> {
  const { tenantId, body } = command;
  const { callback_url: url } = body;
  const callback = url === undefined ? ok(undefined) : deps.checkCallbackUrl(url);
  if (!callback.ok) return toRefusedUrl(callback.fault);
  const versioned = await deps.readPolicy(tenantId);
  if (!versioned.ok) return versioned;
  const { policy } = versioned.value;
  const reach = await readReach(command, policy, deps);
  if (!reach.ok) return reach;
  const routed = await decideWhole(command, reach.value, deps);
  if (!routed.ok) return routed;
  const { record } = routed.value;
  const isSplit = body.mode === "plan" || body.mode === "swarm";
  const { unreachable } = reach.value;
  const asked = toAsked(command, record, unreachable);
  const parts = isSplit ? await decideParts(asked, deps) : ok([]);
  if (!parts.ok) return parts;
  const planning = toPlanning(body, asked);
  // Where a model is to make the parts, those of the text itself only gate: its words must not hide what the task's say.
  const planned = { record, parts: planning === null ? parts.value : [], reach: reach.value, planning };
  const drawn = toPlan(body, planned);
  if (!drawn.ok) return drawn;
  const governed = await governPlan(drawn.value, { tenantId, body, record, unreachable }, deps);
  if (!governed.ok) return governed;
  const plan = toReachablePlan(governed.value.plan, reach.value);
  const reached = checkReach(plan, command, reach.value);
  if (!reached.ok) return reached;
  const priced = await pricePlan(plan, record, deps);
  if (!priced.ok) return priced;
  const role = toRoleText(body.role ?? {});
  const texts = toTexts(body, planned, role.text);
  const taskBytes = encodeUtf8(texts.task).length;
  const caps = toCaps(body, policy);
  const facts = { taskBytes: taskBytes + toRoleBytes(texts), pricesOf: priced.value.pricesOf };
  return ok({
    record,
    plan: withCostCeilings(plan, facts),
    gate: toGate(record, parts.value, governed.value.waits),
    governedSteps: governed.value.steps,
    models: priced.value.models,
    settings: toSettings(body, planned, policy),
    texts,
    taskBytes,
    ...caps,
    cost: toPlanCost(plan, facts),
    expectedMicroUsd: toExpectedMicroUsd(plan, facts),
    warnings: [...role.warnings, ...governed.value.warnings, ...toWarnings(plan, planned, caps)],
  });
}
