import type { Classification } from "../../task/classification.ts";
import type { Complexity } from "../../task/labels.ts";
import { GOVERNANCE_LIMITS } from "./governance-limits.ts";
import { COMPLEXITY_TIERS, type ComplexityTier } from "./routing-file.ts";

export interface TierReading {
  readonly tier: ComplexityTier;
  readonly complexity: Complexity;
  /** In [0,1]. */
  readonly scopeBreadth: number;
  /** True where the classifier abstained on complexity, so that the tier is the next larger one. */
  readonly abstained: boolean;
}

/** How large a classified task is: its complexity, lifted by how far the change reaches. */
export function toComplexityTier(
  classification: Pick<Classification, "complexity" | "complexity_sub" | "abstained_heads">,
): TierReading {
  const { baseOf, scopeSteps, abstainedStep } = GOVERNANCE_LIMITS.complexityTiers;
  const { label } = classification.complexity;
  const scopeBreadth = classification.complexity_sub.scope_breadth;
  const abstained = classification.abstained_heads.includes("complexity");
  const steps = scopeSteps.filter((from) => scopeBreadth >= from).length + (abstained ? abstainedStep : 0);
  const tier = COMPLEXITY_TIERS[Math.min(baseOf[label] + steps, COMPLEXITY_TIERS.length - 1)];
  if (tier === undefined) throw new Error(`no tier ${baseOf[label] + steps}: governance-limits.json is wrong`);
  return { tier, complexity: label, scopeBreadth, abstained };
}
