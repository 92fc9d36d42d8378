import type { Result } from "../../base/result.ts";
import { withoutEffortSuffix } from "../effort-suffix.ts";
import { readCsvTable } from "./csv-table.ts";
import { type Found, keepOne } from "./keep-one.ts";
import {
  type BenchmarkRow,
  placeOf,
  type Reject,
  refuseBarren,
  type SourceOrigin,
  type SourceParse,
} from "./source.ts";

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

/**
 * Reads one of Epoch's CSV files. Unit of value: ECI points as published, fractions 0..1, METR minutes. A blank score is
 * absent, not 0. Fault: malformed_data.
 *
 * The index belongs to a model, and its file repeats it on each of the model's effort and budget variants: counted as
 * rows they would be many agreeing measurements of what was measured once, so the variant suffix is dropped.
 */
export function parseEpoch(payload: string, origin: SourceOrigin, file: EpochFile): Result<SourceParse<BenchmarkRow>> {
  const table = readCsvTable(payload, origin, ["Model version", FILES[file].column]);
  if (!table.ok) return table;
  const found: Found<BenchmarkRow>[] = [];
  const rejected: Reject[] = [...table.value.rejected];
  for (const { number, cells } of table.value.records) {
    const place = placeOf(`record ${number}`, cells["Model version"]);
    const row = toRow(cells, file, origin);
    if (typeof row === "string") rejected.push({ place, reason: row });
    else found.push({ place, row: file === "eci" ? { ...row, name: withoutEffortSuffix(row.name) } : row });
  }
  if (file !== "eci") return refuseBarren(origin, { rows: found.map(({ row }) => row), rejected });
  const reason = "repeats the model's index for a variant";
  const kept = keepOne(found, { keyOf: (row) => row.name, isBetter: () => false, reason });
  return refuseBarren(origin, { rows: kept.rows, rejected: [...rejected, ...kept.rejected] });
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
