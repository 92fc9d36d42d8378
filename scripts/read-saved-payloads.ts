import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result } from "../shared/base/result.ts";
import { type AiderBoard, parseAider } from "../shared/catalog/sources/aider.ts";
import { parseArtificialAnalysis } from "../shared/catalog/sources/artificial-analysis.ts";
import { type EpochFile, parseEpoch } from "../shared/catalog/sources/epoch.ts";
import { parseHfOpenLlm, parseHfOpenLlmCsv } from "../shared/catalog/sources/hf-open-llm.ts";
import { livebenchFiles, parseLivebench } from "../shared/catalog/sources/livebench.ts";
import { type ArenaCsvBoard, parseLmarenaCsv, parseLmarenaRows } from "../shared/catalog/sources/lmarena.ts";
import { parseLmarenaHistory } from "../shared/catalog/sources/lmarena-history.ts";
import { parseModelsDev } from "../shared/catalog/sources/models-dev.ts";
import { parseOpenRouter } from "../shared/catalog/sources/openrouter.ts";
import type { Reject, SourceOrigin, SourceParse } from "../shared/catalog/sources/source.ts";
import { readModelsDevBases } from "./read-catalogue-sources.ts";

/** What an adapter made of one payload. */
export interface Reading {
  /** Model facts; 0 for a board. */
  readonly models: number;
  /** Benchmark scores; 0 for a list of models without any. */
  readonly scores: number;
  readonly rejected: readonly Reject[];
  /** What else the payload said: paging, version, entries without a price. */
  readonly notes: string;
}

export interface SavedPayload {
  readonly file: string;
  readonly adapter: string;
  readonly reading: Result<Reading>;
}

type Read = (text: string, origin: SourceOrigin) => Result<Reading>;

/** Which adapter reads a saved file; the first pattern that fits counts. */
const ADAPTERS: readonly { readonly files: RegExp; readonly adapter: string; readonly read: Read }[] = [
  { files: /^openrouter\/(models|ids_prices)/, adapter: "openrouter", read: readOpenRouter },
  {
    files: /^models_dev\//,
    adapter: "models.dev",
    read: (text, origin) => toModels(parseModelsDev(text, origin, readModelsDevBases())),
  },
  { files: /^artificial_analysis\/.*\.json$/, adapter: "artificial analysis", read: readArtificialAnalysis },
  { files: /^lmarena\/.*\.csv$/, adapter: "lmarena csv", read: readLmarenaCsv },
  {
    files: /^lmarena\/.*\.js$/,
    adapter: "lmarena history",
    read: (text, origin) => toScores(parseLmarenaHistory(text, origin)),
  },
  {
    files: /^lmarena\//,
    adapter: "lmarena rows",
    read: (text, origin) => toScores(parseLmarenaRows(text, origin, { config: "text", categories: ["overall"] })),
  },
  {
    files: /^hf_open_llm\/.*\.csv$/,
    adapter: "hf csv",
    read: (text, origin) => toScores(parseHfOpenLlmCsv(text, origin)),
  },
  { files: /^hf_open_llm\//, adapter: "hf rows", read: (text, origin) => toScores(parseHfOpenLlm(text, origin)) },
  { files: /^aider\//, adapter: "aider", read: readAider },
  { files: /^epoch\/.*\.csv$/, adapter: "epoch", read: readEpoch },
];

/** Reads every saved payload under the data folder with the adapter of its source; LiveBench by pairs of files. */
export function readSavedPayloads(dataFolder: string): readonly SavedPayload[] {
  const root = join(dataFolder, "enrich");
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  return files.sort().flatMap((file): SavedPayload[] => {
    const found = ADAPTERS.find(({ files }) => files.test(file));
    const stamp = /^livebench\/table_(\d{4}_\d\d_\d\d)\.csv$/.exec(file)?.[1];
    if (stamp !== undefined) return [readLivebench(root, stamp.replaceAll("_", "-"))];
    if (found === undefined) return [];
    const text = readFileSync(join(root, file), "utf8");
    return [{ file, adapter: found.adapter, reading: found.read(text, originOf(file)) }];
  });
}

/** Whether the saved payloads are there; they stand beside the repository and are no part of it. */
export const hasSavedPayloads = (dataFolder: string): boolean => existsSync(join(dataFolder, "enrich/sources.json"));

function originOf(file: string): SourceOrigin {
  const date = /(\d{4}-\d\d(?:-\d\d)?)/.exec(file)?.[1] ?? "undated";
  return { name: file, release: date, retrieved: date };
}

function readLivebench(root: string, release: string): SavedPayload {
  const names = livebenchFiles(release);
  const text = (name: string): string => readFileSync(join(root, "livebench", name), "utf8");
  const origin = { name: `livebench/${names.table}`, release, retrieved: release };
  const files = { table: text(names.table), categories: text(names.categories) };
  return { file: origin.name, adapter: "livebench", reading: toScores(parseLivebench(files, origin)) };
}

function toScores(parse: Result<SourceParse<unknown>>, notes = ""): Result<Reading> {
  if (!parse.ok) return parse;
  const { rows, rejected } = parse.value;
  return ok({ models: 0, scores: rows.length, rejected, notes });
}

function toModels(parse: Result<SourceParse<unknown>>): Result<Reading> {
  const reading = toScores(parse);
  return reading.ok ? ok({ ...reading.value, models: reading.value.scores, scores: 0 }) : reading;
}

function readOpenRouter(text: string, origin: SourceOrigin): Result<Reading> {
  const parse = parseOpenRouter(text, origin);
  if (!parse.ok) return parse;
  const { rows, benchmarks, rejected, variablePrice } = parse.value;
  const kinds = ["free", "batch", "floating", "variant", "router"].flatMap((kind) => {
    const count = rows.filter((row) => row.kind === kind).length;
    return count === 0 ? [] : [`${count} ${kind}`];
  });
  const notes = [...kinds, `${variablePrice.length} at a variable price`].join(", ");
  return ok({ models: rows.length, scores: benchmarks.length, rejected, notes });
}

function readArtificialAnalysis(text: string, origin: SourceOrigin): Result<Reading> {
  const parse = parseArtificialAnalysis(text, origin);
  if (!parse.ok) return parse;
  const { indexVersion, nextPage, speeds } = parse.value;
  return toScores(parse, `index v${indexVersion}, next page ${nextPage ?? "none"}, ${speeds.length} speeds`);
}

function readLmarenaCsv(text: string, origin: SourceOrigin): Result<Reading> {
  const board = (/lmarena_(text|vision|image)/.exec(origin.name)?.[1] ?? "text") as ArenaCsvBoard;
  return toScores(parseLmarenaCsv(text, origin, board));
}

function readAider(text: string, origin: SourceOrigin): Result<Reading> {
  const board = (/(polyglot|edit|refactor)_/.exec(origin.name)?.[1] ?? "polyglot") as AiderBoard;
  return toScores(parseAider(text, origin, board));
}

const EPOCH_FILES: readonly (readonly [RegExp, EpochFile])[] = [
  [/capabilities_index/, "eci"],
  [/metr_time/, "metr_time_horizons"],
  [/otis_mock/, "otis_mock_aime"],
  [/swe_bench/, "swe_bench_verified"],
  [/gpqa/, "gpqa_diamond"],
  [/frontiermath/, "frontiermath"],
  [/simpleqa/, "simpleqa_verified"],
  [/chess/, "chess_puzzles"],
];

function readEpoch(text: string, origin: SourceOrigin): Result<Reading> {
  const [, file] = EPOCH_FILES.find(([pattern]) => pattern.test(origin.name)) ?? [null, "eci" as const];
  return toScores(parseEpoch(text, origin, file));
}
