import { withoutEffortSuffix } from "../effort-suffix.ts";
import { readCsvTable } from "./csv-table.ts";
import { type BenchmarkRow, type Reject, rejectAll, type SourceOrigin, type SourceParse } from "./source.ts";

/** Epoch's files: which benchmark they hold, in which column, and the range a value must lie in. */
const FILES = {
  eci: { benchmark: "epoch_eci", column: "ECI Score", min: 0, max: 300 },
  swe_bench_verified: { benchmark: "swe_bench_verified", column: "mean_score", min: 0, max: 1 },
  metr_time_horizons: { benchmark: "metr_time_horizon", column: "Time horizon", min: 0, max: 1e6 },
  gpqa_diamond: { benchmark: "gpqa_diamond", column: "mean_score", min: 0, max: 1 },
  frontiermath: { benchmark: "frontiermath", column: "mean_score", min: 0, max: 1 },
  simpleqa_verified: { benchmark: "simpleqa_verified", column: "mean_score", min: 0, max: 1 },
  otis_mock_aime: { benchmark: "otis_mock_aime", column: "mean_score", min: 0, max: 1 },
  chess_puzzles: { benchmark: "chess_puzzles", column: "mean_score", min: 0, max: 1 },
} as const;
export type EpochFile = keyof typeof FILES;

/** Unit of value: ECI points as published, fractions 0..1, METR minutes. A blank score is absent, not 0. */
export function parseEpoch(payload: string, origin: SourceOrigin, file: EpochFile): SourceParse<BenchmarkRow> {
  const { column } = FILES[file];
  const { records, missing } = readCsvTable(payload, ["Model version", column]);
  if (missing.length > 0) return rejectAll(origin, `header lacks ${missing.join(", ")}`);
  const rows: BenchmarkRow[] = [];
  const rejected: Reject[] = [];
  for (const { number, cells } of records) {
    const row = toRow(cells, file, origin);
    if (typeof row === "string")
      rejected.push({ place: `record ${number} ${cells["Model version"] ?? ""}`.trim(), reason: row });
    else rows.push(row);
  }
  return file === "eci" ? onePerModel({ rows, rejected }) : { rows, rejected };
}

function toRow(cells: Readonly<Record<string, string>>, file: EpochFile, origin: SourceOrigin): BenchmarkRow | string {
  const { benchmark, column, min, max } = FILES[file];
  const name = cells["Model version"] ?? "";
  if (name === "") return "no model version";
  const text = cells[column] ?? "";
  if (text === "") return "blank score";
  const value = Number(text);
  if (!Number.isFinite(value) || value < min || value > max) return `score ${text} is not a number in ${min}..${max}`;
  const stderr = Number(cells.stderr ?? "");
  const date = (cells["Started at"] || cells["Release date"] || "").slice(0, 10);
  return {
    source: "epoch",
    benchmark,
    release: origin.release,
    name,
    value,
    higherIsBetter: true,
    date: date === "" ? null : date,
    stderr: (cells.stderr ?? "") === "" || !Number.isFinite(stderr) ? null : stderr,
    costUsdPerTask: null,
  };
}

/**
 * The index belongs to a model, and the file repeats it on each of the model's effort and budget variants: counted
 * as rows they would be many agreeing measurements of what was measured once. The variant suffix is dropped.
 */
function onePerModel(parse: SourceParse<BenchmarkRow>): SourceParse<BenchmarkRow> {
  const byName = new Map<string, BenchmarkRow>();
  const rejected = [...parse.rejected];
  for (const row of parse.rows) {
    const name = withoutEffortSuffix(row.name);
    if (byName.has(name)) rejected.push({ place: row.name, reason: "repeats the model's index for a variant" });
    else byName.set(name, { ...row, name });
  }
  return { rows: [...byName.values()], rejected };
}
