import { ok, type Result } from "../../shared/base/result.ts";
import type { DecisionCore, Gate } from "../../shared/policy/decision.ts";
import type { Plan } from "../../shared/run/job.ts";
import type { CastPart } from "../../shared/run/plan/decompose.ts";
import { withMergeModel } from "../../shared/run/plan/merge-model.ts";
import { toPartRoles } from "../../shared/run/plan/part-roles.ts";
import { planRun } from "../../shared/run/plan/plan-run.ts";
import { toReachablePlan } from "../../shared/run/plan/reach-plan.ts";
import { toStandingCore } from "../../shared/run/plan/standing-core.ts";
import type { PlanPart } from "../../shared/run/plan/swarm.ts";
import { RUN_LIMITS } from "../../shared/run/run-limits.ts";
import type { ExpandedPlan, PlanAsk } from "../platform/plan-door.ts";
import { decideParts, decidePlannedParts } from "./decide-parts.ts";
import type { RouterDeps } from "./deps.ts";
import { governPlan } from "./govern-plan.ts";
import { toStepEvent } from "./governance-events.ts";
import { isListed } from "./governed-work.ts";
import { pricePlan } from "./price-plan.ts";
import { joinReasons, toRiskReason } from "./run-gate.ts";
import { toUnreachable } from "./unreachable.ts";

interface Whole {
  readonly core: DecisionCore;
  readonly parts: readonly PlanPart[];
}

/** The steps of the parts; whoever is to be told of the end has a step already. */
function toSteps({ mode, facts }: PlanAsk, { core, parts }: Whole): Result<Plan> {
  const planned = planRun({
    ...{ mode, core, parts, count: RUN_LIMITS.collective.usual, deliver: false },
    ...{ verifier: "judge", verifierJ: null, handOn: { answer: true, reasons: true } },
  });
  if (!planned.ok || facts.mergeModel === null) return planned;
  return withMergeModel(planned.value, core, facts.mergeModel);
}

/**
 * Why a person has to look at the parts before any of them starts; null where nobody has to. Whoever approved a task that
 * is itself for a person to look at has seen what its parts can be, and parts of the task's own words gated it before; an
 * approval that was given for anything else, as for models out of reach, says nothing of what a model has written since.
 */
function toPartsReason({ isApproved, draft }: PlanAsk, whole: Gate, parts: readonly CastPart[]): string | null {
  const isSeen = isApproved && (whole.requiresApproval || draft.by === "splitter");
  return isSeen || parts.every(({ decision }) => !decision.gate.requiresApproval)
    ? null
    : toRiskReason({ whole, parts });
}

/**
 * What a planning model drafted, decided: reach -> classify all parts at once -> decide each -> steps -> prices, by the
 * policy, catalogue and keys of now, as a splitter's parts are before a run is accepted. A draft chooses nobody: it holds
 * words and an order. Faults: no_candidates, conflict where a price is gone, not_found for the decision, unavailable.
 */
export async function expandPlan(ask: PlanAsk, deps: RouterDeps): Promise<Result<ExpandedPlan>> {
  const { tenantId, task, stack, draft, mode } = ask;
  const [world, record, known, providers] = await Promise.all([
    deps.readWorld(tenantId),
    deps.readDecision(tenantId, ask.decisionId),
    deps.knownProviders(),
    deps.readReach(tenantId),
  ]);
  if (!world.ok) return world;
  if (!record.ok) return record;
  if (!known.ok) return known;
  if (!providers.ok) return providers;
  const allowed = world.value.policy.policy.providers;
  const unreachable = toUnreachable([...known.value, ...allowed], providers.value);
  const { request, governance } = ask.facts;
  const mayWait = isListed(record.value.governed);
  const asked = { world: world.value, task, stack, request, governance, unreachable, mayWait };
  const parts =
    draft.by === "llm" ? await decidePlannedParts(asked, draft.parts, deps) : await decideParts(asked, deps);
  if (!parts.ok) return parts;
  const core = toStandingCore(record.value.core, ask.attempt, mode);
  const steps = toSteps(ask, { core, parts: parts.value });
  if (!steps.ok) return steps;
  const governed = await governPlan(
    steps.value,
    { tenantId, body: { task, mode }, record: record.value, seen: { world: world.value, file: null }, unreachable },
    deps,
  );
  if (!governed.ok) return governed;
  const plan = toReachablePlan(governed.value.plan, { providers: providers.value, allowed: new Set(allowed) });
  const priced = await pricePlan(plan, { record: record.value, catalog: world.value.catalog }, deps);
  if (!priced.ok) return priced;
  return ok({
    plan,
    models: priced.value.models,
    parts: Object.fromEntries(parts.value.map(({ id, text }) => [id, text])),
    roles: toPartRoles(parts.value, ask.role ?? {}),
    gateReason: joinReasons(
      toPartsReason(ask, record.value.core.gate, parts.value),
      ask.isApproved ? null : governed.value.waits,
    ),
    governanceEvents: governed.value.steps.map((step) => toStepEvent(step, ask, deps)),
  });
}
