import { ok, type Result } from "../../shared/base/result.ts";
import type { FeedbackObservation } from "../../shared/policy/feedback.ts";
import { toDecayedWeight } from "../../shared/policy/outcomes.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import type { TaskType } from "../../shared/task/labels.ts";
import { ANONYMOUS_TENANT } from "../platform/auth.ts";
import {
  communityQuery,
  readCommunityScores,
  saveCommunityReport,
  toCommunityObservations,
} from "../platform/d1/feedback-community-store.ts";
import { type RatingRow, ratingsQuery, saveRating, toRatingRows } from "../platform/d1/feedback-ratings-store.ts";
import { readSpawnGroups, saveSpawn } from "../platform/d1/feedback-spawns-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { type OutcomeRow, observationQueries, toObservationRows } from "../platform/d1/outcomes-store.ts";
import { tryQuery } from "../platform/d1/try-query.ts";
import type { FeedbackDeps } from "./feedback-deps.ts";

const DAY_MS = 86_400_000;
const WINDOW_MS = PARAMETERS.outcomes.windowDays * DAY_MS;
/** The longest window that stats can be asked for, and a day for whoever stands east of UTC. */
const SPAWNS_KEPT_MS = 366 * DAY_MS;

const categoryOf = (taskType: TaskType) => PARAMETERS.categories.byTaskType[taskType];

function toOwn(
  row: Omit<RatingRow, "tags"> & { readonly tags: readonly string[] },
  nowMs: number,
): FeedbackObservation {
  const { createdAtMs, ...seen } = row;
  return { ...seen, origin: "own", weight: toDecayedWeight((nowMs - createdAtMs) / DAY_MS), count: 1 };
}

const fromOutcome = ({ taskType, ...row }: OutcomeRow): RatingRow => ({ ...row, category: categoryOf(taskType) });

/** Reports without a key never reach another tenant, and a tenant's own reports are in its own feedback already. */
const outsidersOf = (tenantId: string): readonly string[] => [...new Set([tenantId, ANONYMOUS_TENANT])];

/** Everything that feedback says to one tenant, in one round trip. Faults: unavailable, malformed_data. */
export async function readFeedback(
  db: Db,
  { tenantId, nowMs }: { readonly tenantId: string; readonly nowMs: number },
): Promise<Result<readonly FeedbackObservation[]>> {
  const sinceMs = nowMs - WINDOW_MS;
  const own = { tenantId, sinceMs };
  const answers = await tryQuery("read feedback", () =>
    db.batch([
      ratingsQuery(db, own),
      communityQuery(db, { without: outsidersOf(tenantId), nowMs, sinceMs }),
      ...observationQueries(db, own),
    ]),
  );
  if (!answers.ok) return answers;
  const [ofRatings, ofCommunity, ofOutcomes, ofVerdicts] = answers.value;
  const ratings = toRatingRows(ofRatings);
  if (!ratings.ok) return ratings;
  const outcomes = toObservationRows([...ofOutcomes, ...ofVerdicts]);
  if (!outcomes.ok) return outcomes;
  const community = toCommunityObservations(ofCommunity);
  if (!community.ok) return community;
  const rows = [...ratings.value, ...outcomes.value.map(fromOutcome)];
  return ok([...rows.map((row) => toOwn(row, nowMs)), ...community.value]);
}

/** Binds the doors of feedback to their stores and the clock. */
export const feedbackDeps = (db: Db, nowMs: () => number): FeedbackDeps => ({
  readFeedback: (tenantId) => readFeedback(db, { tenantId, nowMs: nowMs() }),
  saveSpawn: (spawn) => saveSpawn(db, { spawn, keepSinceMs: nowMs() - SPAWNS_KEPT_MS }),
  saveRating: (rating, isShared) => saveRating(db, { rating, isShared, keepSinceMs: nowMs() - WINDOW_MS }),
  saveCommunityReport: (shared) => saveCommunityReport(db, shared),
  readSpawnGroups: (tenantId, sinceMs) => readSpawnGroups(db, { tenantId, sinceMs }),
  readCommunityScores: ({ tenantId, ...query }) =>
    readCommunityScores(db, {
      ...query,
      sinceMs: nowMs() - WINDOW_MS,
      // A caller without a key sees its own reports beside the others'; a key sees no reports of nobody.
      without: tenantId === ANONYMOUS_TENANT ? [] : [ANONYMOUS_TENANT],
    }),
});
