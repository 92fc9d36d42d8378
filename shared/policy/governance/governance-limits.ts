import limitsJson from "../../data/governance-limits.json" with { type: "json" };
import type { Complexity } from "../../task/labels.ts";
import type { CostLimits } from "./cost-tier.ts";

/** Thresholds of governance; the numbers and why they are what they are stand in data/governance-limits.json alone. */
export interface GovernanceLimits extends CostLimits {
  /** Output speeds from which a model is fast, and from which it is medium. */
  readonly fastFromTokensPerSecond: number;
  readonly mediumFromTokensPerSecond: number;
  readonly complexityTiers: {
    /** Place in COMPLEXITY_TIERS of a label whose scope reaches no step. */
    readonly baseOf: Readonly<Record<Complexity, number>>;
    readonly abstainedStep: number;
    /** Scope breadths, in [0,1], each of which lifts the tier by one. */
    readonly scopeSteps: readonly number[];
  };
  readonly suggestions: {
    /** Finished uses of a role at a tier before anything is suggested for it. */
    readonly minOutcomes: number;
    /** Of each of two models that are compared. */
    readonly minOutcomesPerModel: number;
    /** Shares in [0,1] from here on. */
    readonly largestLossOfSuccess: number;
    readonly largestCostShare: number;
    readonly fallbackRate: number;
    readonly waitingRate: number;
    readonly cappedRate: number;
    readonly hintIgnoredRate: number;
  };
}

export const GOVERNANCE_LIMITS: GovernanceLimits = limitsJson;
