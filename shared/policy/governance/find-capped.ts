import { orchestratorOf } from "./check-tier-floor.ts";
import { assumedCost, type CappedDispatch, type CostOf, capDispatch } from "./cost-tier.ts";
import { resolveAgent } from "./resolve-agent.ts";
import { COMPLEXITY_TIERS, type ComplexityTier, type RoutingFile } from "./routing-file.ts";
import { triedModels } from "./walk-fallbacks.ts";

export interface CappedEntry extends CappedDispatch {
  readonly agent: string;
  readonly tier: ComplexityTier | null;
  /** Place in the entry's list: 0 = the primary. */
  readonly attempt: number;
  /** True where one of the two tiers is an entry's word and no price. */
  readonly assumed: boolean;
}

/**
 * Every model an agent may be given that would be run on the orchestrator's instead, by tier and place in the list. Each
 * model counts by its own cost, so that a cheap fallback of a dear entry is not capped and a dear one of a cheap is.
 */
export function findCapped(file: RoutingFile, costOf: CostOf = assumedCost): readonly CappedEntry[] {
  const orchestrator = orchestratorOf(file);
  const agents = Object.keys(file.agent_role_index).filter((agent) => agent !== orchestrator);
  return [null, ...COMPLEXITY_TIERS].flatMap((tier) => {
    const lead = resolveAgent(file, { agent: orchestrator, tier, mode: "deterministic" });
    if (!lead.ok) return [];
    const main = costOf(lead.value.primary, lead.value.costTier);
    return agents.flatMap((agent) => {
      const found = resolveAgent(file, { agent, tier, mode: "deterministic" });
      if (!found.ok) return [];
      const { costTier } = found.value;
      const models = triedModels(found.value);
      return models.flatMap((model, attempt) => {
        const sub = costOf(model, costTier);
        const cap = capDispatch(main, sub);
        return cap.capped ? [{ agent, tier, attempt, assumed: main.assumed || sub.assumed, ...cap }] : [];
      });
    });
  });
}
