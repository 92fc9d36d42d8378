import { CATEGORY_LABELS, type Category } from "../task/labels.ts";
import type { Ability, CatalogModel, Domain } from "./model.ts";

/**
 * Score from which a row counts as good at a kind of work: half-way between the anchors, which stand at 25 (GPT-4o of
 * November 2024) and 75 (Claude Sonnet 4.5).
 */
const GOOD_FROM = 50;
const USD = 1_000_000;

/** Words of the peer's catalogue: cheap below $0.50, fast from 100 and slow below 30 answer tokens a second. */
const CHEAP_BELOW_MICRO_USD = 0.5 * USD;
const FAST_FROM_TOKENS_PER_SECOND = 100;
const SLOW_BELOW_TOKENS_PER_SECOND = 30;
/** The peer's price line of its category "fast-cheap". */
const FAST_CHEAP_BELOW_MICRO_USD = USD;
/** The peer's window of its category "research". */
const RESEARCH_FROM_TOKENS = 100_000;
/** Of the capability `needs:long-context` (parameters.json, longContextTokens): half of the catalogue holds 100k. */
const LONG_CONTEXT_FROM_TOKENS = 200_000;

export const TAGS = [
  "long-context",
  "multimodal",
  "reasoning",
  "tool-use",
  "structured-output",
  "free",
  "cheap",
  "fast",
  "slow",
] as const;
export type Tag = (typeof TAGS)[number];

/** Domains whose abilities speak for a category, one of which has to be good; the rest is told by facts of the model. */
const SPEAKING: Readonly<Partial<Record<Category, readonly Domain[]>>> = {
  coding: ["coding", "agentic_coding"],
  reasoning: ["reasoning"],
  creative: ["writing"],
  research: ["research"],
};

/**
 * Kinds of work a row stands out in, in the order of CATEGORY_LABELS, by evidence: a score of at least 50 in a domain
 * of the kind, so that a row which was merely matched to a benchmark, may think or is dear belongs to none by that.
 * `research` also asks for 100k tokens of context, `vision` for image input (whatever its score), `fast-cheap` for a
 * price under $1 and no slow answers; `general` holds for every row.
 */
export function toCategories(model: CatalogModel): readonly Category[] {
  return CATEGORY_LABELS.filter((category) => belongsTo(model, category));
}

function belongsTo(model: CatalogModel, category: Category): boolean {
  if (category === "general") return true;
  if (category === "vision") return model.capabilities.vision;
  if (category === "fast-cheap")
    return model.prices.promptMicroUsdPerMillion < FAST_CHEAP_BELOW_MICRO_USD && !isSlow(model);
  if (category === "research" && model.contextTokens < RESEARCH_FROM_TOKENS) return false;
  return (SPEAKING[category] ?? []).some((domain) => isGood(model.abilities[domain]));
}

const isGood = (ability: Ability | undefined): boolean => ability !== undefined && ability.score >= GOOD_FROM;

/** Traits of a row, in the order of TAGS. A speed that is not known gives neither `fast` nor `slow`. */
export function toTags(model: CatalogModel): readonly Tag[] {
  const { capabilities, prices, speed } = model;
  const isFree = prices.promptMicroUsdPerMillion === 0 && prices.completionMicroUsdPerMillion === 0;
  const holds: Readonly<Record<Tag, boolean>> = {
    "long-context": model.contextTokens >= LONG_CONTEXT_FROM_TOKENS,
    multimodal: capabilities.vision,
    reasoning: capabilities.reasoning,
    "tool-use": capabilities.tools,
    "structured-output": capabilities.json,
    free: isFree,
    cheap: prices.promptMicroUsdPerMillion < CHEAP_BELOW_MICRO_USD,
    fast: (speed.outputTokensPerSecond ?? 0) >= FAST_FROM_TOKENS_PER_SECOND,
    slow: isSlow(model),
  };
  return TAGS.filter((tag) => holds[tag]);
}

const isSlow = ({ speed }: CatalogModel): boolean =>
  speed.outputTokensPerSecond !== null && speed.outputTokensPerSecond < SLOW_BELOW_TOKENS_PER_SECOND;

/**
 * Points of score (0..100) per USD, where USD = prompt plus completion price of 1M tokens each, as the peer counts it.
 * null for a row without a price: nothing per nothing is no number to sort by.
 */
export function toCostEfficiency(score: number, { prices }: Pick<CatalogModel, "prices">): number | null {
  const usd = (prices.promptMicroUsdPerMillion + prices.completionMicroUsdPerMillion) / USD;
  return usd > 0 ? score / usd : null;
}
