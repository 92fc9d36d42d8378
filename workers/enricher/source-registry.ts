import { ok } from "../../shared/base/result.ts";
import { parseAider } from "../../shared/catalog/sources/aider.ts";
import { type EpochFile, parseEpoch } from "../../shared/catalog/sources/epoch.ts";
import { livebenchFiles, parseLivebench } from "../../shared/catalog/sources/livebench.ts";
import { parseModelsDev } from "../../shared/catalog/sources/models-dev.ts";
import type { BenchmarkRow, Reject, SourceParse } from "../../shared/catalog/sources/source.ts";
import { hfOpenLlmPlan } from "./hf-open-llm-plan.ts";
import { artificialAnalysisPlan, lmarenaPlans, openRouterPlan } from "./paged-sources.ts";
import { offWithout, PLAIN, toScores } from "./plain-plan.ts";
import type { SourceConfig } from "./source-config.ts";
import { NO_ROWS, refuseSource, type SourcePlan } from "./source-plan.ts";
import { unpackZip } from "./unpack-body.ts";

/** How every configured source is fetched and read, in the order they are reported in. */
export const toSourcePlans = (config: SourceConfig): readonly SourcePlan[] => [
  openRouterPlan(config),
  artificialAnalysisPlan(config),
  ...lmarenaPlans(config),
  livebenchPlan(config),
  aiderPlan(config),
  epochPlan(config),
  modelsDevPlan(config),
  hfOpenLlmPlan(),
];

function livebenchPlan({ livebenchUrl, livebenchRelease }: SourceConfig): SourcePlan {
  const source = "livebench";
  const names = livebenchFiles(livebenchRelease);
  const folder = livebenchUrl.replace(/\/$/, "");
  return {
    ...PLAIN,
    source,
    release: livebenchRelease,
    starts: [
      { part: "table", url: `${folder}/${names.table}` },
      { part: "categories", url: `${folder}/${names.categories}` },
    ],
    off: offWithout(livebenchUrl) ?? (livebenchRelease === "" ? "no release is set" : null),
    parse: (pages, origin) => {
      const textOf = (part: string): string | undefined => pages.find((page) => page.part === part)?.text;
      const [table, categories] = [textOf("table"), textOf("categories")];
      if (table === undefined || categories === undefined) return refuseSource({ source }, "a file is missing");
      return toScores(parseLivebench({ table, categories }, origin));
    },
  };
}

const aiderPlan = ({ aiderUrl }: SourceConfig): SourcePlan => ({
  ...PLAIN,
  source: "aider",
  release: "polyglot",
  starts: [{ part: "board", url: aiderUrl }],
  off: offWithout(aiderUrl),
  parse: (pages, origin) => toScores(parseAider(pages[0]?.text ?? "", origin)),
});

/** Files of Epoch's archive, by the names they were seen under in 2026. */
const EPOCH_FILES: Readonly<Record<string, EpochFile>> = {
  "epoch_capabilities_index.csv": "eci",
  "swe_bench_verified.csv": "swe_bench_verified",
  "metr_time_horizons_external.csv": "metr_time_horizons",
  "gpqa_diamond.csv": "gpqa_diamond",
  "frontiermath.csv": "frontiermath",
  "simpleqa_verified.csv": "simpleqa_verified",
  "otis_mock_aime_2024_2025.csv": "otis_mock_aime",
  "chess_puzzles.csv": "chess_puzzles",
};

function epochPlan({ epochUrl }: SourceConfig): SourcePlan {
  const source = "epoch";
  return {
    ...PLAIN,
    source,
    release: "current",
    starts: [{ part: "archive", url: epochUrl }],
    off: offWithout(epochUrl),
    unpack: unpackZip(Object.keys(EPOCH_FILES)),
    parse: (pages, origin) => {
      const readings: SourceParse<BenchmarkRow>[] = [];
      const missing: Reject[] = [];
      for (const [name, file] of Object.entries(EPOCH_FILES)) {
        const text = pages.find(({ part }) => part === name)?.text;
        // A board may leave the archive; without the index it is another archive.
        if (text === undefined && file === "eci") return refuseSource({ source }, `${name}: not in the archive`);
        if (text === undefined) {
          missing.push({ place: name, reason: "not in the archive" });
          continue;
        }
        const parse = parseEpoch(text, { ...origin, name: `${source}/${name}` }, file);
        if (!parse.ok) return parse;
        readings.push(parse.value);
      }
      const rejected = [...missing, ...readings.flatMap((reading) => reading.rejected)];
      return toScores(ok({ rows: readings.flatMap(({ rows }) => rows), rejected }));
    },
  };
}

const modelsDevPlan = ({ modelsDevUrl }: SourceConfig): SourcePlan => ({
  ...PLAIN,
  source: "models_dev",
  release: "current",
  starts: [{ part: "list", url: modelsDevUrl }],
  off: offWithout(modelsDevUrl),
  parse: (pages, origin) => {
    const parse = parseModelsDev(pages[0]?.text ?? "", origin);
    return parse.ok ? ok({ rows: { ...NO_ROWS, facts: parse.value.rows }, rejected: parse.value.rejected }) : parse;
  },
});
