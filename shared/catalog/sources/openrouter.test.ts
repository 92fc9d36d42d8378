import { expect, test } from "vitest";
import { parseOpenRouter } from "./openrouter.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "models", release: "embedded", retrieved: "2026-08-13" };
const entry = (over: object = {}): object => ({
  id: "maker/one",
  canonical_slug: "maker/one-20260401",
  hugging_face_id: "",
  name: "Maker: One",
  created: 1775001600,
  context_length: 128000,
  architecture: { input_modalities: ["text", "image"], output_modalities: ["text"] },
  pricing: { prompt: "0.0000003", completion: "0.0000012", input_cache_read: "0.00000003" },
  top_provider: { context_length: null, max_completion_tokens: 8000 },
  supported_parameters: ["tools", "response_format", "reasoning"],
  expiration_date: null,
  ...over,
});
const page = (data: readonly unknown[], over: object = {}): string => JSON.stringify({ data, ...over });
const parse = (...data: readonly unknown[]) => parsed(parseOpenRouter(page(data), ORIGIN));

test("parseOpenRouter() reads facts, with prices per token as integer micro-dollars per million", () => {
  const { rows, rejected, variablePrice } = parse(entry());
  expect([rejected, variablePrice]).toEqual([[], []]);
  expect(rows).toEqual([
    {
      id: "maker/one",
      name: "Maker: One",
      kind: "model",
      contextTokens: 128000,
      maxOutputTokens: 8000,
      prices: {
        promptMicroUsdPerMillion: 300_000,
        completionMicroUsdPerMillion: 1_200_000,
        cacheReadMicroUsdPerMillion: 30_000,
        cacheWriteMicroUsdPerMillion: null,
      },
      capabilities: { vision: true, tools: true, json: true, reasoning: true },
      releaseDate: "2026-04-01",
      canonicalSlug: "maker/one-20260401",
      huggingFaceId: null,
      expires: null,
      aliasTarget: null,
      efforts: [],
      defaultEffort: null,
    },
  ]);
});

test("parseOpenRouter() reads every edition's pricing: all keys at 0, few keys, and keys it does not know", () => {
  const prices = [
    { prompt: "0.000001", completion: "0.000002", request: "0", image: "0", web_search: "0", internal_reasoning: "0" },
    { prompt: "0.000001", completion: "0.000002" },
    { prompt: "0.000001", completion: "0.000002", input_cache_write_1h: "0.00001", overrides: [{ prompt: "1" }] },
    { prompt: 0.000001, completion: 2e-6 },
  ];
  const read = parse(...prices.map((pricing, i) => entry({ id: `maker/m-${i}`, pricing }))).rows.map(
    (row) => row.prices,
  );
  for (const price of read)
    expect(price).toEqual({
      promptMicroUsdPerMillion: 1_000_000,
      completionMicroUsdPerMillion: 2_000_000,
      cacheReadMicroUsdPerMillion: null,
      cacheWriteMicroUsdPerMillion: null,
    });
});

test("parseOpenRouter() marks free, batch, floating, variant and router entries and keeps -1 prices apart", () => {
  const zero = { prompt: "0", completion: "0" };
  const { rows, rejected, variablePrice } = parse(
    entry(),
    entry({ id: "maker/one:free", pricing: zero }),
    entry({ id: "maker/gift", pricing: zero }),
    entry({ id: "maker/one:batch" }),
    entry({ id: "maker/one:exacto" }),
    entry({ id: "maker/one:thinking" }),
    entry({ id: "~maker/one-latest", alias_target: { slug: "maker/one" } }),
    entry({ id: "openrouter/free", pricing: zero }),
    entry({ id: "openrouter/auto", name: "Auto", pricing: { prompt: "-1", completion: "-1" } }),
  );
  expect(rows.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    "maker/one model",
    "maker/one:free free",
    "maker/gift free",
    "maker/one:batch batch",
    "maker/one:exacto variant",
    "maker/one:thinking model",
    "~maker/one-latest floating",
    "openrouter/free router",
  ]);
  expect(rows.find((row) => row.kind === "floating")?.aliasTarget).toBe("maker/one");
  expect(variablePrice).toEqual([{ id: "openrouter/auto", name: "Auto", kind: "router" }]);
  expect(rejected).toEqual([]);
});

test("parseOpenRouter() rejects with place and reason, and never completes a fact", () => {
  const { rows, rejected } = parse(
    entry(),
    entry({ id: "maker/blank", pricing: { prompt: "", completion: "0.1" } }),
    entry({ id: "maker/null", pricing: null }),
    entry({ id: "maker/dear", pricing: { prompt: "3", completion: "15" } }),
    entry({ id: "maker/short", context_length: 0 }),
    entry({ id: "maker/painter", architecture: { output_modalities: ["image"] } }),
    entry({ id: "no vendor" }),
    entry({ id: "maker/<script>" }),
    entry(),
    null,
  );
  expect(rows).toHaveLength(1);
  expect(rejected).toEqual([
    { place: "data[1] maker/blank", reason: "no prompt and completion price" },
    { place: "data[2] maker/null", reason: "no prompt and completion price" },
    { place: "data[3] maker/dear", reason: "a price of over $10,000 per 1M tokens" },
    { place: "data[4] maker/short", reason: "no context window" },
    { place: "data[5] maker/painter", reason: "gives no text" },
    { place: "data[6] no vendor", reason: "no id of the form vendor/model" },
    { place: "data[7] maker/<script>", reason: "no id of the form vendor/model" },
    { place: "data[8] maker/one", reason: "listed twice" },
    { place: "data[9]", reason: "not an object" },
  ]);
});

test("parseOpenRouter() stands fields of the wrong type as not stated", () => {
  const [row] = parse(
    entry({ name: 7, created: "today", architecture: null, supported_parameters: "tools", top_provider: [] }),
    entry({
      id: "maker/two",
      created: 1e18,
      reasoning: { supported_efforts: ["low", "odd", 3], default_effort: "odd" },
    }),
  ).rows;
  expect(row).toMatchObject({ name: "one", releaseDate: null, maxOutputTokens: null });
  expect(row?.capabilities).toEqual({ vision: false, tools: false, json: false, reasoning: false });
});

test("parseOpenRouter() gives the embedded scores their id and the highest effort the model takes", () => {
  const { benchmarks, rows } = parse(
    entry({
      reasoning: { mandatory: false, default_effort: "high", supported_efforts: ["max", "high", "low"] },
      benchmarks: {
        artificial_analysis: { intelligence_index: 51.8, coding_index: 0, agentic_index: null },
        design_arena: [{ arena: "agents", category: "python-pptxslides", elo: 1277, rank: 5, win_rate: 55.6 }],
      },
    }),
    entry({ id: "maker/two:free", benchmarks: { artificial_analysis: { intelligence_index: 9 } } }),
    entry({ id: "maker/three", benchmarks: null }),
  );
  expect(rows[0]).toMatchObject({ efforts: ["low", "high", "max"], defaultEffort: "high" });
  expect(benchmarks.map(({ benchmark, value, stated }) => [benchmark, value, stated?.id, stated?.effort])).toEqual([
    ["aa_intelligence_index", 51.8, "maker/one", "max"],
    ["aa_coding_index", 0, "maker/one", "max"],
    ["design_arena_agents_python_pptxslides", 1277, "maker/one", "default"],
    ["aa_intelligence_index", 9, "maker/two", "default"],
  ]);
  expect(benchmarks[0]).toMatchObject({ source: "openrouter", release: "embedded", name: "maker/one (max)" });
});

test("parseOpenRouter() rejects drifted scores at their place and keeps the entry", () => {
  const broken = {
    artificial_analysis: { intelligence_index: "51.8", coding_index: 151 },
    design_arena: [{ arena: "models", elo: 1200 }, { arena: "models", category: "3d", elo: "1200" }, 7],
  };
  const { rows, rejected, benchmarks } = parse(
    entry({ benchmarks: broken }),
    entry({ id: "maker/two", benchmarks: [] }),
    entry({ id: "maker/three", benchmarks: { artificial_analysis: 7, design_arena: {} } }),
    entry({ id: "maker/one:batch", benchmarks: { artificial_analysis: { intelligence_index: 50 } } }),
  );
  expect([rows.length, benchmarks.length]).toEqual([4, 0]);
  expect(rejected.map(({ place, reason }) => `${place}: ${reason}`)).toEqual([
    "data[0] maker/one benchmarks.artificial_analysis.intelligence_index: no number in 0..100",
    "data[0] maker/one benchmarks.artificial_analysis.coding_index: no number in 0..100",
    "data[0] maker/one benchmarks.design_arena[0]: no arena and category",
    "data[0] maker/one benchmarks.design_arena[1]: no elo",
    "data[0] maker/one benchmarks.design_arena[2]: not an object",
    "data[1] maker/two benchmarks: not an object",
    "data[2] maker/three benchmarks.artificial_analysis: not an object",
    "data[2] maker/three benchmarks.design_arena: not a list",
    "data[3] maker/one:batch benchmarks: a batch entry repeats the scores of another",
  ]);
});

test("parseOpenRouter() hands on the page's link and count, and reads an empty page of a longer list", () => {
  const links = { next: "/api/v1/models?offset=500&limit=500" };
  const first = parsed(parseOpenRouter(page([entry()], { total_count: 501, links }), ORIGIN));
  expect([first.totalCount, first.next]).toEqual([501, links.next]);
  const last = parsed(parseOpenRouter(page([], { total_count: 500, links: { next: null } }), ORIGIN));
  expect([last.rows.length, last.next]).toEqual([0, null]);
});

test("parseOpenRouter() refuses, naming source and place, what is no list of models", () => {
  const refusals = {
    "<!DOCTYPE html><html></html>": "$: an HTML or XML page instead of JSON",
    "": "$: an empty text instead of JSON",
    "upstream connect error": "$: some other text instead of JSON",
    [page([entry(), entry()]).slice(0, -40)]: "$: a text that breaks off or is broken instead of JSON",
    [page([])]: "data: an empty list of models",
    [page([{ slug: "maker/one" }, { slug: "maker/two" }])]:
      "data[0]: no id of the form vendor/model; nothing could be read (2 rejected)",
  };
  for (const [payload, detail] of Object.entries(refusals))
    expect(refusalOf(parseOpenRouter(payload, ORIGIN))).toBe(`source models: ${detail}`);
  for (const payload of [
    "[]",
    "null",
    "7",
    '"text"',
    "{}",
    '{"data":{}}',
    '{"error":{"code":500}}',
    '{"maker/one":{"input":1}}',
  ])
    expect(refusalOf(parseOpenRouter(payload, ORIGIN))).toBe("source models: data: expected a list of models");
});
