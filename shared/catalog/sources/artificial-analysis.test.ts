import { expect, test } from "vitest";
import { parseArtificialAnalysis } from "./artificial-analysis.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "free feed", release: "unused", retrieved: "2026-11-20" };
const scores = (intelligence: unknown, coding: unknown = null, agentic: unknown = null): object => ({
  artificial_analysis_intelligence_index: intelligence,
  artificial_analysis_coding_index: coding,
  artificial_analysis_agentic_index: agentic,
});
const model = (over: object = {}): object => ({
  id: "0000",
  name: "One (high)",
  slug: "one",
  release_date: "2026-05-19",
  model_creator: { id: "1", name: "Maker" },
  evaluations: scores(52, 70.1, 0),
  pricing: { price_1m_input_tokens: 1.5, price_1m_output_tokens: 9 },
  performance: { median_output_tokens_per_second: 227.3, median_time_to_first_token_seconds: 0 },
  ...over,
});
const paging = (over: object = {}): object => ({ page: 1, page_size: 200, total_pages: 2, has_more: true, ...over });
const feed = (data: readonly unknown[], over: object = {}): string =>
  JSON.stringify({ tier: "free", intelligence_index_version: "4.1", pagination: paging(), data, ...over });

test("parseArtificialAnalysis() reads one row an index under the index version, and the speed", () => {
  const parse = parsed(parseArtificialAnalysis(feed([model()]), ORIGIN));
  expect(
    parse.rows.map(({ benchmark, value, release, name, date }) => [benchmark, value, release, name, date]),
  ).toEqual([
    ["aa_intelligence_index", 52, "v4.1", "One (high)", "2026-05-19"],
    ["aa_coding_index", 70.1, "v4.1", "One (high)", "2026-05-19"],
    ["aa_agentic_index", 0, "v4.1", "One (high)", "2026-05-19"],
  ]);
  expect(parse.speeds).toEqual([
    {
      source: "artificial_analysis",
      name: "One (high)",
      outputTokensPerSecond: 227.3,
      timeToFirstTokenS: null,
      endToEndS: null,
    },
  ]);
  expect([parse.indexVersion, parse.nextPage, parse.rejected]).toEqual(["4.1", 2, []]);
});

test("parseArtificialAnalysis() reads the envelope at the top and under meta, the version as text and as number", () => {
  for (const version of ["4.3", "v4.3", 4.3]) {
    const flat = feed([model()], { intelligence_index_version: version });
    const meta = JSON.stringify({
      meta: { tier: "free", intelligence_index_version: version, pagination: paging() },
      data: [model()],
    });
    for (const payload of [flat, meta]) {
      const parse = parsed(parseArtificialAnalysis(payload, ORIGIN));
      expect([parse.indexVersion, parse.nextPage, parse.rows[0]?.release]).toEqual(["4.3", 2, "v4.3"]);
    }
  }
});

test("parseArtificialAnalysis() knows the last page by has_more, by total_pages and by an empty page", () => {
  const next = (data: readonly unknown[], pagination: object): number | null =>
    parsed(parseArtificialAnalysis(feed(data, { pagination }), ORIGIN)).nextPage;
  expect(next([model()], paging({ page: 4, has_more: false }))).toBeNull();
  expect(next([model()], { page: 1, total_pages: 2 })).toBe(2);
  expect(next([model()], { page: 2, total_pages: 2 })).toBeNull();
  expect(next([model()], {})).toBeNull();
  expect(next([], paging({ page: 5 }))).toBeNull();
});

test("parseArtificialAnalysis() tells null from 0, keeps cost and estimate where stated, and rejects with place", () => {
  const cost = { cost_per_task: { total_cost: 0.1678 } };
  const estimated = { ...scores(30), artificial_analysis_intelligence_index_is_estimated: true };
  const { rows, rejected } = parsed(
    parseArtificialAnalysis(
      feed([
        model({ name: "A", evaluations: scores(0), artificial_analysis_intelligence_index_cost: cost }),
        model({ name: "B", evaluations: estimated }),
        model({ name: "C", evaluations: scores(null) }),
        model({ name: "D", evaluations: scores("52", -7) }),
        model({ name: "E", evaluations: null }),
        model({ name: null }),
        null,
      ]),
      ORIGIN,
    ),
  );
  expect(rows.map(({ name, value, costUsdPerTask, estimated }) => [name, value, costUsdPerTask, estimated])).toEqual([
    ["A", 0, 0.1678, undefined],
    ["B", 30, null, true],
  ]);
  expect(rejected).toEqual([
    { place: "data[2] C", reason: "no index is stated" },
    { place: "data[3] D evaluations.artificial_analysis_intelligence_index", reason: "no number in 0..100" },
    { place: "data[3] D evaluations.artificial_analysis_coding_index", reason: "no number in 0..100" },
    { place: "data[4] E", reason: "no index is stated" },
    { place: "data[5]", reason: "no name" },
    { place: "data[6]", reason: "not an object" },
  ]);
});

test("parseArtificialAnalysis() takes unmeasured models at the end of the list for no drift, a first page of them for one", () => {
  const bare = [model({ evaluations: scores(null) })];
  const last = feed(bare, { pagination: paging({ page: 2, has_more: false }) });
  expect(parsed(parseArtificialAnalysis(last, ORIGIN)).rejected).toHaveLength(1);
  expect(refusalOf(parseArtificialAnalysis(feed(bare), ORIGIN))).toBe(
    "source free feed: data[0] One (high): no index is stated; nothing could be read (1 rejected)",
  );
});

test("parseArtificialAnalysis() refuses, naming source and place, another shape and a page without its version", () => {
  const noVersion = "intelligence_index_version: expected a version";
  const refusals = {
    "<html></html>": "$: an HTML or XML page instead of JSON",
    [feed([model()]).slice(0, -20)]: "$: a text that breaks off or is broken instead of JSON",
    [feed([])]: "data: an empty list of models",
    [feed([model()], { intelligence_index_version: null })]: noVersion,
    [feed([model()], { intelligence_index_version: "newest" })]: noVersion,
    '{"error":"This endpoint was retired"}': "data: expected a list of models",
    '{"models":[{"name":"One"}]}': "data: expected a list of models",
    "[]": "data: expected a list of models",
    null: "data: expected a list of models",
  };
  for (const [payload, detail] of Object.entries(refusals))
    expect(refusalOf(parseArtificialAnalysis(payload, ORIGIN))).toBe(`source free feed: ${detail}`);
});
