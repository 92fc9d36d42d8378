import { fail, ok, type Result } from "../../shared/base/result.ts";
import { encodeUtf8 } from "../../shared/base/utf8.ts";
import type { Gate } from "../../shared/policy/decision.ts";
import { toRoleText } from "../../shared/prompt/compose-role.ts";
import { toExpectedMicroUsd } from "../../shared/run/expected-cost.ts";
import type { Plan } from "../../shared/run/job.ts";
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
import { toRunGate } from "./run-gate.ts";
import { checkReach, type Reach, readReach } from "./run-reach.ts";
import { toCaps, toRoleBytes, toSettings, toTexts, toWarnings } from "./run-terms.ts";
import { type RunWorld, readRunWorld } from "./run-world.ts";

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
  { unreachable, measured, seen }: Pick<Reach, "unreachable" | "measured"> & { readonly seen: RunWorld },
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
      seen,
      governance: body.governance === undefined ? undefined : toGovernanceAsk(body.governance),
      isForRun: true,
    },
    deps,
  );
}

/** An address that may not be called is the caller's to change. */
function checkCallback({ callback_url: url }: RunCommand["body"], deps: RouterDeps): Result<void> {
  const checked = url === undefined ? ok(undefined) : deps.checkCallbackUrl(url);
  if (checked.ok || checked.fault.kind !== "forbidden") return checked;
  return fail({ kind: "invalid_param", field: "callback_url", message: checked.fault.message });
}

/** What the parts are decided by: the request, under the governance of the decision on the whole. */
const toAsked = (
  { body }: RunCommand,
  { receipt, governed }: DecisionRecord,
  { world, unreachable }: Pick<PartsCommand, "world" | "unreachable">,
): PartsCommand => ({
  world,
  task: body.task,
  stack: body.context?.stack ?? [],
  request: toRequest(body),
  governance: receipt.governance,
  unreachable,
  mayWait: isListed(governed),
});

const isSplit = ({ mode }: RunCommand["body"]): boolean => mode === "plan" || mode === "swarm";

/** callback -> world -> reach -> decision -> parts -> plan -> prices: all of a run that comes before it is stored. */
export async function prepareRun(command: RunCommand, deps: RouterDeps): Promise<Result<PreparedRun>> {
  const { tenantId, body } = command;
  const callback = checkCallback(body, deps);
  if (!callback.ok) return callback;
  const seen = await readRunWorld(command, deps);
  if (!seen.ok) return seen;
  const { world } = seen.value;
  const { policy } = world.policy;
  const reach = await readReach(command, policy, deps);
  if (!reach.ok) return reach;
  const routed = await decideWhole(command, { ...reach.value, seen: seen.value }, deps);
  if (!routed.ok) return routed;
  const { record } = routed.value;
  const asked = toAsked(command, record, { world, unreachable: reach.value.unreachable });
  const parts = isSplit(body) ? await decideParts(asked, deps) : ok([]);
  if (!parts.ok) return parts;
  const planning = toPlanning(body, asked);
  // Where a model is to make the parts, those of the text itself only gate: its words must not hide what the task's say.
  const planned = { record, parts: planning === null ? parts.value : [], reach: reach.value, planning };
  const drawn = drawPlan(body, planned);
  if (!drawn.ok) return drawn;
  const governing = { tenantId, body, record, seen: seen.value, unreachable: asked.unreachable };
  const governed = await governPlan(drawn.value, governing, deps);
  if (!governed.ok) return governed;
  const plan = toReachablePlan(governed.value.plan, reach.value);
  const reached = checkReach(plan, command, reach.value);
  if (!reached.ok) return reached;
  const priced = await pricePlan(plan, { record, catalog: world.catalog }, deps);
  if (!priced.ok) return priced;
  const role = toRoleText(body.role ?? {});
  const texts = toTexts(body, planned, role.text);
  const taskBytes = encodeUtf8(texts.task).length;
  const caps = toCaps(body, policy);
  const gate = toRunGate({ whole: record.core.gate, parts: parts.value, waits: governed.value.waits });
  const facts = { taskBytes: taskBytes + toRoleBytes(texts), pricesOf: priced.value.pricesOf };
  return ok({
    record,
    plan: withCostCeilings(plan, facts),
    gate,
    governedSteps: governed.value.steps,
    models: priced.value.models,
    settings: toSettings(body, { ...planned, gate }, policy),
    texts,
    taskBytes,
    ...caps,
    cost: toPlanCost(plan, facts),
    expectedMicroUsd: toExpectedMicroUsd(plan, facts),
    warnings: [...role.warnings, ...governed.value.warnings, ...toWarnings(plan, planned, caps)],
  });
}
