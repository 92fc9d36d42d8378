import type { Result } from "../base/result.ts";
import defaultPolicyJson from "../data/default-policy.json" with { type: "json" };
import parametersJson from "../data/parameters.json" with { type: "json" };
import type { TaskType } from "../task/labels.ts";
import { TASK_TYPE_LABELS } from "../task/labels.ts";
import {
  integerIn,
  listOf,
  mapOf,
  nullable,
  numberIn,
  oneOf,
  parseBoolean,
  parseObject,
  shapeOf,
  textLike,
} from "./strict-parser.ts";

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

export const NEEDS = ["vision", "tools", "json", "long-context"] as const;
export type Need = (typeof NEEDS)[number];

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
  /** How long an identical request gets the same decision back. */
  readonly decisionTtlS: number;
}

/** One million dollars: above any worth of a task, below where micro-dollars lose exactness in sums. */
const VALUE_MAX_MICRO_USD = 1_000_000_000_000;

const modelPattern = textLike(
  /^[^\s/*]{1,60}\/(\*|[^\s*]{1,140})$/,
  'a model id such as "vendor/model", or "vendor/*"',
);
const providerName = textLike(/^[a-z0-9][a-z0-9_-]{0,39}$/, "a provider name of lower-case letters, digits, - and _");
const margin = numberIn(0, 0.5);
const usdPerMinute = numberIn(0, 100);

const readPolicy = shapeOf<Policy>({
  preset: oneOf(PRESETS),
  valueMicroUsd: nullable(integerIn(1, VALUE_MAX_MICRO_USD)),
  band: oneOf(BANDS),
  allow: listOf(modelPattern, { min: 0, max: 500 }),
  deny: listOf(modelPattern, { min: 0, max: 500 }),
  drivers: listOf(oneOf(DRIVERS), { min: 1, max: DRIVERS.length }),
  providers: listOf(providerName, { min: 1, max: 40 }),
  floor: shapeOf<Policy["floor"]>({ enabled: parseBoolean, hardMargin: margin, highRiskMargin: margin }),
  gate: shapeOf<Policy["gate"]>({ highRiskProbability: numberIn(0, 1) }),
  driverPreference: mapOf(TASK_TYPE_LABELS, mapOf(DRIVERS, numberIn(0, parametersJson.driverBonusMax.value))),
  usdPerMinute: shapeOf<Policy["usdPerMinute"]>({
    default: usdPerMinute,
    byTaskType: mapOf(TASK_TYPE_LABELS, usdPerMinute),
  }),
  storePromptText: parseBoolean,
  decisionTtlS: integerIn(0, 86_400),
});

/** Reads a whole policy: every field must be there, unknown ones are refused. Faults: invalid_param, missing_param. */
export const parsePolicy = (json: unknown): Result<Policy> => readPolicy(json, "");

/**
 * Lays a partial policy over `base`, then reads the whole strictly. Objects with fixed fields (floor, gate,
 * usdPerMinute) merge field by field; lists and maps are replaced as they are. Faults as parsePolicy.
 */
export function mergePolicy(base: Policy, partial: unknown): Result<Policy> {
  const fields = parseObject(partial, "policy");
  if (!fields.ok) return fields;
  const merged: Record<string, unknown> = { ...base, ...fields.value };
  for (const name of ["floor", "gate", "usdPerMinute"] as const) {
    if (!Object.hasOwn(fields.value, name)) continue;
    const inner = parseObject(fields.value[name], name);
    if (!inner.ok) return inner;
    merged[name] = { ...base[name], ...inner.value };
  }
  return parsePolicy(merged);
}

function readDefaultPolicy(): Policy {
  const policy = parsePolicy(defaultPolicyJson);
  if (!policy.ok) throw new Error(`default-policy.json is no policy: ${JSON.stringify(policy.fault)}`);
  return policy.value;
}

/** What a tenant without a policy of its own gets. */
export const defaultPolicy: Policy = readDefaultPolicy();
