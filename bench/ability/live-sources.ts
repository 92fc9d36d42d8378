import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readCatalogueSources } from "../../scripts/read-catalogue-sources.ts";
import { toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import type { AbilityLines } from "../../shared/catalog/ability.ts";
import type { Alias } from "../../shared/catalog/aliases.ts";
import { parseAider } from "../../shared/catalog/sources/aider.ts";
import { parseArtificialAnalysis, type SpeedRow } from "../../shared/catalog/sources/artificial-analysis.ts";
import { type EpochFile, parseEpoch } from "../../shared/catalog/sources/epoch.ts";
import { parseHfOpenLlmCsv } from "../../shared/catalog/sources/hf-open-llm.ts";
import { livebenchFiles, parseLivebench } from "../../shared/catalog/sources/livebench.ts";
import { parseLmarenaCsv } from "../../shared/catalog/sources/lmarena.ts";
import { parseLmarenaHistory } from "../../shared/catalog/sources/lmarena-history.ts";
import type { ModelFacts } from "../../shared/catalog/sources/model-facts.ts";
import { parseOpenRouter } from "../../shared/catalog/sources/openrouter.ts";
import type { BenchmarkRow, SourceOrigin } from "../../shared/catalog/sources/source.ts";

/** What a refresh with every source would hold. */
export interface LiveSources {
  /** The model list of today, and of an earlier day what has gone since. */
  readonly facts: readonly ModelFacts[];
  readonly rows: readonly BenchmarkRow[];
  readonly speeds: readonly SpeedRow[];
  readonly aliases: readonly Alias[];
  readonly lines: AbilityLines;
  readonly extrapolatedSdFactor: number;
}

const EPOCH: Readonly<Record<string, EpochFile>> = {
  "epoch_capabilities_index_2026-04.csv": "eci",
  "benchmark_data_2026-01/metr_time_horizons_external.csv": "metr_time_horizons",
  "benchmark_data_2026-01/gpqa_diamond.csv": "gpqa_diamond",
  "benchmark_data_2026-01/frontiermath.csv": "frontiermath",
  "benchmark_data_2026-01/simpleqa_verified.csv": "simpleqa_verified",
  "benchmark_data_2026-01/otis_mock_aime_2024_2025.csv": "otis_mock_aime",
  "benchmark_data_2026-01/chess_puzzles.csv": "chess_puzzles",
  "benchmark_data_2026-01/swe_bench_verified.csv": "swe_bench_verified",
};

/**
 * Reads the saved payloads of the sources that can be asked today, each by its own adapter. Left out: arena boards that
 * were scraped from pages in shapes no adapter reads, and the Open LLM Leaderboard, which is closed.
 */
export function readLiveSources(folder: string): LiveSources {
  const read = readerOf(folder);
  const { aliases, lines, parameters } = readCatalogueSources(folder).input;
  const list = read("openrouter/models_2026-05-12.json", "2026-05-12", parseOpenRouter);
  const sample = read("openrouter/models_with_benchmarks_sample9_2026-08-13.json", "2026-08-13", parseOpenRouter);
  const earlier = read("openrouter/models_2025-12-02.json", "2025-12-02", parseOpenRouter);
  const feed = ["1", "2", "3", "4"].map((page) =>
    read(`artificial_analysis/DERIVED_free_v2_page${page}.json`, "2026-08-22", parseArtificialAnalysis),
  );
  const boards: readonly { readonly rows: readonly BenchmarkRow[] }[] = [
    { rows: [...list.benchmarks, ...sample.benchmarks] },
    ...feed,
    ...livebenchReleases(folder).map((release) => readLivebench(read, release)),
    ...(["polyglot", "edit", "refactor"] as const).map((board) =>
      read(`aider/${board}_leaderboard.yml`, board, (text, origin) => parseAider(text, origin, board)),
    ),
    ...Object.entries(EPOCH).map(([file, kind]) =>
      read(`epoch/${file}`, kind === "eci" ? "2026-04" : "2026-01", (text, origin) => parseEpoch(text, origin, kind)),
    ),
    read("lmarena/arena_history_2026-07-23.js", "overall", parseLmarenaHistory),
    ...(["text", "vision"] as const).map((board) =>
      read(`lmarena/lmarena_${board}_2025-08-04.csv`, "2025-08-04", (text, origin) =>
        parseLmarenaCsv(text, origin, board),
      ),
    ),
  ];
  return {
    facts: firstOfEachId([...list.rows, ...sample.rows, ...earlier.rows]),
    rows: boards.flatMap(({ rows }) => rows),
    speeds: feed.flatMap(({ speeds }) => speeds),
    aliases,
    lines,
    extrapolatedSdFactor: parameters.extrapolatedSdFactor.value,
  };
}

const firstOfEachId = (facts: readonly ModelFacts[]): readonly ModelFacts[] => [
  ...new Map([...facts].reverse().map((entry) => [entry.id, entry])).values(),
];

/** The closed leaderboard, whole: a one-off import. */
export const readHfRows = (folder: string): readonly BenchmarkRow[] =>
  readerOf(folder)("hf_open_llm/contents_2025-02.csv", "2025-02", parseHfOpenLlmCsv).rows;

type Read = <T>(file: string, release: string, parse: (text: string, origin: SourceOrigin) => Result<T>) => T;

const readerOf =
  (folder: string): Read =>
  (file, release, parse) => {
    const parsed = parse(readFileSync(join(folder, "enrich", file), "utf8"), {
      name: file,
      release,
      retrieved: "2026-08-22",
    });
    if (!parsed.ok) throw new Error(toDetail(parsed.fault));
    return parsed.value;
  };

const livebenchReleases = (folder: string): readonly string[] =>
  readdirSync(join(folder, "enrich/livebench"))
    .flatMap((name) => /^table_(\d{4}_\d\d_\d\d)\.csv$/.exec(name)?.[1] ?? [])
    .map((stamp) => stamp.replaceAll("_", "-"))
    .sort();

function readLivebench(read: Read, release: string): { readonly rows: readonly BenchmarkRow[] } {
  const names = livebenchFiles(release);
  const categories = read(`livebench/${names.categories}`, release, (text) => ok(text));
  return read(`livebench/${names.table}`, release, (table, origin) => parseLivebench({ table, categories }, origin));
}
