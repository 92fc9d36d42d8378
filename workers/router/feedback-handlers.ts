import type { FEEDBACK_DOORS } from "../../shared/contract/feedback-doors.ts";
import type { Handler } from "./handler.ts";
import { listCommunityScores, reportCommunity } from "./handlers/community.ts";
import { getSpawnStats, listSpawnScores, logSpawn, rateSpawn } from "./handlers/spawn-log.ts";

export const FEEDBACK_HANDLERS: Readonly<Record<keyof typeof FEEDBACK_DOORS, Handler>> = {
  logSpawn,
  rateSpawn,
  listSpawnScores,
  getSpawnStats,
  reportCommunity,
  listCommunityScores,
};
