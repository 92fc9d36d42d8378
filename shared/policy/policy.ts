import defaultPolicyJson from "../data/default-policy.json" with { type: "json" };
import parametersJson from "../data/parameters.json" with { type: "json" };
import type { TaskType } from "../task/labels.ts";

/** Agent harnesses that can run a model. */
export const DRIVERS = ["claude", "codex", "grok", "gemini", "opencode", "api"] as const;
export type Driver = (typeof DRIVERS)[number];

/** Endpoints that serve a model; a deployment may configure more OpenAI-compatible ones under other names. */
export const PROVIDERS = ["openrouter", "anthropic", "google", "openai"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** Budget words: a ceiling on prompt USD per 1M tokens (1, 5, 20, none). */
export const BANDS = ["low", "medium", "high", "any"] as const;
export type Band = (typeof BANDS)[number];

/** Presets of V, the worth of a solved medium task in USD (1, 5, 20). */
export const PRESETS = ["frugal", "balanced", "quality"] as const;
export type Preset = (typeof PRESETS)[number];

export const RUN_MODES = ["single", "collective", "cascade", "plan", "swarm"] as const;
export type RunMode = (typeof RUN_MODES)[number];

export const NEEDS = ["vision", "tools", "json", "reasoning", "long-context"] as const;
export type Need = (typeof NEEDS)[number];

/** Caps in integer micro-dollars; null = the shipped cap of a run, and none of the other kinds. */
export interface RunPolicy {
  readonly capMicroUsd: number | null;
  /** Of everything that one key ever runs. */
  readonly keyCapMicroUsd: number | null;
  /** Of everything that the tenant runs on one day (UTC). */
  readonly dayCapMicroUsd: number | null;
  /** How long results, artifacts and evidence are kept after a run's end. */
  readonly retentionDays: number;
}

/** A tenant's versioned configuration; every field is filled (the default policy is data/default-policy.json). */
export interface Policy {
  readonly preset: Preset;
  /** Worth of a solved medium task in integer micro-dollars; null = the preset's. */
  readonly valueMicroUsd: number | null;
  readonly band: Band;
  /** Model ids or `vendor/*` patterns; an empty allow list allows all. */
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  /** Drivers that may run at all; at least one. */
  readonly drivers: readonly Driver[];
  readonly providers: readonly string[];
  readonly floor: {
    readonly enabled: boolean;
    /** Largest shortfall of P from the best reachable P for hard work, and for high risk. */
    readonly hardMargin: number;
    readonly highRiskMargin: number;
  };
  readonly gate: {
    /** Calibrated P(high) from which approval is required, also when the label is not high. */
    readonly highRiskProbability: number;
  };
  /** Bonus in [0, 0.10] on P when a candidate's driver is preferred for the task type. */
  readonly driverPreference: Readonly<Partial<Record<TaskType, Readonly<Partial<Record<Driver, number>>>>>>;
  readonly usdPerMinute: { readonly default: number; readonly byTaskType: Readonly<Partial<Record<TaskType, number>>> };
  readonly storePromptText: boolean;
  /** Whether ratings and outcomes also go to the community. Absent = no: policies saved before it was asked keep their digest. */
  readonly shareOutcomes?: boolean;
  /** What runs may spend and how long they are kept. Absent = RUN_LIMITS: policies saved before it was asked keep their digest. */
  readonly runs?: RunPolicy;
  /** How long an identical request gets the same decision back. */
  readonly decisionTtlS: number;
}

/** How long results are kept where the policy does not say. */
export const RETENTION_DAYS = 7;

/** Ranges of a policy's fields; every schema that reads a policy is made of these. */
export const POLICY_LIMITS = {
  /** Entries of an allow or a deny list, and of the list of providers. */
  patternsMax: 200,
  providersMax: 20,
  /** One million dollars: above any worth of a task, below where micro-dollars lose exactness in sums. */
  valueMaxMicroUsd: 1_000_000_000_000,
  usdPerMinuteMax: 100,
  decisionTtlMaxS: 86_400,
  /** A year: what is wanted longer belongs in a store of the tenant's own. */
  retentionDaysMax: 365,
  driverBonusMax: parametersJson.driverBonusMax.value,
} as const;

/**
 * What a tenant without a policy of its own gets. The assertion only narrows texts to their closed lists, and a test
 * reads the file with the schema that reads every policy.
 */
export const defaultPolicy = defaultPolicyJson as Policy;
