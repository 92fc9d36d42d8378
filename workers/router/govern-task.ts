import { fail, ok, type Result } from "../../shared/base/result.ts";
import { decide } from "../../shared/policy/decide.ts";
import type { DecideInput, DecisionCore } from "../../shared/policy/decision.ts";
import { toGate } from "../../shared/policy/gate.ts";
import { describeGoverned } from "../../shared/policy/governance/describe-governed.ts";
import type { GovernanceAsk, GovernedRecord } from "../../shared/policy/governance/governed-record.ts";
import { type GovernedPick, pickGoverned } from "../../shared/policy/governance/pick-governed.ts";
import { exceptModels, type Reachability, toReachability } from "../../shared/policy/governance/reachability.ts";
import { type GovernedResolution, resolveGoverned } from "../../shared/policy/governance/resolve-governed.ts";
import type { RiskReview } from "../../shared/policy/governance/review-tier.ts";
import { toComplexityTier } from "../../shared/policy/governance/to-complexity-tier.ts";
import { toRiskReview } from "../../shared/policy/governance/to-risk-review.ts";
import { MODEL_UNAVAILABLE_MAX } from "../../shared/policy/governance/walk-fallbacks.ts";
import type { RouterDeps } from "./deps.ts";
import { type GovernanceWorld, readGovernanceWorld } from "./governance-world.ts";
import type { RouteCommand } from "./route-command.ts";
import { NO_KEY } from "./unreachable.ts";

/** A request's ask and what answers it. */
export interface AskedWorld {
  readonly ask: GovernanceAsk;
  readonly world: GovernanceWorld;
}

/** The ask of a request with the world that answers it; null where it names neither agent nor role. */
export async function readAsked(
  { tenantId, governance, seen }: Pick<RouteCommand, "tenantId" | "governance" | "seen">,
  catalog: DecideInput["catalog"],
  deps: Pick<RouterDeps, "readGovernance" | "recallCatalogCosts">,
): Promise<Result<AskedWorld | null>> {
  if (governance === undefined) return ok(null);
  const world = seen?.file ? ok(seen.file) : await readGovernanceWorld(tenantId, catalog, deps);
  return world.ok ? ok({ ask: governance, world: world.value }) : world;
}

/** What governance reads of a task that is being decided. */
export type GovernedInput = Pick<DecideInput, "catalog" | "policy" | "request" | "providerState" | "classification">;

/** A task's risks as a review of its plan would name them; open until somebody approves. */
export const toRisks = (
  { classification, policy }: GovernedInput,
  approvalId: string | null = null,
): readonly RiskReview[] => toRiskReview(toGate(classification, policy), approvalId);

/**
 * What the role gets for this task: the tier is the task's own unless it is named, and a risk that holds the task back
 * lifts reviews. Faults: those of resolveGoverned().
 */
export function governTask(
  { approvalId = null, ...ask }: GovernanceAsk & { readonly approvalId?: string | null },
  input: GovernedInput,
  world: GovernanceWorld,
): Result<GovernedRecord> {
  const { stored, costs } = world;
  const tier = ask.tier ?? toComplexityTier(input.classification).tier;
  const resolution = resolveGoverned(stored.file, { ...ask, tier, risks: toRisks(input, approvalId) }, costs.costOf);
  if (!resolution.ok) return resolution;
  const pick = pickGoverned(resolution.value, toReachability(input));
  return ok({ version: stored.version, ask, resolution: resolution.value, pick });
}

/** Endpoints that nobody here has a key of; all other states pass. */
export const lasting = <T extends Pick<DecideInput, "providerState">>(input: T): T => ({
  ...input,
  providerState: { penalties: [], excluded: input.providerState.excluded.filter(({ reason }) => reason === NO_KEY) },
});

/** A decision with what governance said of it; `input` is what recomputes it. */
export interface GovernedCore {
  readonly core: DecisionCore;
  readonly input: DecideInput;
  readonly governed: GovernedRecord | null;
}

/**
 * decide() inside the constraints of the role that the request names; plain where it names none. With `mayWait` a role
 * whose models are only out of reach for now is decided all the same, to be run once somebody approves. Faults:
 * models_exhausted, those of governTask() and of decide().
 */
export function decideGoverned(
  input: DecideInput,
  asked: AskedWorld | null,
  { mayWait, approvalId = null }: { readonly mayWait: boolean; readonly approvalId?: string | null },
): Result<GovernedCore> {
  const governed = asked === null ? ok(null) : governTask({ ...asked.ask, approvalId }, input, asked.world);
  if (!governed.ok) return governed;
  if (asked === null || governed.value === null) return toGovernedCore(input, null);
  if (!governed.value.pick.waitingApproval) return toGovernedCore(input, governed.value);
  const later = mayWait ? governTask({ ...asked.ask, approvalId }, lasting(input), asked.world) : governed;
  if (!later.ok) return later;
  if (later.value.pick.waitingApproval) return toExhausted(governed.value);
  const { reasons, waitingApproval } = governed.value.pick;
  return toGovernedCore(lasting(input), { ...later.value, pick: { ...later.value.pick, reasons, waitingApproval } });
}

function toGovernedCore(input: DecideInput, governed: GovernedRecord | null): Result<GovernedCore> {
  const constrained = { ...input, governance: governed?.pick.constraints ?? null };
  const core = decide(constrained);
  return core.ok ? ok({ core: core.value, input: constrained, governed }) : core;
}

/** Why nothing can be decided for a role whose models are gone. */
export function toExhausted({ resolution, pick }: Pick<GovernedRecord, "resolution" | "pick">): Result<never> {
  const tried = pick.reasons
    .filter(({ code }) => code === "unreachable")
    .map(({ model, detail }) => ({ model, why: detail }));
  return fail({ kind: "models_exhausted", message: describeGoverned(resolution, pick), tried });
}

/** The models of a role that can be run, in the order in which they are tried, the cap held for each; never others. */
export function listGoverned(resolution: GovernedResolution, reachability: Reachability): readonly GovernedPick[] {
  const picks: GovernedPick[] = [];
  while (picks.length <= MODEL_UNAVAILABLE_MAX) {
    const gone = picks.flatMap(({ model }) => model?.modelId ?? []);
    const pick = pickGoverned(resolution, exceptModels(reachability, gone));
    if (pick.model === null) break;
    picks.push(pick);
  }
  return picks;
}
