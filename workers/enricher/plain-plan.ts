import { ok, type Result } from "../../shared/base/result.ts";
import type { BenchmarkRow, SourceParse } from "../../shared/catalog/sources/source.ts";
import { NO_ROWS, type SourceLimits, type SourcePlan, type SourceReading } from "./source-plan.ts";
import { unpackText } from "./unpack-body.ts";

const MIB = 1024 * 1024;

/**
 * Several times what each source was seen to give (OpenRouter .5 MiB, models.dev about 3), and little enough that
 * three sources at a time stay well inside an isolate's 128 MB.
 */
export const LIMITS: SourceLimits = {
  maxPages: 20,
  pageBytes: 8 * MIB,
  totalBytes: 12 * MIB,
  requestMs: 20_000,
  totalMs: 90_000,
};

/** What most sources have in common: one text each, and no further page. */
export const PLAIN = {
  headers: {},
  limits: LIMITS,
  unpack: unpackText,
  toNext: () => ok(null),
} satisfies Partial<SourcePlan>;

export const offWithout = (url: string): string | null => (url === "" ? "no address is set" : null);

export function toScores(parse: Result<SourceParse<BenchmarkRow>>): Result<SourceReading> {
  if (!parse.ok) return parse;
  return ok({ rows: { ...NO_ROWS, scores: parse.value.rows }, rejected: parse.value.rejected });
}
