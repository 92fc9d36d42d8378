import { parse } from "yaml";
import { type BenchmarkRow, type Reject, rejectAll, type SourceOrigin, type SourceParse } from "./source.ts";

type Fields = Readonly<Record<string, unknown>>;

const finite = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

/**
 * Reads Aider's polyglot board (YAML list). The score is `pass_rate_2` (percent solved in two tries). Where several
 * runs of one model are listed the newest counts, and of one day the better: the board keeps superseded runs.
 * A `total_cost` of 0 means "not recorded", so it is null and never free.
 */
export function parseAider(payload: string, origin: SourceOrigin): SourceParse<BenchmarkRow> {
  const entries = readEntries(payload);
  if (entries === null) return rejectAll(origin, "not a YAML list of runs");
  const best = new Map<string, BenchmarkRow>();
  const rejected: Reject[] = [];
  entries.forEach((entry, i) => {
    const row = toRow(entry, origin);
    if (typeof row === "string") {
      rejected.push({ place: `[${i}]`, reason: row });
      return;
    }
    const held = best.get(row.name);
    const superseded = held !== undefined && !isNewer(row, held) ? row : held;
    if (superseded !== undefined)
      rejected.push({ place: `[${i}] ${row.name}`, reason: "superseded run of the same model" });
    if (superseded !== row) best.set(row.name, row);
  });
  return { rows: [...best.values()], rejected };
}

const isNewer = (a: BenchmarkRow, b: BenchmarkRow): boolean =>
  (a.date ?? "") === (b.date ?? "") ? a.value > b.value : (a.date ?? "") > (b.date ?? "");

function readEntries(payload: string): readonly unknown[] | null {
  try {
    const value: unknown = parse(payload);
    return Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function toRow(entry: unknown, origin: SourceOrigin): BenchmarkRow | string {
  if (typeof entry !== "object" || entry === null) return "not an object";
  const run = entry as Fields;
  if (typeof run.model !== "string" || run.model.trim() === "") return "no model name";
  const value = finite(run.pass_rate_2);
  if (value === null || value < 0 || value > 100) return "no pass_rate_2 between 0 and 100";
  const cost = finite(run.total_cost);
  const cases = finite(run.test_cases);
  const effort = typeof run.reasoning_effort === "string" ? run.reasoning_effort : null;
  const name = run.model.trim();
  return {
    source: "aider",
    benchmark: "aider_polyglot",
    release: origin.release,
    name: effort !== null && !name.includes(`(${effort})`) ? `${name} (${effort})` : name,
    value,
    higherIsBetter: true,
    date: run.date === undefined ? null : String(run.date).slice(0, 10),
    stderr: cases === null || cases <= 0 ? null : Math.sqrt((value * (100 - value)) / cases),
    costUsdPerTask: cost === null || cost <= 0 || cases === null || cases <= 0 ? null : cost / cases,
  };
}
