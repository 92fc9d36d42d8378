import type { Category } from "../task/labels.ts";
import type { FeedbackObservation } from "./feedback.ts";

/** Mean success of a tenant's own feedback on a model in a category, as it was given: newer weighs more, nothing is shrunk. */
export interface FeedbackScore {
  readonly modelId: string;
  readonly category: Category;
  readonly success: number;
  readonly count: number;
}

/** Scores by category and model, in that order. */
export function toFeedbackScores(observations: readonly FeedbackObservation[]): readonly FeedbackScore[] {
  const sums = new Map<string, FeedbackObservation>();
  for (const observation of observations) {
    if (observation.origin !== "own") continue;
    const key = `${observation.category} ${observation.modelId}`;
    const before = sums.get(key) ?? { ...observation, y: 0, weight: 0, count: 0 };
    const weight = before.weight + observation.weight;
    const y = (before.weight * before.y + observation.weight * observation.y) / weight;
    sums.set(key, { ...before, y, weight, count: before.count + observation.count });
  }
  const sorted = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([, { modelId, category, y, count }]) => ({ modelId, category, success: y, count }));
}
