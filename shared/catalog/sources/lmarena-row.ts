import { dayOf, type Fields, finiteOf, textOf } from "./json-fields.ts";
import type { BenchmarkRow, SourceOrigin } from "./source.ts";

/** A 95 % interval is this many standard errors wide. */
export const INTERVAL_WIDTH = 3.92;

/**
 * One entry of an arena board -> row, or why not. Rating boards state `rating` with `rating_lower` and `rating_upper`,
 * the agent board `score` (a share, about -0.15..0.13) with `score_ci_lower` and `score_ci_upper`.
 */
export function toArenaRow(
  entry: Fields,
  at: { readonly origin: SourceOrigin; readonly benchmark: string; readonly isScore?: boolean },
): BenchmarkRow | string {
  const name = textOf(entry.model_name);
  if (name === null) return "no model_name";
  const isScore = at.isScore ?? false;
  const value = finiteOf(isScore ? entry.score : entry.rating);
  if (value === null) return isScore ? "no score" : "no rating";
  const lower = finiteOf(isScore ? entry.score_ci_lower : entry.rating_lower);
  const upper = finiteOf(isScore ? entry.score_ci_upper : entry.rating_upper);
  return {
    source: "lmarena",
    benchmark: at.benchmark,
    release: at.origin.release,
    name,
    value,
    higherIsBetter: true,
    date: dayOf(entry.date) ?? dayOf(entry.leaderboard_publish_date),
    stderr: lower === null || upper === null || upper < lower ? null : (upper - lower) / INTERVAL_WIDTH,
    costUsdPerTask: null,
  };
}
