import { clamp } from "../base/stats.ts";
import type { Category } from "../task/labels.ts";
import { PARAMETERS } from "./parameters.ts";

/**
 * What one or several finished pieces of work say about a model in a category, weighed by age. Of the tenant itself: one
 * rating or one decision's outcome. Of the community: all that the other tenants who share say, each with its capped
 * weight; then `y` and `predictedP` are their weighted means.
 */
export interface FeedbackObservation {
  readonly origin: "own" | "community";
  readonly modelId: string;
  readonly category: Category;
  /** Success in [0,1]. */
  readonly y: number;
  /** P that was predicted for it: its decision's, else the catalogue's for a task of unknown difficulty. */
  readonly predictedP: number;
  readonly weight: number;
  readonly tags: readonly string[];
  readonly count: number;
}

/** What feedback adds to one model for the category and tags that were asked for. */
export interface FeedbackSum {
  readonly modelId: string;
  /** Added to P(success): own feedback over the community's prior, partially pooled by tag. */
  readonly correction: number;
  /** Mean success of the tenant's own feedback as it was given, 0..100, newer weighing more; null without any. */
  readonly personalScore: number | null;
  readonly count: number;
  readonly communityCount: number;
}

/** Sums over some observations: of the weights, of w (y - predictedP), of w predictedP, and how many they stand for. */
interface Totals {
  readonly weight: number;
  readonly residual: number;
  readonly predicted: number;
  readonly count: number;
}

const NOTHING: Totals = { weight: 0, residual: 0, predicted: 0, count: 0 };

const add = (totals: Totals, { y, predictedP, weight, count }: FeedbackObservation): Totals => ({
  weight: totals.weight + weight,
  residual: totals.residual + weight * (y - predictedP),
  predicted: totals.predicted + weight * predictedP,
  count: totals.count + count,
});

/** Share of the asked tags that an observation carries, so that one with two of them is not counted twice. */
const toOverlap = (tags: readonly string[], asked: readonly string[]): number =>
  asked.length === 0 ? 0 : asked.filter((tag) => tags.includes(tag)).length / asked.length;

interface ModelTotals {
  readonly own: Totals;
  /** The own observations again, each weighed by its overlap with the asked tags. */
  readonly tagged: Totals;
  readonly community: Totals;
}

/** The shift of the prior by the community: its mean residual, shrunk and bounded. */
function toCommunityShift({ residual, weight }: Totals): number {
  const { n0, shiftMax } = PARAMETERS.feedback.community;
  return clamp(residual / (n0 + weight), -shiftMax, shiftMax);
}

/**
 * Two steps of one shrinkage. In the category: s + sum w (y - P - s) / (n0 + sum w), s the community's shift, which own
 * evidence replaces as it grows. Then for the asked tags: what is left of their residuals, shrunk by the tags' own n0.
 */
function toCorrection({ own, tagged, community }: ModelTotals): number {
  const shift = toCommunityShift(community);
  const category = shift + (own.residual - own.weight * shift) / (PARAMETERS.outcomes.n0 + own.weight);
  return category + (tagged.residual - tagged.weight * category) / (PARAMETERS.feedback.tagN0 + tagged.weight);
}

function toPersonalScore({ weight, residual, predicted, count }: Totals): number | null {
  if (count === 0 || weight === 0) return null;
  return 100 * clamp((predicted + residual) / weight, 0, 1);
}

/** Sums of the observations of the asked category by model, in the order of the ids; tags act on top of the category. */
export function sumFeedback(
  observations: readonly FeedbackObservation[],
  asked: { readonly category: Category; readonly tags: readonly string[] },
): readonly FeedbackSum[] {
  const byModel = new Map<string, ModelTotals>();
  for (const observation of observations) {
    if (observation.category !== asked.category) continue;
    const { modelId, origin, tags, weight } = observation;
    const { own, tagged, community } = byModel.get(modelId) ?? { own: NOTHING, tagged: NOTHING, community: NOTHING };
    const overlap = toOverlap(tags, asked.tags);
    byModel.set(
      modelId,
      origin === "community"
        ? { own, tagged, community: add(community, observation) }
        : { own: add(own, observation), tagged: add(tagged, { ...observation, weight: weight * overlap }), community },
    );
  }
  const sums = [...byModel].map(([modelId, totals]) => ({
    modelId,
    correction: toCorrection(totals),
    personalScore: toPersonalScore(totals.own),
    count: totals.own.count,
    communityCount: totals.community.count,
  }));
  return sums.sort((a, b) => (a.modelId < b.modelId ? -1 : 1));
}

/** The most that own observations of total weight `weight` and any community can move P, up or down. */
export function toCorrectionBound(weight: number): number {
  const { tagN0, community } = PARAMETERS.feedback;
  const { n0 } = PARAMETERS.outcomes;
  return 1 - (1 - community.shiftMax) * (n0 / (n0 + weight)) * (tagN0 / (tagN0 + weight));
}
