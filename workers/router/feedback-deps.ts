import type { Result } from "../../shared/base/result.ts";
import type { FeedbackObservation } from "../../shared/policy/feedback.ts";
import type { SpawnGroup } from "../../shared/run/spawn-stats.ts";
import type { Category } from "../../shared/task/labels.ts";
import type { CommunityScore, SharedRating } from "../platform/d1/feedback-community-store.ts";
import type { NewRating } from "../platform/d1/feedback-ratings-store.ts";
import type { NewSpawn } from "../platform/d1/feedback-spawns-store.ts";

/** What the doors of feedback, and the rankings that learn from it, may do. */
export interface FeedbackDeps {
  /** Own ratings and outcomes within the window, decayed to now, and what the community says; for sumFeedback(). */
  readonly readFeedback: (tenantId: string) => Promise<Result<readonly FeedbackObservation[]>>;
  readonly saveSpawn: (spawn: NewSpawn) => Promise<Result<void>>;
  readonly saveRating: (rating: NewRating, isShared: boolean) => Promise<Result<void>>;
  readonly saveCommunityReport: (shared: SharedRating) => Promise<Result<void>>;
  readonly readSpawnGroups: (tenantId: string, sinceMs: number) => Promise<Result<readonly SpawnGroup[]>>;
  readonly readCommunityScores: (query: {
    tenantId: string;
    category: Category | null;
    minRatings: number;
  }) => Promise<Result<readonly CommunityScore[]>>;
}
