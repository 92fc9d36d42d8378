/** Ability domains; one ability row per (model, effort, domain). */
export const DOMAINS = ["agentic_coding", "coding", "reasoning", "writing", "research", "vision", "general"] as const;
export type Domain = (typeof DOMAINS)[number];

export const EFFORTS = ["default", "none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type Effort = (typeof EFFORTS)[number];

export const PRICE_TIERS = ["premium", "standard", "budget"] as const;
export type PriceTier = (typeof PRICE_TIERS)[number];

/**
 * What kind of catalogue entry an id is. Only `model` is a candidate by itself; the others need an explicit allow.
 * `variant` is the same model under a second id: as a candidate of its own it would be the "next" model after itself.
 */
export const ENTRY_KINDS = ["model", "free", "batch", "floating", "variant", "router"] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Prices as integer micro-dollars per 1M tokens; null = the source does not say. */
export interface Prices {
  readonly promptMicroUsdPerMillion: number;
  readonly completionMicroUsdPerMillion: number;
  readonly cacheReadMicroUsdPerMillion: number | null;
  readonly cacheWriteMicroUsdPerMillion: number | null;
}

export interface Capabilities {
  readonly vision: boolean;
  readonly tools: boolean;
  readonly json: boolean;
  readonly reasoning: boolean;
}

/** Ability in one domain. `theta` is on the logit scale of decision-evidence 5.2, `score` the same anchored to 0..100. */
export interface Ability {
  readonly theta: number;
  readonly sd: number;
  readonly score: number;
  /** Names of the sources that carried rows into it, sorted. */
  readonly sources: readonly string[];
  readonly benchmarkCount: number;
  /** ISO date of the newest row, or null when no row carries one. */
  readonly newestDate: string | null;
  /** True where theta was quantile-matched from another domain's scale (sd is already doubled). */
  readonly extrapolated: boolean;
}

/** Expected provider cost of one medium task at domain-neutral factor 1. */
export interface MediumTaskCost {
  readonly microUsd: number;
  /** `measured` = mean of real runs; `profile` = token profile x prices. */
  readonly basis: "measured" | "profile";
  /** True where no cache-read price is known, so that repeated prompt tokens are billed at the prompt price. */
  readonly assumedCachePrice: boolean;
  readonly source: string;
}

export interface Speed {
  readonly outputTokensPerSecond: number | null;
  readonly timeToFirstTokenS: number | null;
}

/** One row of the catalogue: a model at one effort. `(id, effort)` is unique within a catalogue. */
export interface CatalogModel {
  readonly id: string;
  readonly effort: Effort;
  readonly name: string;
  /** Maker: the part of the id before the slash. */
  readonly vendor: string;
  readonly kind: EntryKind;
  readonly priceTier: PriceTier;
  readonly prices: Prices;
  readonly contextTokens: number;
  readonly maxOutputTokens: number | null;
  readonly capabilities: Capabilities;
  /** Unlinked domains are absent: no number is invented. */
  readonly abilities: Readonly<Partial<Record<Domain, Ability>>>;
  readonly cost: MediumTaskCost;
  readonly speed: Speed;
  /**
   * Newest value of each benchmark measured at this effort, in the benchmark's own unit (benchmark-table.ts); one that
   * does not say its effort stands at `default`.
   */
  readonly benchmarks: Readonly<Record<string, number>>;
  readonly releaseDate: string | null;
}

/** One whole snapshot; readers never see half of one. `version` is derived from the content. */
export interface Catalog {
  readonly version: string;
  readonly generatedAt: string;
  readonly models: readonly CatalogModel[];
  /** Mean and spread of linked theta per domain: the prior for an unlinked model. */
  readonly priors: Readonly<Partial<Record<Domain, { readonly thetaMean: number; readonly thetaSd: number }>>>;
  readonly attribution: readonly string[];
}
