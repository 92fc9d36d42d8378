import { assumedCost, type CostOf, isDearer, type ModelCost } from "./cost-tier.ts";
import { followEntry } from "./follow-entry.ts";
import { isReviewAgent } from "./review-tier.ts";
import {
  COMPLEXITY_TIERS,
  type ComplexityTier,
  ownMember,
  type RoutingFile,
  type RoutingIssue,
  toPointer,
  toStem,
} from "./routing-file.ts";

export const orchestratorOf = (file: RoutingFile): string => toStem(file.orchestrator ?? "Orchestrator");

const issue = (path: string, code: string, message: string): RoutingIssue => ({
  check: "tier_floor",
  path,
  code,
  message,
});

/**
 * Whether the orchestrator's model costs, tier by tier and before one is known, at least as much as that of every pinned
 * agent it dispatches: else a pinned agent would silently run on the cheaper model. A pinned reviewer counts at LARGE
 * too, to which an open HIGH risk lifts it while the orchestrator keeps its tier. Auto agents take no part.
 */
export function checkTierFloor(file: RoutingFile, costOf: CostOf = assumedCost): readonly RoutingIssue[] {
  const orchestrator = orchestratorOf(file);
  const pinned = file.pinned_agents.map(toStem);
  if (!pinned.includes(orchestrator))
    return [issue("/pinned_agents", "tier_floor_unpinned_orchestrator", `"${orchestrator}" has to be pinned.`)];
  const role = ownMember(file.agent_role_index, orchestrator) ?? "";
  return [null, ...COMPLEXITY_TIERS].flatMap((tier) => {
    const floor = costAt(file, { agent: orchestrator, tier, costOf });
    if (floor === null) return [];
    const path = tier === null ? toPointer("roles", role, "cost_tier") : toPointer("roles", role, "by_tier", tier);
    return pinned.flatMap((agent) => {
      const tiers = isReviewAgent(file, agent) ? [tier, "LARGE" as const] : [tier];
      const cost = tiers
        .map((at) => costAt(file, { agent, tier: at, costOf }))
        .find((one) => one !== null && isDearer(one.costTier, floor.costTier));
      if (!cost) return [];
      const says = `"${agent}" runs on ${cost.model} (${cost.costTier}) under ${floor.model} (${floor.costTier}).`;
      return [issue(path, "tier_floor_violated", says)];
    });
  });
}

interface Asked {
  readonly agent: string;
  readonly tier: ComplexityTier | null;
  readonly costOf: CostOf;
}

function costAt(file: RoutingFile, { agent, tier, costOf }: Asked): ModelCost | null {
  const role = ownMember(file.agent_role_index, agent);
  if (role === undefined) return null;
  const found = followEntry(file.roles, { role, tier });
  return typeof found === "string" ? null : costOf(found.entry.primary, found.entry.cost_tier);
}
