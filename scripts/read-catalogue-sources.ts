import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toDetail } from "../shared/base/fault.ts";
import type { Result } from "../shared/base/result.ts";
import type { AbilityLines } from "../shared/catalog/ability.ts";
import type { Alias } from "../shared/catalog/aliases.ts";
import { type DatedOverride, sortOverrides } from "../shared/catalog/apply-overrides.ts";
import type { BuildInput } from "../shared/catalog/build.ts";
import { parseAider } from "../shared/catalog/sources/aider.ts";
import { type EpochFile, parseEpoch } from "../shared/catalog/sources/epoch.ts";
import { parseLmarenaHistory } from "../shared/catalog/sources/lmarena-history.ts";
import { type ModelBases, parseModelsDev } from "../shared/catalog/sources/models-dev.ts";
import type { BenchmarkRow, Reject, SourceOrigin, SourceParse } from "../shared/catalog/sources/source.ts";

const repo = join(import.meta.dirname, "..");
const readJson = <T>(path: string): T => JSON.parse(readFileSync(join(repo, path), "utf8")) as T;

/** A build from the data folder wants every file: one of another shape ends it. */
function valueOrThrow<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(toDetail(result.fault));
  return result.value;
}

/** Files of the data folder that may be shipped, and the editions they hold. */
const MODELS_DEV: SourceOrigin = {
  name: "models_dev/openrouter_2026-07-01.json",
  release: "2026-07-01",
  retrieved: "2026-07-01",
};
const AIDER: SourceOrigin = { name: "aider/polyglot_leaderboard.yml", release: "polyglot", retrieved: "2025-10-04" };
const LMARENA: SourceOrigin = {
  name: "lmarena/arena_history_2026-07-23.js",
  release: "overall",
  retrieved: "2026-07-23",
};
const EPOCH_INDEX = "epoch/epoch_capabilities_index_2026-04.csv";
const EPOCH_FOLDER = "epoch/benchmark_data_2026-01";
const EPOCH: Readonly<Record<EpochFile, string>> = {
  eci: EPOCH_INDEX,
  swe_bench_verified: `${EPOCH_FOLDER}/swe_bench_verified.csv`,
  metr_time_horizons: `${EPOCH_FOLDER}/metr_time_horizons_external.csv`,
  gpqa_diamond: `${EPOCH_FOLDER}/gpqa_diamond.csv`,
  frontiermath: `${EPOCH_FOLDER}/frontiermath.csv`,
  simpleqa_verified: `${EPOCH_FOLDER}/simpleqa_verified.csv`,
  otis_mock_aime: `${EPOCH_FOLDER}/otis_mock_aime_2024_2025.csv`,
  chess_puzzles: `${EPOCH_FOLDER}/chess_puzzles.csv`,
};

const ATTRIBUTION = [
  "Model facts: models.dev (https://models.dev), MIT License",
  "Benchmark data: Epoch AI (https://epoch.ai/data), CC BY 4.0; standardised and combined",
  "Arena ratings: LMArena leaderboard dataset (https://lmarena.ai), CC BY 4.0; newest rating per model, standardised and combined",
  "Aider polyglot leaderboard (https://aider.chat), Apache License 2.0",
];

/** What entries of models.dev inherit where they name a base. */
export function readModelsDevBases(): ModelBases {
  const { bases } = readJson<{ bases: (Record<string, unknown> & { key: string })[] }>(
    "shared/data/models-dev-bases.json",
  );
  return new Map(bases.map((base) => [base.key, base]));
}

/** Reads the shippable files under `dataFolder`; `perSource` counts are for the printed report. */
export function readCatalogueSources(dataFolder: string): {
  readonly input: BuildInput;
  readonly perSource: readonly { readonly name: string; readonly rows: number; readonly rejected: readonly Reject[] }[];
} {
  const text = (file: string): string => readFileSync(join(dataFolder, "enrich", file), "utf8");
  const facts = valueOrThrow(parseModelsDev(text(MODELS_DEV.name), MODELS_DEV, readModelsDevBases()));
  const boards: { name: string; parse: SourceParse<BenchmarkRow> }[] = [
    { name: AIDER.name, parse: valueOrThrow(parseAider(text(AIDER.name), AIDER)) },
    { name: LMARENA.name, parse: valueOrThrow(parseLmarenaHistory(text(LMARENA.name), LMARENA)) },
    ...Object.entries(EPOCH).map(([file, name]) => ({
      name,
      parse: valueOrThrow(
        parseEpoch(
          text(name),
          { name, release: file === "eci" ? "2026-04" : "2026-01", retrieved: "2026-04-10" },
          file as EpochFile,
        ),
      ),
    })),
  ];
  const perSource = [
    { name: MODELS_DEV.name, rows: facts.rows.length, rejected: facts.rejected },
    ...boards.map(({ name, parse }) => ({ name, rows: parse.rows.length, rejected: parse.rejected })),
  ];
  const newest = [MODELS_DEV, AIDER, LMARENA].map(({ retrieved }) => retrieved).sort();
  const today = newest.at(-1) ?? "";
  const { overrides } = readJson<{ overrides: DatedOverride[] }>("shared/data/catalogue-overrides.json");
  const input: BuildInput = {
    facts: facts.rows,
    rows: boards.flatMap(({ parse }) => parse.rows),
    aliases: readJson<{ aliases: Alias[] }>("shared/data/aliases.json").aliases,
    lines: readJson<AbilityLines>("shared/data/ability-lines.json"),
    parameters: readJson<BuildInput["parameters"]>("shared/data/parameters.json"),
    // By the day of the data, as a refresh does it: an expired correction is none in the shipped catalogue either.
    overrides: sortOverrides(overrides, { today, facts: facts.rows }).live,
    generatedAt: `${today}T00:00:00.000Z`,
    attribution: ATTRIBUTION,
    rejected: perSource.flatMap(({ name, rejected }) => rejected.map((r) => ({ ...r, place: `${name}: ${r.place}` }))),
    digest: (body) => createHash("sha256").update(body).digest("hex").slice(0, 12),
  };
  return { input, perSource };
}

/** `--data FOLDER` of a command line; the default stands beside the repository. */
export function dataFolderOf(argv: readonly string[]): string {
  const at = argv.indexOf("--data");
  return at >= 0 && argv[at + 1] !== undefined ? (argv[at + 1] ?? "") : join(repo, "../shared/data");
}
