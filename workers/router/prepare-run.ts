import type { Fault } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import type { Gate } from "../../shared/policy/decision.ts";
import { toRoleText } from "../../shared/prompt/compose-role.ts";
import { toExpectedMicroUsd } from "../../shared/run/expected-cost.ts";
import type { Plan } from "../../shared/run/job.ts";
import type { CastPart } from "../../shared/run/plan/decompose.ts";
import { toReachablePlan } from "../../shared/run/plan/reach-plan.ts";
import { type PlanCost, toPlanCost, withCostCeilings } from "../../shared/run/plan-cost.ts";
import type { DecisionRecord } from "../platform/d1/decisions-store.ts";
import type { RunModel, RunSettings, RunTexts } from "../platform/d1/run-row.ts";
import { decideParts, type PartsCommand } from "./decide-parts.ts";
import type { RouterDeps } from "./deps.ts";
import { drawPlan } from "./draw-plan.ts";
import { type GovernedStep, governPlan } from "./govern-plan.ts";
import { isListed } from "./governed-work.ts";
import { toPlanning } from "./planning.ts";
import { toGovernanceAsk } from "./present-governed.ts";
import { pricePlan } from "./price-plan.ts";
import { type RoutedDecision, routeTask } from "./route-task.ts";
import { type RunCommand, toRepository, toRequest, toText } from "./run-command.ts";
import { checkReach, type Reach, readReach } from "./run-reach.ts";
import { toCaps, toRoleBytes, toSettings, toTexts, toWarnings } from "./run-terms.ts";

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

async function decideWhole(
  { tenantId, keyId, body }: RunCommand,
  { unreachable, measured }: Reach,
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
      verifier: measured,
      unreachable,
      governance: body.governance === undefined ? undefined : toGovernanceAsk(body.governance),
      isForRun: true,
    },
    deps,
  );
}

/** A person has to look where the whole asks for it, or any part does. */
function toGate({ core }: DecisionRecord, parts: readonly CastPart[], waits: string | null): Gate {
  if (waits !== null && !core.gate.requiresApproval) return { requiresApproval: true, reason: waits };
  const gated = [core, ...parts.map(({ decision }) => decision)].find(({ gate }) => gate.requiresApproval);
  return gated?.gate ?? core.gate;
}

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
  const drawn = drawPlan(body, planned);
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
