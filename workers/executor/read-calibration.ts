import { isRetryable, toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import { calibrateScores, type ScoreCalibration, type ScoredOutcome } from "../../shared/run/escalate.ts";
import type { ScoreCell } from "../platform/d1/judge-scores-store.ts";
import { log } from "../platform/log.ts";
import type { PreparedCall, Turn } from "./turn.ts";

export interface CalibrationDeps {
  readonly nowMs: () => number;
  /** The newest of a cell's pairs, at most a thousand. */
  readonly readScorePairs: (cell: ScoreCell) => Promise<Result<readonly ScoredOutcome[]>>;
}

const DAY_MS = 86_400_000;

/**
 * What this judge's scores of this author's answers have meant for the tenant so far, read as the judge is about to be asked,
 * so that nothing is paid where it cannot be read. null = too few pairs, or no judge; also where a stored pair is none: the
 * verdict then goes by the plain rule and says so (`uncalibrated`), for one bad row must not stop every run of its cell.
 * Fault: unavailable.
 */
export async function readCalibration(
  { planned, loaded, runId }: Turn,
  { pick }: PreparedCall,
  deps: CalibrationDeps,
): Promise<Result<ScoreCalibration | null>> {
  const { taskType } = loaded.row.settings;
  const [answerId] = planned.dependsOn;
  if (planned.kind !== "judge" || taskType === null || answerId === undefined) return ok(null);
  const sinceMs = deps.nowMs() - PARAMETERS.outcomes.windowDays * DAY_MS;
  const { tenantId } = loaded.row;
  const pairs = await deps.readScorePairs({ tenantId, taskType, runId, answerId, judgeModel: pick.model, sinceMs });
  if (pairs.ok) return ok(calibrateScores(pairs.value));
  if (isRetryable(pairs.fault)) return pairs;
  log({ level: "error", event: "scores_unreadable", runId, detail: toDetail(pairs.fault) });
  return ok(null);
}
