import { fail, ok, type Result } from "../../base/result.ts";
import { orchestratorOf } from "./check-tier-floor.ts";
import { assumedCost, type CostOf, type ModelCost } from "./cost-tier.ts";
import { resolveAgent, resolveRole } from "./resolve-agent.ts";
import {
  hasOpenHighRisk,
  isReviewAgent,
  type ReviewedResolution,
  type RiskReview,
  resolveReviewed,
} from "./review-tier.ts";
import {
  AUTO_MODEL,
  COMPLEXITY_TIERS,
  type ComplexityTier,
  type CostTier,
  type DispatchMode,
  isOneOf,
  ownMember,
  type RoutingFile,
  toStem,
} from "./routing-file.ts";
import { triedModels } from "./walk-fallbacks.ts";

/** An agent, a role, or both where they agree. */
export interface GovernedQuery {
  readonly agent: string | null;
  readonly role: string | null;
  /** A complexity tier; null = not known yet. */
  readonly tier: string | null;
  readonly mode: DispatchMode;
  readonly risks: readonly RiskReview[];
}

/** The orchestrator's own models at the tier, by which those of all others are capped. */
export interface MainModels {
  readonly agent: string;
  /** Of its first model. */
  readonly costTier: CostTier;
  /** Empty where the orchestrator's model is "auto". */
  readonly models: readonly ModelCost[];
}

export interface GovernedResolution extends Omit<ReviewedResolution, "agent"> {
  readonly agent: string | null;
  /** As asked; `tierUsed` is LARGE where an open HIGH risk lifted a review. */
  readonly tierAsked: ComplexityTier | null;
  /** In the order in which they are tried; empty where `isAuto`. */
  readonly models: readonly ModelCost[];
  /** No model is named: the decision rule picks inside the entry's constraints. */
  readonly isAuto: boolean;
  /** null = it is the orchestrator that asks, or the file has none. */
  readonly main: MainModels | null;
}

/**
 * What an agent or a role gets, each model with its own cost, and what caps it. A role asked by name reviews as soon as
 * one of its consumers does. Faults: `missing_param` and `invalid_param` of `role`, `not_found` as resolveAgent().
 */
export function resolveGoverned(
  file: RoutingFile,
  query: GovernedQuery,
  costOf: CostOf = assumedCost,
): Result<GovernedResolution> {
  const found =
    query.agent === null ? reviewedRole(file, query) : reviewedAgent(file, { ...query, agent: query.agent });
  if (!found.ok) return found;
  const resolution = found.value;
  const isAuto = query.mode === "auto" || resolution.primary === AUTO_MODEL;
  const models = isAuto ? [] : costsOf(resolution, costOf);
  const tierAsked = isOneOf(COMPLEXITY_TIERS, query.tier) ? query.tier : null;
  return ok({ ...resolution, tierAsked, isAuto, models, main: mainOf(file, { ...resolution, tierAsked }, costOf) });
}

type Resolved = Omit<ReviewedResolution, "agent"> & { readonly agent: string | null };

function reviewedAgent(file: RoutingFile, query: GovernedQuery & { readonly agent: string }): Result<Resolved> {
  const found = resolveReviewed(file, query);
  if (!found.ok || query.role === null || query.role === found.value.role) return found;
  if (!Object.hasOwn(file.roles, query.role)) return fail({ kind: "not_found", what: "role", id: query.role });
  const message = `Cannot use role "${query.role}": "${query.agent}" has the role "${found.value.role}".`;
  return fail({ kind: "invalid_param", field: "role", message });
}

function reviewedRole(file: RoutingFile, query: GovernedQuery): Result<Resolved> {
  const { role, risks } = query;
  if (role === null)
    return fail({
      kind: "missing_param",
      field: "role",
      message: "Cannot resolve nothing: an agent or a role is wanted.",
    });
  const consumers = ownMember(file.roles, role)?.consumers ?? [];
  const isLifted = hasOpenHighRisk(risks) && consumers.some((consumer) => isReviewAgent(file, consumer));
  const own = resolveRole(file, { ...query, role });
  const found = isLifted && own.ok ? resolveRole(file, { ...query, role, tier: "LARGE" }) : own;
  if (!found.ok) return found;
  const overrideReason = isLifted ? "unresolved_high_risk" : null;
  return ok({ ...found.value, agent: null, tierUsed: found.value.tier, overrideReason });
}

const costsOf = (entry: Pick<Resolved, "primary" | "fallbacks" | "costTier">, costOf: CostOf): readonly ModelCost[] =>
  triedModels(entry).map((model) => costOf(model, entry.costTier));

/** At the tier that was asked: who dispatches is lifted by no risk, and the cap is the model it really runs on. */
function mainOf(
  file: RoutingFile,
  { agent, role, tierAsked }: Pick<GovernedResolution, "agent" | "role" | "tierAsked">,
  costOf: CostOf,
): MainModels | null {
  const orchestrator = orchestratorOf(file);
  const isItself =
    agent === null ? ownMember(file.agent_role_index, orchestrator) === role : toStem(agent) === orchestrator;
  if (isItself) return null;
  const lead = resolveAgent(file, { agent: orchestrator, tier: tierAsked, mode: "deterministic" });
  if (!lead.ok) return null;
  const { primary, costTier } = lead.value;
  if (primary === AUTO_MODEL) return { agent: orchestrator, costTier, models: [] };
  const models = costsOf(lead.value, costOf);
  return { agent: orchestrator, costTier: models[0]?.costTier ?? costTier, models };
}
