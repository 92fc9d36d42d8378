import type { Effort } from "../model.ts";
import type { ModelFacts } from "./model-facts.ts";

/** What the list says of a model beside the facts every source gives. */
export interface OpenRouterModel extends ModelFacts {
  /** Dated name of the snapshot behind the id. */
  readonly canonicalSlug: string | null;
  readonly huggingFaceId: string | null;
  /** ISO date after which the id is gone; null = none announced. */
  readonly expires: string | null;
  /** Id that a floating alias stands for today, where the list says so. */
  readonly aliasTarget: string | null;
  /** Reasoning efforts it takes, weakest first; empty = not stated. */
  readonly efforts: readonly Effort[];
  readonly defaultEffort: Effort | null;
}
