import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ResolvedRow } from "../../shared/catalog/matrix.ts";
import { readCsvTable } from "../../shared/catalog/sources/csv-table.ts";
import type { Scores } from "./agreement.ts";

const FILE = "enrich/DERIVED_score_matrix.csv";

/** A column of the file as a column of the catalogue; `times` turns the file's shares into the benchmark's unit. */
interface ColumnMap {
  readonly source: string;
  readonly release: string;
  readonly benchmark: string;
  readonly times: number;
}

const livebench = (benchmark: string, release = "2026-01-08"): ColumnMap => ({
  source: "livebench",
  release,
  benchmark: `livebench_${benchmark}`,
  times: 100,
});
const hf = (benchmark: string): ColumnMap => ({
  source: "hf_open_llm",
  release: "2025-02",
  benchmark: `hf_${benchmark}`,
  times: 100,
});
const arena = (release: string): ColumnMap => ({ source: "lmarena", release, benchmark: "lmarena_text", times: 1 });

/** Every column that is no score of Artificial Analysis. */
export const COLUMNS: Readonly<Record<string, ColumnMap>> = {
  lb_Reasoning: livebench("reasoning"),
  lb_Coding: livebench("coding"),
  "lb_Agentic Coding": livebench("agentic_coding"),
  lb_Mathematics: livebench("mathematics"),
  "lb_Data Analysis": livebench("data_analysis"),
  lb_Language: livebench("language"),
  lb_IF: livebench("if"),
  lb24_global: livebench("average", "2024-11-25"),
  arena: arena("2026-02-10"),
  arena25: arena("2025-08-04"),
  aider: { source: "aider", release: "polyglot", benchmark: "aider_polyglot", times: 100 },
  hf_IFEval: hf("ifeval"),
  hf_BBH: hf("bbh"),
  "hf_MATH Lvl 5": hf("math_lvl_5"),
  hf_GPQA: hf("gpqa"),
  hf_MUSR: hf("musr"),
  "hf_MMLU-PRO": hf("mmlu_pro"),
  eci: { source: "epoch", release: "2026-04", benchmark: "epoch_eci", times: 1 },
};

/** Catalogue ids x boards. */
export interface DerivedMatrix {
  readonly ids: readonly string[];
  /** Values as the file states them, by column and id. */
  readonly columns: ReadonlyMap<string, Scores>;
  /** The intelligence index of Artificial Analysis, which no composite sees. */
  readonly index: Scores;
}

/** Reads the file; its one row without an id is left out. */
export function readScoreMatrix(folder: string): DerivedMatrix {
  const origin = { name: FILE, release: "2026-08", retrieved: "2026-08-22" };
  const text = `id${readFileSync(join(folder, FILE), "utf8")}`;
  const table = readCsvTable(text, origin, ["id", "aa_ii", ...Object.keys(COLUMNS)]);
  if (!table.ok) throw new Error(JSON.stringify(table.fault));
  const records = table.value.records.map(({ cells }) => cells).filter((cells) => (cells.id ?? "") !== "");
  const scoresIn = (column: string): Scores =>
    new Map(
      records.flatMap((cells) =>
        (cells[column] ?? "") === "" ? [] : [[cells.id ?? "", Number(cells[column])] as const],
      ),
    );
  return {
    ids: records.map((cells) => cells.id ?? ""),
    columns: new Map(Object.keys(COLUMNS).map((column) => [column, scoresIn(column)])),
    index: scoresIn("aa_ii"),
  };
}

/** The named columns as rows for the catalogue's own matrix. */
export function toResolvedRows({ columns }: DerivedMatrix, names: readonly string[]): readonly ResolvedRow[] {
  return names.flatMap((name) => {
    const map = COLUMNS[name];
    if (map === undefined) throw new Error(`unknown column ${name}`);
    const { times, ...column } = map;
    return [...(columns.get(name) ?? [])].map(([id, value]) => toResolvedRow({ ...column, id, value: value * times }));
  });
}

export const toResolvedRow = (
  at: Omit<ColumnMap, "times"> & { readonly id: string; readonly value: number },
): ResolvedRow => ({
  row: {
    source: at.source,
    benchmark: at.benchmark,
    release: at.release,
    name: at.id,
    value: at.value,
    higherIsBetter: true,
    date: null,
    stderr: null,
    costUsdPerTask: null,
  },
  resolution: { id: at.id, effort: "default", confidence: 1, rule: "id of the file" },
});
