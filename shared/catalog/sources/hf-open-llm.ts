import type { Result } from "../../base/result.ts";
import { mean } from "../../base/stats.ts";
import { readCsvTable } from "./csv-table.ts";
import { readDatasetPage } from "./dataset-page.ts";
import { dayOf, type Fields, textOf } from "./json-fields.ts";
import { type Found, keepOne } from "./keep-one.ts";
import {
  type BenchmarkRow,
  placeOf,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

/**
 * The board's six scores, in percent above chance (0 = guessing). They are benchmarks of their own: over the same 17
 * models the median GPQA is .07 here and .40 as others measure it. The columns "... Raw" hold the unscaled shares.
 */
const SCORES = {
  IFEval: "hf_ifeval",
  BBH: "hf_bbh",
  "MATH Lvl 5": "hf_math_lvl_5",
  GPQA: "hf_gpqa",
  MUSR: "hf_musr",
  "MMLU-PRO": "hf_mmlu_pro",
} as const;

interface Run {
  readonly name: string;
  readonly submitted: string | null;
  readonly scores: readonly { readonly benchmark: string; readonly value: number }[];
}

export interface HfOpenLlmParse extends SourceParse<BenchmarkRow> {
  /** Rows of the page and of the whole dataset, for the next offset. */
  readonly rowCount: number;
  readonly totalCount: number | null;
}

/** Reads one page of the Open LLM Leaderboard's contents (rows JSON). Fault: malformed_data. */
export function parseHfOpenLlm(payload: string, origin: SourceOrigin): Result<HfOpenLlmParse> {
  const page = readDatasetPage(payload, origin);
  if (!page.ok) return page;
  const count = { rowCount: page.value.rowCount, totalCount: page.value.totalCount };
  const parse = toParse(page.value.rows, { origin, earlier: page.value.rejected });
  return refuseBarren(origin, { ...parse, ...count }, count);
}

/** Reads the same contents as one CSV file. Fault: malformed_data. */
export function parseHfOpenLlmCsv(payload: string, origin: SourceOrigin): Result<SourceParse<BenchmarkRow>> {
  const table = readCsvTable(payload, origin, ["fullname", ...Object.keys(SCORES)]);
  if (!table.ok) return table;
  const rows = table.value.records.map(({ number, cells }) => ({ place: `record ${number}`, fields: cells }));
  return refuseBarren(origin, toParse(rows, { origin, earlier: table.value.rejected }));
}

/** A model may stand there in several precisions: the newest submission counts, of one day the better. */
function toParse(
  entries: readonly { readonly place: string; readonly fields: Fields }[],
  { origin, earlier }: { readonly origin: SourceOrigin; readonly earlier: readonly Reject[] },
): SourceParse<BenchmarkRow> {
  const found: Found<Run>[] = [];
  const rejected: Reject[] = [...earlier];
  for (const { place: at, fields } of entries) {
    const place = placeOf(at, fields.fullname);
    const { run, faults } = toRun(fields);
    rejected.push(...faults.map((reason) => ({ place, reason })));
    if (run !== null) found.push({ place, row: run });
  }
  const kept = keepOne(found, {
    keyOf: (run) => run.name,
    isBetter: isNewer,
    reason: "superseded run of the same model",
  });
  return {
    rows: kept.rows.flatMap((run) => run.scores.map((score) => ({ ...toRow(run, origin), ...score }))),
    rejected: [...rejected, ...kept.rejected],
  };
}

const averageOf = (run: Run): number => mean(run.scores.map(({ value }) => value));

const isNewer = (a: Run, b: Run): boolean =>
  (a.submitted ?? "") === (b.submitted ?? "") ? averageOf(a) > averageOf(b) : (a.submitted ?? "") > (b.submitted ?? "");

function toRun(fields: Fields): { readonly run: Run | null; readonly faults: readonly string[] } {
  const name = textOf(fields.fullname);
  if (name === null) return { run: null, faults: ["no fullname"] };
  if (fields.Flagged === true || fields.Flagged === "True") return { run: null, faults: ["flagged by the board"] };
  const scores: { benchmark: string; value: number }[] = [];
  const faults: string[] = [];
  for (const [key, benchmark] of Object.entries(SCORES)) {
    const value = toPercent(fields[key]);
    if (value === null) faults.push(`${key} is no number in 0..100`);
    else scores.push({ benchmark, value });
  }
  const run = scores.length === 0 ? null : { name, submitted: dayOf(fields["Submission Date"]), scores };
  return { run, faults };
}

/** A score as JSON number or CSV text; blank is not measured, never 0. */
function toPercent(value: unknown): number | null {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && number >= 0 && number <= 100 ? number : null;
}

const toRow = (run: Run, origin: SourceOrigin) => ({
  source: "hf_open_llm",
  release: origin.release,
  name: run.name,
  higherIsBetter: true,
  date: run.submitted,
  stderr: null,
  costUsdPerTask: null,
});
