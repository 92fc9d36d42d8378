import { ok } from "../../shared/base/result.ts";
import { parseArtificialAnalysis } from "../../shared/catalog/sources/artificial-analysis.ts";
import { nextDatasetOffset } from "../../shared/catalog/sources/dataset-page.ts";
import { keepOne } from "../../shared/catalog/sources/keep-one.ts";
import { arenaBenchmark, parseLmarenaRows } from "../../shared/catalog/sources/lmarena.ts";
import { mergePages } from "../../shared/catalog/sources/merge-pages.ts";
import { nextPageUrl } from "../../shared/catalog/sources/next-page-url.ts";
import { parseOpenRouter } from "../../shared/catalog/sources/openrouter.ts";
import { parseEachPage } from "./parse-each-page.ts";
import { offWithout, PLAIN, toScores } from "./plain-plan.ts";
import type { SourceConfig } from "./source-config.ts";
import { NO_ROWS, refuseSource, type SourcePlan } from "./source-plan.ts";

/** An address with query parameters set; as it stands where it is none, for egress to refuse. */
function withQuery(url: string, query: Readonly<Record<string, string>>): string {
  if (!URL.canParse(url)) return url;
  const address = new URL(url);
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  return address.href;
}

export const openRouterPlan = ({ openRouterUrl }: SourceConfig): SourcePlan => ({
  ...PLAIN,
  source: "openrouter",
  release: "current",
  starts: [{ part: "list", url: openRouterUrl }],
  off: offWithout(openRouterUrl),
  toNext: ({ text, url }, origin) => {
    const page = parseOpenRouter(text, origin);
    return page.ok ? nextPageUrl(page.value.next, { currentUrl: url, origin }) : page;
  },
  parse: (pages, origin) => {
    const parses = parseEachPage(pages, origin, parseOpenRouter);
    if (!parses.ok) return parses;
    const found = parses.value.flatMap(({ rows }, i) => rows.map((row) => ({ place: `page ${i + 1} ${row.id}`, row })));
    const reason = "stands on another page too";
    const listed = keepOne(found, { keyOf: (row) => row.id, isBetter: () => false, reason });
    // What was rejected on a page is counted with its models; of the scores only doubles are left to reject.
    const scores = mergePages(parses.value.map(({ benchmarks }) => ({ rows: benchmarks, rejected: [] })));
    const rejected = [...parses.value.flatMap((parse) => parse.rejected), ...listed.rejected, ...scores.rejected];
    return ok({ rows: { ...NO_ROWS, listed: listed.rows, scores: scores.rows }, rejected });
  },
});

export const artificialAnalysisPlan = (config: SourceConfig): SourcePlan => ({
  ...PLAIN,
  source: "artificial_analysis",
  // The feed says its own version, which becomes the edition of each row.
  release: "current",
  starts: [{ part: "list", url: withQuery(config.artificialAnalysisUrl, { page: "1" }) }],
  headers: { "x-api-key": config.artificialAnalysisKey },
  off: offWithout(config.artificialAnalysisUrl) ?? (config.artificialAnalysisKey === "" ? "no key is set" : null),
  toNext: ({ text, url }, origin) => {
    const page = parseArtificialAnalysis(text, origin);
    if (!page.ok) return page;
    const { nextPage } = page.value;
    return ok(nextPage === null ? null : withQuery(url, { page: String(nextPage) }));
  },
  parse: (pages, origin) => {
    const parses = parseEachPage(pages, origin, parseArtificialAnalysis);
    if (!parses.ok) return parses;
    const merged = mergePages(parses.value);
    const speeds = parses.value.flatMap((parse) => parse.speeds);
    return ok({ rows: { ...NO_ROWS, scores: merged.rows, speeds }, rejected: merged.rejected });
  },
});

/** Most rows that the dataset server gives a page. */
const DATASET_PAGE_ROWS = 100;

/** One plan a board and category, so that one which is renamed takes no other with it. */
export const lmarenaPlans = (config: SourceConfig): readonly SourcePlan[] =>
  config.lmarenaBoards
    .split(";")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .flatMap((entry) => {
      const [board = "", categories = ""] = entry.split(":");
      return categories.split(",").map((category) => lmarenaPlan(config, board.trim(), category.trim()));
    });

function lmarenaPlan({ lmarenaUrl }: SourceConfig, config: string, category: string): SourcePlan {
  const source = arenaBenchmark(config, category);
  const board = { config, categories: [category] };
  const query = {
    dataset: "lmarena-ai/leaderboard-dataset",
    config,
    split: "latest",
    where: `"category"='${category.replaceAll("'", "''")}'`,
    offset: "0",
    length: String(DATASET_PAGE_ROWS),
  };
  return {
    ...PLAIN,
    source,
    release: "latest",
    starts: [{ part: "board", url: withQuery(lmarenaUrl, query) }],
    off: offWithout(lmarenaUrl),
    toNext: ({ text, url }, origin) => {
      const page = parseLmarenaRows(text, origin, board);
      if (!page.ok) return page;
      // A full page that does not say how many rows there are may be the first of several.
      if (page.value.totalCount === null && page.value.rowCount >= DATASET_PAGE_ROWS) {
        return refuseSource({ source }, "num_rows_total: expected a number of rows");
      }
      const offset = nextDatasetOffset(page.value, Number(new URL(url).searchParams.get("offset")));
      return ok(offset === null ? null : withQuery(url, { offset: String(offset) }));
    },
    parse: (pages, origin) => {
      const parses = parseEachPage(pages, origin, (text, from) => parseLmarenaRows(text, from, board));
      return parses.ok ? toScores(ok(mergePages(parses.value))) : parses;
    },
  };
}
