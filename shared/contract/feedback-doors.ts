import * as z from "zod";
import { type Door, json, none } from "./door.ts";
import {
  communityReportSchema,
  communityScoreSchema,
  communityScoresQuerySchema,
  loggedSchema,
  ratedSchema,
  reportedSchema,
  spawnLogRequestSchema,
  spawnOutcomeRequestSchema,
  spawnScoreSchema,
  spawnScoresQuerySchema,
  spawnStatsQuerySchema,
  spawnStatsSchema,
} from "./feedback.ts";

/** What became of picks: logs, ratings, and what they add up to. */
export const FEEDBACK_DOORS = {
  logSpawn: {
    ...json,
    method: "POST",
    path: "/api/spawn-log",
    auth: "feedback",
    summary: "Log that a model was started on a task",
    request: spawnLogRequestSchema,
    response: loggedSchema,
  },
  rateSpawn: {
    ...json,
    method: "POST",
    path: "/api/spawn-log/outcome",
    auth: "feedback",
    summary: "Rate a model's work from 1 to 5; moves the tenant's own picks",
    request: spawnOutcomeRequestSchema,
    response: ratedSchema,
  },
  listSpawnScores: {
    ...none,
    method: "GET",
    path: "/api/spawn-log/scores",
    auth: "read",
    summary: "Mean success by model and category, of the tenant's ratings and outcomes",
    query: spawnScoresQuerySchema,
    response: z.array(spawnScoreSchema),
  },
  getSpawnStats: {
    ...none,
    method: "GET",
    path: "/api/spawn-log/stats",
    auth: "read",
    summary: "What was started within the last days and what it is expected to have cost",
    query: spawnStatsQuerySchema,
    response: spawnStatsSchema,
  },
  reportCommunity: {
    ...json,
    method: "POST",
    path: "/api/community/report",
    auth: "feedback",
    summary: "Share one rating with the other tenants; shifts their priors a little",
    request: communityReportSchema,
    response: reportedSchema,
  },
  listCommunityScores: {
    ...none,
    method: "GET",
    path: "/api/community/scores",
    auth: "read",
    summary: "Ratings that tenants share, by model and category",
    query: communityScoresQuerySchema,
    response: z.array(communityScoreSchema),
  },
} as const satisfies Record<string, Door>;
