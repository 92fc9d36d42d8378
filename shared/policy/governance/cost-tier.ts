import type { Resolver } from "../../catalog/aliases.ts";
import { AUTO_MODEL, COST_TIERS, type CostTier } from "./routing-file.ts";

/** Upper ends of the cost tiers, by list price of the prompt in micro-dollars per 1M tokens (data/governance-limits.json). */
export interface CostLimits {
  readonly lowToMicroUsdPerMillion: number;
  readonly mediumToMicroUsdPerMillion: number;
}

/** A model's own cost tier; `assumed` where the name has no price, so that the entry's tier is taken for it. */
export interface ModelCost {
  readonly model: string;
  readonly modelId: string | null;
  readonly costTier: CostTier;
  readonly assumed: boolean;
}

/** Cost of a model's name that stands in an entry of `entryTier`. */
export type CostOf = (model: string, entryTier: CostTier) => ModelCost;

export interface CostSources {
  /** Names to catalogue ids. */
  readonly resolve: Resolver;
  /** Prompt price of an id in micro-dollars per 1M tokens; undefined where none is known. */
  readonly promptPriceOf: (id: string) => number | undefined;
  readonly limits: CostLimits;
}

/** Without a catalogue every model is taken at its entry's word. */
export const assumedCost: CostOf = (model, entryTier) => ({ model, modelId: null, costTier: entryTier, assumed: true });

export const isDearer = (a: CostTier, b: CostTier): boolean => COST_TIERS.indexOf(a) > COST_TIERS.indexOf(b);

/**
 * The catalogue id of a name in a routing file; null where it has none. A last bracket names who serves the model
 * ("GPT-5.5 (copilot)") and is left out where the whole name is unknown; only that one, since "(Preview)" is a stage.
 */
export function resolveModelName(resolve: Resolver, name: string): string | null {
  for (const spelling of [name, name.replace(/\([^()]*\)\s*$/, "").trimEnd()]) {
    const found = resolve(spelling);
    if ("id" in found) return found.id;
  }
  return null;
}

/** Costs from a catalogue: an entry's tier says what it was meant to cost, a model's price what it does. */
export const toCostOf =
  ({ resolve, promptPriceOf, limits }: CostSources): CostOf =>
  (model, entryTier) => {
    const modelId = model === AUTO_MODEL ? null : resolveModelName(resolve, model);
    const price = modelId === null ? undefined : promptPriceOf(modelId);
    if (price === undefined) return { model, modelId, costTier: entryTier, assumed: true };
    return { model, modelId, costTier: toCostTier(price, limits), assumed: false };
  };

export function toCostTier(promptMicroUsdPerMillion: number, limits: CostLimits): CostTier {
  if (promptMicroUsdPerMillion <= limits.lowToMicroUsdPerMillion) return "low";
  return promptMicroUsdPerMillion <= limits.mediumToMicroUsdPerMillion ? "medium" : "high";
}

/** The dearest prompt price of a cost tier; null = none. */
export function toPriceCeiling(costTier: CostTier, limits: CostLimits): number | null {
  if (costTier === "high") return null;
  return costTier === "low" ? limits.lowToMicroUsdPerMillion : limits.mediumToMicroUsdPerMillion;
}

export interface CappedDispatch {
  /** What the dispatch really runs on. */
  readonly effectiveModel: string;
  readonly capped: boolean;
  /** What was asked for and its tier, where it was capped; to be reported, never swallowed. */
  readonly asked: { readonly model: string; readonly costTier: CostTier } | null;
}

type Priced = Pick<ModelCost, "model" | "costTier">;

/**
 * A sub-agent whose model is dearer than the main agent's runs on the main agent's: of two models as they are told, whether
 * or not they can be run. pickGoverned() caps what is run, by the same isDearer().
 */
export const capDispatch = (main: Priced, sub: Priced): CappedDispatch =>
  isDearer(sub.costTier, main.costTier)
    ? { effectiveModel: main.model, capped: true, asked: { model: sub.model, costTier: sub.costTier } }
    : { effectiveModel: sub.model, capped: false, asked: null };
