import { parse } from "yaml";
import { ok, type Result } from "../../base/result.ts";
import { type Fields, finiteOf, isFields } from "./json-fields.ts";
import { type Found, keepOne } from "./keep-one.ts";
import {
  type BenchmarkRow,
  malformedSource,
  placeOf,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

/** Aider's boards and the score that counts on each: the refactoring board allows one try only. */
const BOARDS = {
  polyglot: { benchmark: "aider_polyglot", score: "pass_rate_2" },
  edit: { benchmark: "aider_edit", score: "pass_rate_2" },
  refactor: { benchmark: "aider_refactor", score: "pass_rate_1" },
} as const;
export type AiderBoard = keyof typeof BOARDS;

/**
 * Reads a board of Aider's (YAML list); the score is the percentage of cases solved. Where several runs of one model
 * are listed the newest counts, and of one day the better: the board keeps superseded runs. A `total_cost` of 0 means
 * "not recorded", so it is null and never free. Fault: malformed_data.
 */
export function parseAider(
  payload: string,
  origin: SourceOrigin,
  board: AiderBoard = "polyglot",
): Result<SourceParse<BenchmarkRow>> {
  const entries = readEntries(payload, origin);
  if (!entries.ok) return entries;
  const found: Found<BenchmarkRow>[] = [];
  const rejected: Reject[] = [];
  entries.value.forEach((entry, i) => {
    const place = placeOf(`[${i}]`, isFields(entry) ? entry.model : undefined);
    const row = toRow(entry, origin, board);
    if (typeof row === "string") rejected.push({ place, reason: row });
    else found.push({ place, row });
  });
  const kept = keepOne(found, {
    keyOf: (row) => row.name,
    isBetter: isNewer,
    reason: "superseded run of the same model",
  });
  return refuseBarren(origin, { rows: kept.rows, rejected: [...rejected, ...kept.rejected] });
}

const isNewer = (a: BenchmarkRow, b: BenchmarkRow): boolean =>
  (a.date ?? "") === (b.date ?? "") ? a.value > b.value : (a.date ?? "") > (b.date ?? "");

function readEntries(payload: string, origin: SourceOrigin): Result<readonly unknown[]> {
  let value: unknown;
  try {
    value = parse(payload, { logLevel: "error" });
  } catch {
    return malformedSource(origin, "$: a text that is no YAML or breaks off");
  }
  if (!Array.isArray(value) || value.length === 0) return malformedSource(origin, "$: expected a list of runs");
  const list: readonly unknown[] = value;
  if (breaksOff(payload, list)) return malformedSource(origin, `[${list.length - 1}]: the text breaks off`);
  return ok(list);
}

/** YAML cut anywhere is often YAML: without a final line break the last run must end as the one before it does. */
function breaksOff(payload: string, list: readonly unknown[]): boolean {
  const endOf = (entry: unknown): string | undefined => (isFields(entry) ? Object.keys(entry).at(-1) : undefined);
  return !/[\r\n]$/.test(payload) && list.length > 1 && endOf(list.at(-1)) !== endOf(list.at(-2));
}

function toRow(entry: unknown, origin: SourceOrigin, board: AiderBoard): BenchmarkRow | string {
  if (!isFields(entry)) return "not an object";
  const run: Fields = entry;
  if (typeof run.model !== "string" || run.model.trim() === "") return "no model name";
  const { benchmark, score } = BOARDS[board];
  const value = finiteOf(run[score]);
  if (value === null || value < 0 || value > 100) return `no ${score} between 0 and 100`;
  const cost = finiteOf(run.total_cost);
  const cases = finiteOf(run.test_cases);
  const effort = typeof run.reasoning_effort === "string" ? run.reasoning_effort : null;
  const name = run.model.trim();
  return {
    source: "aider",
    benchmark,
    release: origin.release,
    name: effort !== null && !name.includes(`(${effort})`) ? `${name} (${effort})` : name,
    value,
    higherIsBetter: true,
    date: run.date === undefined || run.date === null ? null : String(run.date).slice(0, 10),
    stderr: cases === null || cases <= 0 ? null : Math.sqrt((value * (100 - value)) / cases),
    costUsdPerTask: cost === null || cost <= 0 || cases === null || cases <= 0 ? null : cost / cases,
  };
}
