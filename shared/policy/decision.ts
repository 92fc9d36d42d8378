import type { FilterName } from "../base/fault.ts";
import type { Catalog, Domain, Effort, PriceTier } from "../catalog/model.ts";
import type { Classification } from "../task/classification.ts";
import type { Band, Driver, Need, Policy, Preset, RunMode } from "./policy.ts";

/** What a caller asks of route beside the task text; absent = not asked. Parsed and validated at the door. */
export interface RouteRequest {
  readonly band: Band | null;
  /** Worth of this very task in integer micro-dollars; used without the complexity weights. */
  readonly valueMicroUsd: number | null;
  /** What all attempts of the decision together may be expected to cost, micro-dollars; null = no such limit. */
  readonly maxMicroUsd: number | null;
  readonly preset: Preset | null;
  readonly mode: RunMode | null;
  /** "external" declares that a check outside (CI, a person) will give verdicts. */
  readonly verifier: "external" | null;
  readonly needs: readonly Need[];
  readonly constraints: {
    readonly allow: readonly string[];
    readonly exclude: readonly string[];
    readonly minContextTokens: number | null;
    readonly driver: Driver | null;
    readonly provider: string | null;
  };
}

/** A request that asks nothing. */
export const PLAIN_REQUEST: RouteRequest = {
  band: null,
  valueMicroUsd: null,
  maxMicroUsd: null,
  preset: null,
  mode: null,
  verifier: null,
  needs: [],
  constraints: { allow: [], exclude: [], minContextTokens: null, driver: null, provider: null },
};

/**
 * What this tenant's finished attempts of one model on the decision's task type say, each weighed by its age: the sum
 * of w (y - predicted P), the sum of w, and how many they were.
 */
export interface OutcomeSum {
  readonly modelId: string;
  readonly residual: number;
  readonly weight: number;
  readonly count: number;
}

/** Rate limits and open circuits of providers, as rows that decide() reads. Empty until the executor writes them. */
export interface ProviderState {
  readonly excluded: readonly { readonly provider: string; readonly reason: string }[];
  readonly penalties: readonly { readonly provider: string; readonly microUsd: number; readonly reason: string }[];
}

/** Constraints a governance role puts on a pick; governance returns them, decide() never imports it. */
export interface GovernanceConstraints {
  readonly role: string;
  /** A single id is a pin: it is admitted though no ability of it is known, whatever kind of entry it is. */
  readonly allow: readonly string[];
  readonly maxPromptMicroUsdPerMillion: number | null;
  /** A model of unknown speed stays. */
  readonly minOutputTokensPerSecond: number | null;
}

/** Measured quality of a verifier: TPR + TNR - 1 with its lower 95 % bound, and its price per verdict. */
export interface VerifierQuality {
  readonly kind: "judge" | "external";
  readonly j: number;
  readonly jLower: number;
  readonly microUsdPerVerdict: number;
}

export interface DecideInput {
  readonly classification: Classification;
  readonly catalog: Catalog;
  readonly policy: Policy;
  readonly request: RouteRequest;
  /** Of the classification's task type, one a model at most. */
  readonly outcomes: readonly OutcomeSum[];
  readonly providerState: ProviderState;
  readonly governance: GovernanceConstraints | null;
  /** null = no verifier of known quality. */
  readonly verifier: VerifierQuality | null;
}

/** Expectations of one candidate; success in [0,1], provider money in integer micro-dollars, time in minutes, utility in USD. */
export interface Expected {
  readonly success: number;
  readonly costMicroUsd: number;
  readonly minutes: number;
  readonly utilityUsd: number;
}

export interface Pick {
  readonly model: string;
  readonly effort: Effort;
  readonly vendor: string;
  readonly provider: string;
  readonly driverKind: Driver;
  readonly priceTier: PriceTier;
  readonly expected: Expected;
  /** Things a reader must know about the numbers: `extrapolated_ability`, `unlinked_ability`, `assumed_speed`, `median_speed`,
   * `profile_cost` (token profile, not measured runs), `assumed_cache_price` (no cache-read price is known: repeated prompt
   * tokens at the prompt price), `off_hull` (tried before or after others; no single pick would be it). */
  readonly flags: readonly string[];
}

/** A pick at its place in the sequence of attempts. */
export interface Attempt extends Pick {
  /** Expectations when its turn comes, which is after all attempts before it failed; those of the first are its own. */
  readonly expectedInTurn: Expected;
  /** What to run when this pick cannot be reached: the same model elsewhere, then others by worth, other provider or vendor
   * first. Distinct models, none that failed before; at most three, valued as in this attempt's turn. */
  readonly fallbacks: readonly Pick[];
}

/**
 * Why no attempt follows the last: the most that a decision names are named, the next would cost more than it is
 * worth, or would pass the request's budget for all attempts, or no other model is left within constraints and floor.
 */
export const ESCALATION_ENDS = ["limit", "not_worth_its_cost", "budget", "none_left"] as const;
export type EscalationEnd = (typeof ESCALATION_ENDS)[number];

export interface Gate {
  readonly requiresApproval: boolean;
  readonly reason: string;
}

/** The comparison of cascade and single that chose the mode; null values where no chain was worth valuing. */
export interface ModeComparison {
  readonly chosen: RunMode;
  readonly reason: string;
  readonly singleUtilityUsd: number;
  readonly cascadeUtilityUsd: number | null;
}

/** decide()'s answer: everything but id, tenant and time. Stored whole and recomputed from its receipt. */
export interface DecisionCore {
  readonly pick: Pick;
  /** Of the decision as it will run: the pick's own, or the whole chain's (verdicts included) when mode is cascade. */
  readonly expected: Expected;
  readonly mode: RunMode;
  readonly modeComparison: ModeComparison;
  /** Chain of picks to try in order when mode is cascade (first = pick); else just the pick. At most three. */
  readonly chain: readonly Attempt[];
  /** Where to go when every attempt so far was rejected: the most valuable next model given those failures, if worth its cost. */
  readonly escalation: readonly Attempt[];
  readonly escalationEnd: EscalationEnd;
  /** The request's budget for all attempts, micro-dollars; the costs in turn of chain and escalation add up to no more. */
  readonly maxMicroUsd: number | null;
  /** The cost-quality hull of the kept set, cheapest first, the pick included. */
  readonly alternatives: readonly Pick[];
  readonly gate: Gate;
  readonly rationale: string;
  readonly domain: Domain;
  /** V that was used, integer micro-dollars, and where it came from. */
  readonly value: {
    readonly microUsd: number;
    readonly from: "request" | "preset" | "policy";
    readonly weighted: boolean;
  };
  readonly floor: { readonly applied: boolean; readonly margin: number | null; readonly bestSuccess: number };
  readonly candidates: { readonly considered: number; readonly removed: Readonly<Partial<Record<FilterName, number>>> };
}
