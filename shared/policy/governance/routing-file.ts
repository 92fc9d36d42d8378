/** The closed lists of a routing file. `complexity_tier` says how large a task is, `cost_tier` how dear a model may be. */
export const COMPLEXITY_TIERS = ["TRIVIAL", "SMALL", "MEDIUM", "LARGE"] as const;
export const COST_TIERS = ["low", "medium", "high"] as const;
export const LATENCY_TIERS = ["fast", "medium", "slow"] as const;
export const EFFORT_HINTS = ["low", "medium", "high"] as const;
export const DISPATCH_MODES = ["auto", "deterministic"] as const;

export type ComplexityTier = (typeof COMPLEXITY_TIERS)[number];
export type CostTier = (typeof COST_TIERS)[number];
export type LatencyTier = (typeof LATENCY_TIERS)[number];
export type EffortHint = (typeof EFFORT_HINTS)[number];
export type DispatchMode = (typeof DISPATCH_MODES)[number];

/** As the primary of a role: no model is named, the decision rule picks inside the role's constraints. */
export const AUTO_MODEL = "auto";
/** Every consumer is named by its file. */
export const AGENT_FILE_SUFFIX = ".agent.md";

/** Which models a role gets. Fields are spelled as in the document, so that a file of the reference imports unchanged. */
export interface RoutingEntry {
  readonly primary: string;
  /** In the order in which they are tried. */
  readonly fallbacks: readonly string[];
  readonly cost_tier: CostTier;
  readonly latency_tier: LatencyTier;
}

/** `default`, `role:<name>` (its top level) or `role:<name>@<TIER>` (its entry of that tier). */
export interface InheritedEntry {
  readonly inherit_from: string;
}

export type TierEntry = RoutingEntry | InheritedEntry;

export interface GovernanceRole extends RoutingEntry {
  readonly consumers: readonly string[];
  readonly reasoning_effort_hint: EffortHint;
  readonly by_tier: Readonly<Record<ComplexityTier, TierEntry>>;
}

/** Calls of a run that no agent asked for: finding its parts, judging an answer, making one answer of several. */
export const EXECUTOR_WORK = ["plan", "judge", "merge"] as const;
export type ExecutorWork = (typeof EXECUTOR_WORK)[number];

/** A routing file that passed validation. */
export interface RoutingFile {
  readonly version: string;
  readonly description?: string;
  readonly trace_id?: string;
  /** Files of agents that run on their role's top-level primary and on nothing else. */
  readonly pinned_agents: readonly string[];
  readonly roles: Readonly<Record<string, GovernanceRole>>;
  readonly agent_role_index: Readonly<Record<string, string>>;
  /** Who dispatches the others; "Orchestrator" where the file does not say. */
  readonly orchestrator?: string;
  /** Agents whose tier a HIGH unresolved risk lifts to LARGE; the reference's four where the file does not say. */
  readonly review_agents?: readonly string[];
  /** Which role does the work that a run adds by itself; what is not named is left to the plan. */
  readonly executor_roles?: Readonly<Partial<Record<ExecutorWork, string>>>;
}

/** Parts of the validation, each of which can be asked for alone. */
export type RoutingCheck = "shape" | "by_tier" | "effort_hint" | "role_index" | "tier_floor";

/** One thing wrong with a file; `path` is a JSON pointer into it. */
export interface RoutingIssue {
  readonly check: RoutingCheck;
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isOneOf = <T extends string>(list: readonly T[], value: unknown): value is T =>
  list.some((item) => item === value);

/** Own members alone: an agent called "constructor" is not one. */
export const ownMember = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/** A JSON pointer of its parts (RFC 6901). */
export const toPointer = (...parts: readonly (string | number)[]): string =>
  parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** What a request can name: the doors take as many characters, and nobody types what is not seen. */
const MAX_NAME = 200;

/** A name of an agent or a role that can be asked for: no blank around it, no control or format character in it. */
export const isAskableName = (name: string): boolean =>
  name !== "" && name.length <= MAX_NAME && name.trim() === name && !/[\p{Cc}\p{Cf}]/u.test(name);

/** "Planner.agent.md" and "Planner" name the same agent. */
export const toStem = (agent: string): string =>
  agent.endsWith(AGENT_FILE_SUFFIX) ? agent.slice(0, -AGENT_FILE_SUFFIX.length) : agent;
