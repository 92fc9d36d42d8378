import type { GovernedPick } from "./pick-governed.ts";
import type { GovernedResolution } from "./resolve-governed.ts";
import type { ComplexityTier, DispatchMode } from "./routing-file.ts";

/** Whom a request speaks for; an agent, a role, or both where they agree. */
export interface GovernanceAsk {
  readonly agent: string | null;
  readonly role: string | null;
  /** null = read off the task. */
  readonly tier: ComplexityTier | null;
  readonly mode: DispatchMode;
}

/** What governance said of a decision, kept beside its receipt: the constraints in the receipt follow from it. */
export interface GovernedRecord {
  /** Of the tenant's routing file; 0 = the shipped one. */
  readonly version: number;
  readonly ask: GovernanceAsk;
  readonly resolution: GovernedResolution;
  readonly pick: GovernedPick;
}
