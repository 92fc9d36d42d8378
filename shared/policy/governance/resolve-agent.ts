import { fail, ok, type Result } from "../../base/result.ts";
import { type EntrySource, followEntry } from "./follow-entry.ts";
import {
  COMPLEXITY_TIERS,
  type ComplexityTier,
  type CostTier,
  type DispatchMode,
  type EffortHint,
  isOneOf,
  type LatencyTier,
  ownMember,
  type RoutingFile,
  toStem,
} from "./routing-file.ts";

export interface AgentQuery {
  /** By stem or by file name. */
  readonly agent: string;
  /** A complexity tier; null = not known yet. Any text may come from outside. */
  readonly tier: string | null;
  readonly mode: DispatchMode;
}

export interface AgentResolution {
  readonly agent: string;
  readonly role: string;
  readonly tier: ComplexityTier | null;
  readonly mode: DispatchMode;
  readonly source: EntrySource;
  readonly primary: string;
  readonly fallbacks: readonly string[];
  readonly costTier: CostTier;
  readonly latencyTier: LatencyTier;
  readonly reasoningEffortHint: EffortHint;
  /** True where the mode leaves the model to the platform: every field is advice then. */
  readonly isAdvisory: boolean;
}

/**
 * What an agent gets at a tier: its role's entry of that tier, inheritance followed, or the role's top level while no
 * tier is known. Faults: `not_found` of an agent, a tier or (in a file that was never validated) a role.
 */
export function resolveAgent(file: RoutingFile, { agent, tier, mode }: AgentQuery): Result<AgentResolution> {
  const stem = toStem(agent);
  const role = ownMember(file.agent_role_index, stem);
  if (role === undefined) return fail({ kind: "not_found", what: "agent", id: agent });
  const found = resolveRole(file, { role, tier, mode });
  return found.ok ? ok({ agent: stem, ...found.value }) : found;
}

/** As resolveAgent(), for a role asked by its own name. */
export function resolveRole(
  file: RoutingFile,
  { role, tier, mode }: Omit<AgentQuery, "agent"> & { readonly role: string },
): Result<Omit<AgentResolution, "agent">> {
  if (tier !== null && !isOneOf(COMPLEXITY_TIERS, tier)) return fail({ kind: "not_found", what: "tier", id: tier });
  const found = followEntry(file.roles, { role, tier });
  const owner = ownMember(file.roles, role);
  if (typeof found === "string" || owner === undefined) return fail({ kind: "not_found", what: "role", id: role });
  const { primary, fallbacks, cost_tier, latency_tier } = found.entry;
  return ok({
    role,
    tier,
    mode,
    source: found.source,
    ...{ primary, fallbacks, costTier: cost_tier, latencyTier: latency_tier },
    reasoningEffortHint: owner.reasoning_effort_hint,
    isAdvisory: mode === "auto",
  });
}
