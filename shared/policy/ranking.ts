import type { Classification } from "../task/classification.ts";
import type { Reach } from "./candidate.ts";
import type { DecideInput } from "./decision.ts";
import type { FeedbackSum } from "./feedback.ts";
import { PARAMETERS } from "./parameters.ts";
import type { RankEntry, RankList } from "./rank-list.ts";
import { predictSuccess, toTold } from "./success.ts";
import { toStrata } from "./task-terms.ts";

/** What the objective `score` reads: a list made ahead of the request, and what acts on top of it. */
export interface RankInput extends Pick<DecideInput, "policy" | "request" | "providerState" | "governance"> {
  /** Of the catalogue that is served and the mix that was asked for. */
  readonly list: RankList;
  /** null where the request named a category: nothing is known of the task's difficulty then. */
  readonly classification: Classification | null;
  /** Of the category and tags that were asked for, one a model at most. */
  readonly feedback: readonly FeedbackSum[];
  /** How many rows are wanted. */
  readonly count: number;
}

/** A row of the objective `score` with what is told about it. */
export interface RankedModel {
  readonly entry: RankEntry;
  /** What it was ordered by. */
  readonly score: number;
  /** Mean success of the tenant's own feedback, 0..100; null without any. */
  readonly personalScore: number | null;
  /** P(success) in [0,1], feedback and driver preference included. */
  readonly confidence: number;
  /** What feedback added to P, and a hundredfold to the score. */
  readonly correction: number;
  readonly reach: Reach;
}

export interface Ranking {
  readonly ranked: readonly RankedModel[];
  /** How many rows passed the filters. */
  readonly considered: number;
}

/** P(success) of a row; one that nothing speaks for has the least that is ever told. */
export function toConfidence(
  entry: RankEntry,
  classification: Classification | null,
  moved: { readonly correction: number; readonly bonus: number },
): number {
  if (entry.ability === null) return PARAMETERS.probabilityBounds.min;
  return toTold(predictSuccess(entry.ability, toStrata(classification, false)), moved);
}
