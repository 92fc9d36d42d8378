import { type Fault, isRetryable, toDetail } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import { type PlanDraft, readPlanDraft, writePlanDraft } from "../../shared/run/planned-parts.ts";
import type { RunModel, RunTexts } from "../platform/d1/run-row.ts";
import type { ExpandedPlan, PlanAsk } from "../platform/plan-door.ts";
import { type MakeCallDeps, makeCall } from "./make-call.ts";
import { type PrepareDeps, prepareCall } from "./prepare-call.ts";
import { failedOutcome, plainOutcome, type Turn, type TurnOutcome } from "./turn.ts";

export interface PlanTurnDeps extends PrepareDeps, MakeCallDeps {
  /** Asks the router who does the parts. Faults: unavailable, and those of deciding. */
  readonly expandPlan: (ask: PlanAsk) => Promise<Result<ExpandedPlan>>;
  readonly sealTexts: (runId: string, texts: RunTexts) => Promise<Result<string>>;
}

/** A plan that was drafted, and what the turn did for it; an outcome without one is handed on as it is. */
interface Drafted {
  readonly draft: PlanDraft | null;
  readonly outcome: TurnOutcome;
}

/** Waits between tries to have a draft decided: a router that is being deployed anew is back within them. */
const WAITS_MS = [5_000, 30_000, 120_000, 300_000] as const;

const ownRow = ({ loaded, stepId }: Turn) => loaded.steps.find((step) => step.stepId === stepId);

/** A draft that an earlier turn paid for and could not have decided. null = there is none. Faults: unavailable, malformed_data. */
async function readKept(turn: Turn, deps: PlanTurnDeps): Promise<Result<Drafted | null>> {
  const key = ownRow(turn)?.outputKey ?? null;
  const text = key === null ? ok(null) : await deps.readOutput(key);
  if (!text.ok || text.value === null) return text.ok ? ok(null) : text;
  const draft = readPlanDraft(text.value);
  return draft.ok
    ? ok({ draft: draft.value, outcome: plainOutcome({ kind: "returned", stepId: turn.stepId }) })
    : draft;
}

/** Nobody could be asked: the task's own structure stands in, and what was booked stays so. */
function withoutAnswer(turn: Turn, outcome: TurnOutcome): Drafted {
  const { failure } = outcome;
  if (failure === "canceled" || failure === "texts_erased") return { draft: null, outcome };
  const draft: PlanDraft = { by: "splitter", reason: "no_answer" };
  const name = `${turn.calls.length + (outcome.booking === null ? 0 : 1)}-none`;
  return { draft, outcome: { ...outcome, output: { name, text: writePlanDraft(draft) } } };
}

/** The paid part: one call for a plan. null = the lease was lost. */
async function callPlanner(turn: Turn, deps: PlanTurnDeps): Promise<Result<Drafted | null>> {
  const prepared = await prepareCall(turn, deps);
  if (!prepared.ok) return prepared;
  const made =
    prepared.value.kind === "outcome"
      ? ok(prepared.value.outcome)
      : await makeCall(turn, prepared.value.prepared, deps);
  if (!made.ok || made.value === null) return made.ok ? ok(null) : made;
  const outcome = made.value;
  if (outcome.event.kind === "failed") return ok(withoutAnswer(turn, outcome));
  if (outcome.event.kind !== "done" || outcome.output === null) return ok({ draft: null, outcome });
  const draft = readPlanDraft(outcome.output.text);
  return draft.ok ? ok({ draft: draft.value, outcome }) : draft;
}

const keyOf = ({ model, effort }: RunModel): string => `${model} ${effort}`;

/** Models of both, each once, at the price that the run was accepted with. */
const withModels = (own: readonly RunModel[], added: readonly RunModel[]): readonly RunModel[] => {
  const known = new Set(own.map(keyOf));
  return [...own, ...added.filter((model) => !known.has(keyOf(model)))];
};

interface Decided {
  readonly expanded: ExpandedPlan;
  readonly sealedTexts: string;
}

/** The draft with everybody chosen, and the run's words with those of its parts. Faults: those of expandPlan(), malformed_data. */
async function decideDraft(turn: Turn, draft: PlanDraft, deps: PlanTurnDeps): Promise<Result<Decided>> {
  const { runId, loaded, sealedTexts } = turn;
  const { tenantId, decisionId, kind, settings, approvalId } = loaded.row;
  const texts = await deps.openTexts(runId, sealedTexts ?? "");
  if (!texts.ok) return texts;
  const { planning, ...words } = texts.value;
  if (planning === undefined || settings.planning === undefined || decisionId === null)
    return fail({ kind: "malformed_data", what: "run", detail: "it was not accepted to be planned" });
  const of = { tenantId, runId, decisionId, attempt: settings.firstAttempt, isApproved: approvalId !== null };
  const ask = { ...of, facts: settings.planning };
  const expanded = await deps.expandPlan({ ...ask, ...planning, draft, mode: kind === "plan" ? "plan" : "swarm" });
  if (!expanded.ok) return expanded;
  const { parts, roles } = expanded.value;
  const sealed = await deps.sealTexts(runId, { ...words, parts, roles });
  return sealed.ok ? ok({ expanded: expanded.value, sealedTexts: sealed.value }) : sealed;
}

/** The draft is kept, so that a later turn pays for no other; after the last wait the step fails, and it is kept all the same. */
function toUndecided(turn: Turn, outcome: TurnOutcome, fault: Fault): TurnOutcome {
  const { stepId, calls } = turn;
  const made = calls.length + (outcome.booking === null ? 0 : 1);
  const waitMs = WAITS_MS[Math.max(0, (ownRow(turn)?.attempts ?? 1) - Math.max(1, made))];
  const paid = { booking: outcome.booking, output: outcome.output };
  const lastError = toDetail(fault);
  if (!isRetryable(fault)) return { ...failedOutcome(stepId, "parts_undecided", lastError), ...paid };
  if (waitMs === undefined) return { ...failedOutcome(stepId, "router_unreached", lastError), ...paid };
  return {
    ...plainOutcome({ kind: "returned", stepId }),
    ...paid,
    ...{ failure: "router_unreached", lastError, waitMs },
    note: { kind: "step_retry", data: { failure: "router_unreached", status: null, waitMs, isRetry: true } },
  };
}

function toPlanned(turn: Turn, { draft, outcome }: Drafted, { expanded, sealedTexts }: Decided): TurnOutcome {
  const { stepId, models } = turn;
  const { plan, gateReason } = expanded;
  const requiresApproval = gateReason !== null;
  const data = {
    planned_by: draft?.by ?? "splitter",
    reason: draft?.by === "splitter" ? draft.reason : null,
    parts: Object.keys(expanded.parts).length,
    requires_approval: requiresApproval,
  };
  return {
    ...plainOutcome({ kind: "planned", stepId, plan, requiresApproval }),
    ...{ booking: outcome.booking, output: outcome.output },
    note: { kind: "planned", data },
    expansion: {
      ...{ sealedTexts, gateReason, governanceEvents: expanded.governanceEvents },
      models: withModels(models, expanded.models),
    },
  };
}

/**
 * A plan step: one paid call for a draft, or the one that an earlier turn kept; then the router decides its parts, and
 * the outcome carries the steps that follow. A draft that was paid for is never paid for again once it is saved.
 * null = the lease was lost. Faults: unavailable and malformed_data, with nothing sent.
 */
export async function performPlan(turn: Turn, deps: PlanTurnDeps): Promise<Result<TurnOutcome | null>> {
  const kept = await readKept(turn, deps);
  if (!kept.ok) return kept;
  const drafted = kept.value === null ? await callPlanner(turn, deps) : ok(kept.value);
  if (!drafted.ok || drafted.value === null) return drafted.ok ? ok(null) : drafted;
  const { draft, outcome } = drafted.value;
  if (draft === null) return ok(outcome);
  // Deciding twenty parts takes a moment: a call may have left little of the lease. Whether it stands is seen when it is settled.
  await deps.holdLease(turn, true);
  const decided = await decideDraft(turn, draft, deps);
  return ok(decided.ok ? toPlanned(turn, drafted.value, decided.value) : toUndecided(turn, outcome, decided.fault));
}
