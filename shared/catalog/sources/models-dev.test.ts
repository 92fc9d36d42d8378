import { expect, test } from "vitest";
import { parseModelsDev } from "./models-dev.ts";
import type { SourceOrigin } from "./source.ts";

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
const parse = (...entries: object[]) => parseModelsDev(JSON.stringify(entries), ORIGIN);

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
    entry({ cost: { input: -1, output: -1 } }),
    entry({ cost: { input: 0, output: 0 } }),
    entry({ id: "maker/one:free" }),
    entry({ id: "maker/one:batch" }),
    entry({ id: "~maker/one-latest" }),
    entry({ id: "openrouter/auto" }),
  ).rows.map((row) => row.kind);
  expect(kinds).toEqual(["router", "free", "free", "batch", "floating", "router"]);
});

test("parseModelsDev() lays an entry over its base when it names one", () => {
  const bases = new Map([
    ["b/one", { name: "Base", reasoning: true, tool_call: true, limit: { context: 9, output: 5 } }],
  ]);
  const payload = JSON.stringify([
    { id: "m/x", base_model: "b/one", cost: { input: "1", output: "2" }, limit: { output: 7 } },
  ]);
  const [row] = parseModelsDev(payload, ORIGIN, bases).rows;
  expect(row).toMatchObject({ name: "Base", contextTokens: 9, maxOutputTokens: 7, capabilities: { reasoning: true } });
});

test("parseModelsDev() rejects with place and reason when a fact is missing, and never completes it", () => {
  const { rows, rejected } = parse(
    entry({ cost: { input: "", output: 1 } }),
    entry({ limit: {} }),
    entry({ limit: { context: 0 } }),
    entry({ tool_call: undefined }),
    entry({ id: 7 }),
    entry({}),
  );
  expect(rows).toHaveLength(1);
  expect(rejected.map((r) => r.reason)).toEqual([
    "no prompt and completion price",
    "no context window",
    "no context window",
    "does not say whether it can use tools",
    "no id of the form vendor/model",
  ]);
  expect(rejected[0]?.place).toBe("[0] maker/one");
});

test("parseModelsDev() answers one reject when the payload is not the list it should be", () => {
  for (const payload of ["<html>", "{}", "", '[{"id":']) {
    const { rows, rejected } = parseModelsDev(payload, ORIGIN);
    expect(rows).toEqual([]);
    expect(rejected).toEqual([{ place: "fixture.json", reason: "not a JSON array of models" }]);
  }
});
