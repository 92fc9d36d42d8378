import type { Result } from "../../base/result.ts";
import { countOf, dayOf, type Fields, fieldsOf, finiteOf, isFields, readJson, textOf } from "./json-fields.ts";
import {
  type BenchmarkRow,
  malformedSource,
  placeOf,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

const SOURCE = "artificial_analysis";
/** The feed's evaluation keys; points, 0..100. */
const INDICES = {
  artificial_analysis_intelligence_index: "aa_intelligence_index",
  artificial_analysis_coding_index: "aa_coding_index",
  artificial_analysis_agentic_index: "aa_agentic_index",
} as const;

/** Measured speed of one model, by the name its scores stand under. */
export interface SpeedRow {
  readonly source: string;
  readonly name: string;
  readonly outputTokensPerSecond: number | null;
  readonly timeToFirstTokenS: number | null;
  /** Of a whole answer of the length the source asks for. */
  readonly endToEndS: number | null;
}

export interface ArtificialAnalysisParse extends SourceParse<BenchmarkRow> {
  /** Version of the index, also part of each row's `release`: values of two versions are two scales. */
  readonly indexVersion: string;
  readonly speeds: readonly SpeedRow[];
  /** Number of the page to ask for next; null = this was the last. */
  readonly nextPage: number | null;
}

/**
 * Reads one page of `/api/v2/language/models/free`. `intelligence_index_version` and `pagination` stand at the top or
 * under `meta`; the version is a number or a text. An index that is null is not measured, never 0; an entry without
 * any is rejected. The effort is in the name, which is resolved later. Fault: malformed_data, also for a page that
 * does not say its version.
 */
export function parseArtificialAnalysis(payload: string, origin: SourceOrigin): Result<ArtificialAnalysisParse> {
  const json = readJson(payload, origin);
  if (!json.ok) return json;
  const page = fieldsOf(json.value);
  if (!Array.isArray(page.data)) return malformedSource(origin, "data: expected a list of models");
  const envelope = { ...fieldsOf(page.meta), ...page };
  const indexVersion = toVersion(envelope.intelligence_index_version);
  if (indexVersion === null) return malformedSource(origin, "intelligence_index_version: expected a version");
  const paging = fieldsOf(envelope.pagination);
  const rowCount = page.data.length;
  const isFirst = (countOf(paging.page) ?? 1) === 1;
  if (rowCount === 0 && isFirst) return malformedSource(origin, "data: an empty list of models");
  const rows: BenchmarkRow[] = [];
  const speeds: SpeedRow[] = [];
  const rejected: Reject[] = [];
  page.data.forEach((value: unknown, i) => {
    const place = placeOf(`data[${i}]`, fieldsOf(value).name);
    const name = textOf(fieldsOf(value).name);
    if (!isFields(value) || name === null) {
      rejected.push({ place, reason: isFields(value) ? "no name" : "not an object" });
      return;
    }
    const scores = readScores(value, { name, place, release: `v${indexVersion}` });
    rows.push(...scores.rows);
    rejected.push(...scores.rejected);
    speeds.push(...toSpeed(name, fieldsOf(value.performance)));
  });
  const nextPage = rowCount === 0 ? null : toNextPage(paging);
  const parse = { rows, rejected, speeds, indexVersion, nextPage };
  return refuseBarren(origin, parse, { rowCount, totalCount: isFirst ? rowCount : rowCount + 1 });
}

function readScores(
  entry: Fields,
  at: { readonly name: string; readonly place: string; readonly release: string },
): SourceParse<BenchmarkRow> {
  const evaluations = fieldsOf(entry.evaluations);
  const rows: BenchmarkRow[] = [];
  const rejected: Reject[] = [];
  for (const [key, benchmark] of Object.entries(INDICES)) {
    const stated = evaluations[key];
    if (stated === null || stated === undefined) continue;
    const value = finiteOf(stated);
    if (value === null || value < 0 || value > 100)
      rejected.push({ place: `${at.place} evaluations.${key}`, reason: "no number in 0..100" });
    else rows.push({ ...toRow(entry, at), benchmark, value, ...toDetails(entry, key) });
  }
  if (rows.length === 0 && rejected.length === 0) rejected.push({ place: at.place, reason: "no index is stated" });
  return { rows, rejected };
}

const toRow = (entry: Fields, at: { readonly name: string; readonly release: string }) => ({
  source: SOURCE,
  release: at.release,
  name: at.name,
  higherIsBetter: true,
  date: dayOf(entry.release_date),
  stderr: null,
  costUsdPerTask: null,
});

/** Cost and the mark of an estimate are stated for the intelligence index, by some editions of the feed. */
function toDetails(entry: Fields, key: string): Partial<BenchmarkRow> {
  if (key !== "artificial_analysis_intelligence_index") return {};
  const cost = finiteOf(fieldsOf(fieldsOf(entry.artificial_analysis_intelligence_index_cost).cost_per_task).total_cost);
  const estimated = fieldsOf(entry.evaluations).artificial_analysis_intelligence_index_is_estimated === true;
  return { costUsdPerTask: cost !== null && cost > 0 ? cost : null, ...(estimated ? { estimated: true } : {}) };
}

/** 4.1, "4.1" and "v4.1" are one version. */
function toVersion(value: unknown): string | null {
  const text = typeof value === "number" ? String(value) : typeof value === "string" ? value.trim() : "";
  const match = /^v?(\d+(?:\.\d+)*)$/i.exec(text);
  return match?.[1] ?? null;
}

function toNextPage(paging: Fields): number | null {
  const page = countOf(paging.page) ?? 1;
  const total = countOf(paging.total_pages);
  const hasMore = typeof paging.has_more === "boolean" ? paging.has_more : total !== null && page < total;
  return hasMore ? page + 1 : null;
}

function toSpeed(name: string, measured: Fields): readonly SpeedRow[] {
  const positive = (key: string): number | null => {
    const value = finiteOf(measured[key]);
    return value !== null && value > 0 ? value : null;
  };
  const outputTokensPerSecond = positive("median_output_tokens_per_second");
  const timeToFirstTokenS = positive("median_time_to_first_token_seconds");
  const endToEndS = positive("median_end_to_end_response_time_seconds");
  const isKnown = outputTokensPerSecond !== null || timeToFirstTokenS !== null || endToEndS !== null;
  return isKnown ? [{ source: SOURCE, name, outputTokensPerSecond, timeToFirstTokenS, endToEndS }] : [];
}
