import { expect, test } from "vitest";
import { parseModelsDev } from "./models-dev.ts";
import type { SourceOrigin } from "./source.ts";
import { parsed, refusalOf } from "./testing/parsed.ts";

const ORIGIN: SourceOrigin = { name: "fixture.json", release: "t", retrieved: "2026-07-01" };
const entry = (over: object): object => ({
  id: "maker/one",
  name: "One",
  tool_call: true,
  cost: { input: 0.5, output: 1.5, cache_read: 0.05 },
  limit: { context: 128000, output: 8000 },
  modalities: { input: ["text", "image"] },
  ...over,
});
const parse = (...entries: object[]) => parsed(parseModelsDev(JSON.stringify(entries), ORIGIN));

test("parseModelsDev() reads prices as integer micro-dollars, limits and capabilities when all are stated", () => {
  const { rows, rejected } = parse(entry({ structured_output: true, release_date: "2026-01-02" }));
  expect(rejected).toEqual([]);
  expect(rows).toEqual([
    {
      id: "maker/one",
      name: "One",
      kind: "model",
      prices: {
        promptMicroUsdPerMillion: 500_000,
        completionMicroUsdPerMillion: 1_500_000,
        cacheReadMicroUsdPerMillion: 50_000,
        cacheWriteMicroUsdPerMillion: null,
      },
      contextTokens: 128000,
      maxOutputTokens: 8000,
      capabilities: { vision: true, tools: true, json: true, reasoning: false },
      releaseDate: "2026-01-02",
    },
  ]);
});

test("parseModelsDev() tells routers, free, batch and floating entries from models", () => {
  const kinds = parse(
    entry({ cost: { input: 0, output: 0 } }),
    entry({ id: "maker/one:free" }),
    entry({ id: "maker/one:batch" }),
    entry({ id: "maker/one:exacto" }),
    entry({ id: "~maker/one-latest" }),
    entry({ id: "openrouter/auto" }),
  ).rows.map((row) => row.kind);
  expect(kinds).toEqual(["free", "free", "batch", "variant", "floating", "router"]);
});

test("parseModelsDev() lays an entry over its base when it names one", () => {
  const bases = new Map([
    ["b/one", { name: "Base", reasoning: true, tool_call: true, limit: { context: 9, output: 5 } }],
  ]);
  const payload = JSON.stringify([
    { id: "m/x", base_model: "b/one", cost: { input: "1", output: "2" }, limit: { output: 7 } },
  ]);
  const [row] = parsed(parseModelsDev(payload, ORIGIN, bases)).rows;
  expect(row).toMatchObject({ name: "Base", contextTokens: 9, maxOutputTokens: 7, capabilities: { reasoning: true } });
});

test("parseModelsDev() rejects with place and reason when a fact is missing, and never completes it", () => {
  const { rows, rejected } = parse(
    entry({ cost: { input: "", output: 1 } }),
    entry({ limit: {} }),
    entry({ limit: { context: 0 } }),
    entry({ tool_call: undefined }),
    entry({ id: 7 }),
    entry({ cost: { input: -1, output: -1 } }),
    entry({}),
  );
  expect(rows).toHaveLength(1);
  expect(rejected.map((r) => r.reason)).toEqual([
    "no prompt and completion price",
    "no context window",
    "no context window",
    "does not say whether it can use tools",
    "no id of the form vendor/model",
    "variable price",
  ]);
  expect(rejected[0]?.place).toBe("[0] maker/one");
});

test("parseModelsDev() takes no price that cannot be one: absurd ones reject the row, cached ones are not known", () => {
  for (const input of [1e7, "10000.01"])
    expect(parse(entry({}), entry({ cost: { input, output: 1 } })).rejected.map(({ reason }) => reason)).toEqual([
      "a price of over $10,000 per 1M tokens",
    ]);
  for (const input of [Number.NaN, null, "free", 1e308])
    expect(parse(entry({}), entry({ cost: { input, output: 1 } })).rejected.map(({ reason }) => reason)).toEqual([
      "no prompt and completion price",
    ]);
  const [row] = parse(entry({ cost: { input: 1, output: 1, cache_read: -1, cache_write: 1e7 } })).rows;
  expect(row?.prices).toMatchObject({ cacheReadMicroUsdPerMillion: null, cacheWriteMicroUsdPerMillion: null });
});

test("parseModelsDev() reads the site's provider-keyed document as it reads the list", () => {
  const document = { anthropic: { models: {} }, openrouter: { id: "openrouter", models: { "maker/one": entry({}) } } };
  const { rows } = parsed(parseModelsDev(JSON.stringify(document), ORIGIN));
  expect(rows).toEqual(parse(entry({})).rows);
  const broken = { openrouter: { models: { "maker/one": entry({ limit: {} }), "maker/two": entry({}) } } };
  expect(parsed(parseModelsDev(JSON.stringify(broken), ORIGIN)).rejected).toEqual([
    { place: "[maker/one] maker/one", reason: "no context window" },
  ]);
});

test("parseModelsDev() refuses, naming source and place, what is no list of models", () => {
  const wanted = "$: expected a list of models, or openrouter.models";
  const refusals = {
    "<html></html>": "$: an HTML or XML page instead of JSON",
    "": "$: an empty text instead of JSON",
    '[{"id":': "$: a text that breaks off or is broken instead of JSON",
    null: wanted,
    "7": wanted,
    "{}": wanted,
    '{"openrouter":{"models":"none"}}': wanted,
    "[]": "$: an empty list of models",
    "[7]": "[0]: not an object; nothing could be read (1 rejected)",
  };
  for (const [payload, detail] of Object.entries(refusals))
    expect(refusalOf(parseModelsDev(payload, ORIGIN))).toBe(`source fixture.json: ${detail}`);
});
