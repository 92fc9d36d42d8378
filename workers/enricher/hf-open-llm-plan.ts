import { ok, type Result } from "../../shared/base/result.ts";
import { nextDatasetOffset } from "../../shared/catalog/sources/dataset-page.ts";
import { parseHfOpenLlm, parseHfOpenLlmCsv } from "../../shared/catalog/sources/hf-open-llm.ts";
import { mergePages } from "../../shared/catalog/sources/merge-pages.ts";
import type { BenchmarkRow, SourceOrigin, SourceParse } from "../../shared/catalog/sources/source.ts";
import { parseEachPage } from "./parse-each-page.ts";
import { PLAIN, toScores } from "./plain-plan.ts";
import { refuseSource, type SourcePage, type SourcePlan } from "./source-plan.ts";

/** Parts of a body: a page of rows, or the whole board as one CSV file. */
export const HF_PARTS = { rows: "rows", csv: "csv" } as const;
const DEFAULT_URL =
  "https://datasets-server.huggingface.co/rows?dataset=open-llm-leaderboard%2Fcontents&config=default&split=train&offset=0&length=100";
const MIB = 1024 * 1024;

/**
 * The Open LLM Leaderboard, closed in March 2025: it cannot change, so that it is imported once by hand
 * (scripts/catalog-import.ts) and never asked by a refresh, which reads the bodies of that import. 46 pages of about
 * 160 KiB.
 */
export const hfOpenLlmPlan = (url: string = DEFAULT_URL): SourcePlan => ({
  ...PLAIN,
  source: "hf_open_llm",
  release: "2025-03",
  starts: [{ part: HF_PARTS.rows, url }],
  limits: { ...PLAIN.limits, maxPages: 60, totalBytes: 16 * MIB, totalMs: 300_000 },
  off: "retired; not scheduled",
  isImported: true,
  toNext: ({ text, url: at }, origin) => {
    const page = parseHfOpenLlm(text, origin);
    if (!page.ok) return page;
    if (page.value.totalCount === null)
      return refuseSource({ source: "hf_open_llm" }, "num_rows_total: expected a number of rows");
    const address = new URL(at);
    const offset = nextDatasetOffset(page.value, Number(address.searchParams.get("offset")));
    if (offset === null) return ok(null);
    address.searchParams.set("offset", String(offset));
    return ok(address.href);
  },
  parse: parsePages,
});

function parsePages(pages: readonly SourcePage[], origin: SourceOrigin): ReturnType<SourcePlan["parse"]> {
  const [first] = pages;
  if (first?.part === HF_PARTS.csv) return toScores(parseHfOpenLlmCsv(first.text, origin));
  const parses: Result<readonly SourceParse<BenchmarkRow>[]> = parseEachPage(pages, origin, parseHfOpenLlm);
  return parses.ok ? toScores(ok(mergePages(parses.value))) : parses;
}
