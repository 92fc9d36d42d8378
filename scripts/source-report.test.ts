import { describe, expect, test } from "vitest";
import { dataFolderOf } from "./read-catalogue-sources.ts";
import { hasSavedPayloads, readSavedPayloads } from "./read-saved-payloads.ts";

const folder = dataFolderOf([]);
const isAbsent = !hasSavedPayloads(folder);
if (isAbsent) console.log(`source-report.test: skipped, no saved payloads under ${folder}`);

/** Rows (models or scores) and rejects of every saved edition of every source, as an independent count of the files gives them. */
const READ: Readonly<Record<string, readonly [rows: number, rejected: number]>> = {
  "openrouter/models_2025-12-02.json": [334, 0],
  "openrouter/models_2026-05-12.json": [361, 0],
  "openrouter/models_with_benchmarks_sample9_2026-08-13.json": [9, 0],
  "models_dev/openrouter_2026-07-01.json": [297, 40],
  "artificial_analysis/DERIVED_free_v2_page1.json": [318, 3],
  "artificial_analysis/DERIVED_free_v2_page2.json": [337, 3],
  "artificial_analysis/DERIVED_free_v2_page3.json": [321, 7],
  "artificial_analysis/DERIVED_free_v2_page4.json": [25, 0],
  "lmarena/lmarena_text_2025-08-04.csv": [265, 1],
  "lmarena/lmarena_vision_2025-08-04.csv": [86, 0],
  "lmarena/lmarena_image_2025-08-04.csv": [19, 0],
  "lmarena/arena_history_2026-07-23.js": [90, 0],
  "livebench/table_2024_06_24.csv": [438, 0],
  "livebench/table_2024_07_26.csv": [438, 0],
  "livebench/table_2024_08_31.csv": [354, 0],
  "livebench/table_2024_11_25.csv": [389, 1],
  "livebench/table_2025_04_02.csv": [378, 0],
  "livebench/table_2025_04_25.csv": [342, 0],
  "livebench/table_2025_05_30.csv": [490, 0],
  "livebench/table_2025_12_23.csv": [455, 0],
  "livebench/table_2026_01_08.csv": [882, 1],
  "hf_open_llm/DERIVED_datasets_server_rows_offset0.json": [594, 1],
  "hf_open_llm/DERIVED_datasets_server_rows_offset100.json": [588, 2],
  "hf_open_llm/DERIVED_datasets_server_rows_offset3800.json": [162, 0],
  "hf_open_llm/contents_2025-02.csv": [22512, 75],
  "aider/polyglot_leaderboard.yml": [68, 1],
  "aider/edit_leaderboard.yml": [98, 0],
  "aider/refactor_leaderboard.yml": [14, 0],
  "epoch/epoch_capabilities_index_2026-04.csv": [187, 398],
  "epoch/benchmark_data_2026-01/chess_puzzles.csv": [19, 0],
  "epoch/benchmark_data_2026-01/frontiermath.csv": [74, 0],
  "epoch/benchmark_data_2026-01/gpqa_diamond.csv": [145, 0],
  "epoch/benchmark_data_2026-01/metr_time_horizons_external.csv": [33, 0],
  "epoch/benchmark_data_2026-01/otis_mock_aime_2024_2025.csv": [119, 0],
  "epoch/benchmark_data_2026-01/simpleqa_verified.csv": [27, 0],
  "epoch/benchmark_data_2026-01/swe_bench_verified.csv": [23, 0],
};

/** Saved files in shapes no address of the source gives: page scrapes, trimmed and derived lists. */
const REFUSED = [
  "artificial_analysis/llms_page_2026-08-22_slim.json",
  "lmarena/arena_2026-02-10_rakium.json",
  "lmarena/arena_catalog_leaderboard-text_2025-12.json",
  "lmarena/arena_catalog_scatterplot-data_2025-12.json",
  "lmarena/arena_code_2026-03-29.json",
  "lmarena/arena_text_2026-03-29.json",
  "openrouter/ids_prices_2026-08-22.json",
];

describe.skipIf(isAbsent)("with the saved payloads at hand", () => {
  const payloads = isAbsent ? [] : readSavedPayloads(folder);

  test("every edition is read to the row, and every other shape is a typed fault", () => {
    const read = payloads.flatMap(({ file, reading }) =>
      reading.ok ? [[file, [reading.value.models || reading.value.scores, reading.value.rejected.length]]] : [],
    );
    expect(Object.fromEntries(read)).toEqual(READ);
    const refused = payloads.flatMap(({ file, reading }) => (reading.ok ? [] : [[file, reading.fault.kind]]));
    expect(refused).toEqual(REFUSED.map((file) => [file, "malformed_data"]));
  });

  test("every reject says where and why", () => {
    for (const { reading } of payloads)
      for (const { place, reason } of reading.ok ? reading.value.rejected : [])
        expect([place, reason].every((text) => text.length > 0 && text.length < 200)).toBe(true);
  });
});
