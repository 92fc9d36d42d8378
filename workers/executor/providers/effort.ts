import type { Effort } from "../../../shared/catalog/model.ts";
import type { Dialect } from "./endpoint.ts";

type Words = Readonly<Partial<Record<Exclude<Effort, "default">, string>>>;

/** How the models of one dialect are told their effort; the first rule whose pattern fits a model's own name counts. */
interface EffortRule {
  readonly dialect: Dialect;
  readonly models: RegExp;
  /** `word`: the provider's own word. `budget`: a number of thinking tokens. `nothing`: the model has no such choice. */
  readonly by: "word" | "budget" | "nothing";
  readonly words?: Words;
  /** Smallest and largest number of thinking tokens that the model takes. */
  readonly budget?: readonly [number, number];
  /** Whether thinking can be turned off. */
  readonly canBeOff: boolean;
  readonly temperature: "kept" | "dropped_when_thinking" | "dropped";
}

const ALL_WORDS: Words = {
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
};
/** Three words; what lies outside is moved inwards. */
const THREE_WORDS: Words = { minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high", max: "high" };

/**
 * From the providers' documentation, as of November 2026. An effort that a model does not know becomes the nearest one
 * below it where there is one: an effort is a cost, and a run must not cost more than was decided.
 */
const EFFORT_RULES: readonly EffortRule[] = [
  {
    dialect: "openrouter",
    models: /./,
    by: "word",
    words: { ...ALL_WORDS, none: "none" },
    canBeOff: false,
    temperature: "kept",
  },
  {
    dialect: "openai",
    models: /^(o\d|gpt-5)(?!.*-chat)/,
    by: "word",
    words: { ...ALL_WORDS, none: "none", max: "xhigh" },
    canBeOff: false,
    temperature: "dropped",
  },
  { dialect: "openai", models: /./, by: "nothing", canBeOff: false, temperature: "kept" },
  {
    dialect: "plain",
    models: /./,
    by: "word",
    words: { ...THREE_WORDS, none: "none" },
    canBeOff: false,
    temperature: "kept",
  },
  {
    dialect: "anthropic",
    models: /^claude-(opus|sonnet)-4-6/,
    by: "word",
    words: { ...THREE_WORDS, max: "max" },
    canBeOff: true,
    temperature: "dropped_when_thinking",
  },
  {
    // 4.7 and later: they take no sampling parameters at all.
    dialect: "anthropic",
    models: /^claude-(opus-4-[78]|(opus|sonnet)-5(?!-\d\b)|haiku-5)/,
    by: "word",
    words: { ...ALL_WORDS, minimal: "low" },
    canBeOff: true,
    temperature: "dropped",
  },
  {
    dialect: "anthropic",
    models: /^claude-[a-z]+-([5-9]|\d\d)\b/,
    by: "word",
    words: { ...ALL_WORDS, none: "low", minimal: "low" },
    canBeOff: false,
    temperature: "dropped",
  },
  {
    dialect: "anthropic",
    models: /^claude-((opus|sonnet|haiku)-4|3-7)/,
    by: "budget",
    budget: [1_024, 32_000],
    canBeOff: true,
    temperature: "dropped_when_thinking",
  },
  { dialect: "anthropic", models: /./, by: "nothing", canBeOff: false, temperature: "kept" },
  {
    dialect: "google",
    models: /^gemini-[3-9].*flash/,
    by: "word",
    words: { ...THREE_WORDS, none: "minimal", minimal: "minimal" },
    canBeOff: false,
    temperature: "kept",
  },
  {
    dialect: "google",
    models: /^gemini-[3-9]/,
    by: "word",
    words: { ...THREE_WORDS, none: "low" },
    canBeOff: false,
    temperature: "kept",
  },
  {
    dialect: "google",
    models: /^gemini-2\.5-pro/,
    by: "budget",
    budget: [128, 32_768],
    canBeOff: false,
    temperature: "kept",
  },
  {
    dialect: "google",
    models: /^gemini-2\.5/,
    by: "budget",
    budget: [512, 24_576],
    canBeOff: true,
    temperature: "kept",
  },
  { dialect: "google", models: /./, by: "nothing", canBeOff: false, temperature: "kept" },
];

/** Share of the output limit that may be thought, by effort; the shares that OpenRouter documents for such models. */
const BUDGET_SHARES: Readonly<Record<Exclude<Effort, "default">, number>> = {
  none: 0,
  minimal: 0.1,
  low: 0.2,
  medium: 0.5,
  high: 0.8,
  xhigh: 0.9,
  max: 0.95,
};

/** What to tell a provider about effort; `unset` = say nothing. */
export type EffortSetting =
  | { readonly kind: "unset" }
  | { readonly kind: "off" }
  | { readonly kind: "word"; readonly word: string }
  | { readonly kind: "budget"; readonly tokens: number };

export interface EffortChoice {
  readonly setting: EffortSetting;
  /** Whether a temperature may be sent along. */
  readonly keepsTemperature: boolean;
}

interface Asked {
  readonly dialect: Dialect;
  /** The endpoint's own name of the model. */
  readonly model: string;
  readonly effort: Effort;
  readonly maxOutputTokens: number;
}

function toSetting(rule: EffortRule, { effort, maxOutputTokens }: Asked): EffortSetting {
  if (effort === "default" || rule.by === "nothing") return { kind: "unset" };
  if (effort === "none" && rule.canBeOff) return { kind: "off" };
  if (rule.by === "word") {
    const word = rule.words?.[effort];
    return word === undefined ? { kind: "unset" } : { kind: "word", word };
  }
  const [least, most] = rule.budget ?? [0, 0];
  const tokens = Math.min(most, Math.max(least, Math.floor(maxOutputTokens * BUDGET_SHARES[effort])));
  // Thinking counts against the output limit: where nothing would be left for an answer, it is turned off if it can be.
  if (tokens < maxOutputTokens) return { kind: "budget", tokens };
  return rule.canBeOff ? { kind: "off" } : { kind: "unset" };
}

/** How this model of this dialect is told the effort of a call. */
export function toEffortChoice(asked: Asked): EffortChoice {
  const rule = EFFORT_RULES.find(({ dialect, models }) => dialect === asked.dialect && models.test(asked.model));
  if (rule === undefined) return { setting: { kind: "unset" }, keepsTemperature: true };
  const setting = toSetting(rule, asked);
  const isThinking = setting.kind === "word" || setting.kind === "budget";
  const isDropped = rule.temperature === "dropped" || (rule.temperature === "dropped_when_thinking" && isThinking);
  return { setting, keepsTemperature: !isDropped };
}
