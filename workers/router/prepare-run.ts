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
import { withMergeModel } from "../../shared/run/plan/merge-model.ts";
import { planRun } from "../../shared/run/plan/plan-run.ts";
import { type RunReach, toReachablePlan, toUnreached } from "../../shared/run/plan/reach-plan.ts";
import { toStandingCore } from "../../shared/run/plan/standing-core.ts";
import type { PlanPart } from "../../shared/run/plan/swarm.ts";
import { type PlanCost, toPlanCost } from "../../shared/run/plan-cost.ts";
import { RUN_LIMITS } from "../../shared/run/run-limits.ts";
import { toTaskText } from "../../shared/task/task.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RunModel, RunSettings, RunTexts } from "../platform/d1/run-row.ts";
import { decideParts } from "./decide-parts.ts";
import type { RouterDeps } from "./deps.ts";
import { priceModels } from "./price-models.ts";
import { type RoutedDecision, routeTask } from "./route-task.ts";

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
  readonly unreachable: readonly string[];
}

/** Which endpoints the tenant's keys open. A preview decides as if all did where none does. */
async function readReach(command: RunCommand, policy: Policy, deps: RouterDeps): Promise<Result<Reach>> {
  const [known, providers] = [deps.knownProviders(), await deps.readReach(command.tenantId)];
  if (!known.ok) return known;
  if (!providers.ok) return providers;
  const isBlind = command.isPreview && providers.value.size === 0;
  const closed = new Set([...known.value, ...policy.providers].filter((name) => !providers.value.has(name)));
  const unreachable = isBlind ? [] : [...closed].sort();
  return ok({ providers: providers.value, allowed: new Set(policy.providers), unreachable });
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
      unreachable,
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
  readonly parts: readonly PlanPart[];
  readonly reach: Reach;
}

function toPlan(body: CreateRunBody, { record, parts, reach }: PlanFacts): Result<Plan> {
  const mode = toMode(body, record);
  const core = toStandingCore(record.core, record.attempt, mode);
  const planned = planRun({
    mode,
    core,
    parts,
    count: body.count ?? RUN_LIMITS.collective.usual,
    verifier: body.verifier ?? "judge",
    verifierJ: null,
    handOn: { answer: body.hand_on?.answer ?? true, reasons: body.hand_on?.reasons ?? true },
    deliver: body.callback_url !== undefined,
  });
  if (!planned.ok) return planned;
  const wanted = body.merge?.model;
  const plan = wanted === undefined ? planned : withMergeModel(planned.value, core, wanted);
  return plan.ok ? ok(toReachablePlan(plan.value, reach)) : plan;
}

/** A person has to look where the whole asks for it, or any part does. */
function toGate({ core }: DecisionRecord, parts: readonly PlanPart[]): Gate {
  const gated = [core, ...parts.map(({ decision }) => decision)].find(({ gate }) => gate.requiresApproval);
  return gated?.gate ?? core.gate;
}

const toSettings = (body: CreateRunBody, record: DecisionRecord, policy: Policy): RunSettings => ({
  mergeStyle: body.merge?.style ?? "concise",
  verifierRates: null,
  taskType: record.classification.task_type.label,
  retentionMs: (policy.runs?.retentionDays ?? RETENTION_DAYS) * DAY_MS,
  storeText: policy.storePromptText,
  stepTimeoutMs: RUN_LIMITS.stepTimeoutMs,
  runTimeoutMs: RUN_LIMITS.runTimeoutMs,
});

/** The models of the plan with their prices. Fault: conflict where the catalogue no longer has one that is to run. */
async function readModels(plan: Plan, record: DecisionRecord, deps: RouterDeps) {
  const [decided, current] = await Promise.all([deps.readCatalogVersion(record.catalogVersion), deps.readCatalog()]);
  if (!decided.ok) return decided;
  if (!current.ok) return current;
  const priced = priceModels(plan, [decided.value, current.value]);
  const lost = plan.steps.find(({ pick }) => pick !== null && priced.pricesOf(pick) === null);
  if (lost === undefined) return ok(priced);
  const message = `Cannot run ${lost.pick?.model}: no price of it is known; POST /api/route with reroute decides anew`;
  return fail({ kind: "conflict", message });
}

/** An address that may not be called is the caller's to change. */
const toRefusedUrl = (fault: Fault): Result<never> =>
  fault.kind === "forbidden"
    ? fail({ kind: "invalid_param", field: "callback_url", message: fault.message })
    : fail(fault);

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
  const asked = { tenantId, task: body.task, stack: body.context?.stack ?? [], request: toRequest(body), unreachable };
  const parts = isSplit ? await decideParts(asked, deps) : ok([]);
  if (!parts.ok) return parts;
  const plan = toPlan(body, { record, parts: parts.value, reach: reach.value });
  if (!plan.ok) return plan;
  const priced = await readModels(plan.value, record, deps);
  if (!priced.ok) return priced;
  const role = toRoleText(body.role ?? {});
  const texts: RunTexts = {
    task: toText(body),
    role: role.text,
    parts: Object.fromEntries(parts.value.map(({ id, text }) => [id, text])),
    callback: url === undefined ? null : { url },
  };
  const taskBytes = encodeUtf8(texts.task).length;
  const { runs } = policy;
  const facts = { taskBytes: taskBytes + encodeUtf8(role.text).length, pricesOf: priced.value.pricesOf };
  return ok({
    record,
    plan: plan.value,
    gate: toGate(record, parts.value),
    models: priced.value.models,
    settings: toSettings(body, record, policy),
    texts,
    taskBytes,
    capMicroUsd: body.max_usd === undefined ? (runs?.capMicroUsd ?? RUN_LIMITS.capMicroUsd) : toMicroUsd(body.max_usd),
    keyCapMicroUsd: runs?.keyCapMicroUsd ?? null,
    dayCapMicroUsd: runs?.dayCapMicroUsd ?? null,
    cost: toPlanCost(plan.value, facts),
    expectedMicroUsd: toExpectedMicroUsd(plan.value, facts),
    warnings: [...role.warnings, ...toUnreached(plan.value, reach.value).map((name) => `No key for ${name}.`)],
  });
}
