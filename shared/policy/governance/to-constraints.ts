import { fail, ok, type Result } from "../../base/result.ts";
import type { Resolver } from "../../catalog/aliases.ts";
import type { GovernanceConstraints } from "../decision.ts";
import { type CostLimits, resolveModelName, toPriceCeiling } from "./cost-tier.ts";
import type { AgentResolution } from "./resolve-agent.ts";
import { AUTO_MODEL } from "./routing-file.ts";

/**
 * What a resolution leaves to the decision rule. A named model in deterministic mode is the only one allowed and its
 * price is not asked; "auto", as a model or as the mode, allows every model up to the entry's cost tier. Fault:
 * `not_found` where the catalogue has no such model.
 */
export function toConstraints(
  { role, primary, mode, costTier }: AgentResolution,
  { resolve, limits }: { readonly resolve: Resolver; readonly limits: CostLimits },
): Result<GovernanceConstraints> {
  if (mode === "auto" || primary === AUTO_MODEL)
    return ok({ role, allow: [], maxPromptMicroUsdPerMillion: toPriceCeiling(costTier, limits) });
  const id = resolveModelName(resolve, primary);
  if (id === null) return fail({ kind: "not_found", what: "model", id: primary });
  return ok({ role, allow: [id], maxPromptMicroUsdPerMillion: null });
}
