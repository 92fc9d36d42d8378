import { expect, test } from "vitest";
import type { Result } from "../../base/result.ts";
import { parseAider } from "./aider.ts";
import { parseArtificialAnalysis } from "./artificial-analysis.ts";
import { parseEpoch } from "./epoch.ts";
import { parseHfOpenLlm, parseHfOpenLlmCsv } from "./hf-open-llm.ts";
import { parseLivebench } from "./livebench.ts";
import { parseLmarenaCsv, parseLmarenaRows } from "./lmarena.ts";
import { parseLmarenaHistory } from "./lmarena-history.ts";
import { parseModelsDev } from "./models-dev.ts";
import { parseOpenRouter } from "./openrouter.ts";
import type { SourceOrigin } from "./source.ts";

const ORIGIN: SourceOrigin = { name: "payload", release: "2026-01-01", retrieved: "2026-01-01" };
const HF_SCORES = { IFEval: 1, BBH: 2, "MATH Lvl 5": 3, GPQA: 4, MUSR: 5, "MMLU-PRO": 6 };
const BOARD = { config: "text", categories: ["overall"] };

/** A whole payload of each adapter, small enough to be cut and changed everywhere. */
const ADAPTERS: Readonly<Record<string, { readonly whole: string; readonly read: (p: string) => Result<unknown> }>> = {
  openrouter: {
    whole: JSON.stringify({
      data: [
        {
          id: "maker/one",
          context_length: 9,
          pricing: { prompt: "0.1e-6", completion: "0.000002" },
          benchmarks: {
            artificial_analysis: { coding_index: 5 },
            design_arena: [{ arena: "a", category: "b", elo: 1 }],
          },
        },
      ],
      links: { next: null },
    }),
    read: (p) => parseOpenRouter(p, ORIGIN),
  },
  "artificial analysis": {
    whole: JSON.stringify({
      intelligence_index_version: 4.1,
      pagination: { page: 1, has_more: false },
      data: [{ name: "m", evaluations: { artificial_analysis_coding_index: 5 }, performance: {} }],
    }),
    read: (p) => parseArtificialAnalysis(p, ORIGIN),
  },
  "lmarena rows": {
    whole: JSON.stringify({
      rows: [{ row: { model_name: "m", rating: 1400, category: "overall" }, truncated_cells: [] }],
      num_rows_total: 1,
    }),
    read: (p) => parseLmarenaRows(p, ORIGIN, BOARD),
  },
  "lmarena csv": {
    whole: 'model,arena_score,95_pct_ci,votes,license\nm,1400,+5/-5,9,"own, closed"\nn,1300,+5/-5,9,open\n',
    read: (p) => parseLmarenaCsv(p, ORIGIN, "text"),
  },
  "lmarena history": {
    whole: 'const A = {"Lab": [{"date": "2026-01-01", "model_name": "m", "rating": 1400}]};\n',
    read: (p) => parseLmarenaHistory(p, ORIGIN),
  },
  livebench: {
    whole: "model,python,typos\nm,1.0,2.0\nn,3.0,4.0\n",
    read: (p) => parseLivebench({ table: p, categories: '{"Coding":["python"],"Language":["typos"]}' }, ORIGIN),
  },
  "livebench categories": {
    whole: '{"Coding":["python"],"Language":["typos"]}',
    read: (p) => parseLivebench({ table: "model,python,typos\nm,1.0,2.0\n", categories: p }, ORIGIN),
  },
  "hf rows": {
    whole: JSON.stringify({ rows: [{ row: { fullname: "lab/m", ...HF_SCORES } }], num_rows_total: 1 }),
    read: (p) => parseHfOpenLlm(p, ORIGIN),
  },
  "hf csv": {
    whole: `fullname,${Object.keys(HF_SCORES).join(",")}\nlab/m,1,2,3,4,5,6\n`,
    read: (p) => parseHfOpenLlmCsv(p, ORIGIN),
  },
  aider: {
    whole: "- model: m\n  pass_rate_2: 60.5\n  total_cost: 1.5\n- model: n\n  pass_rate_2: 40.5\n  total_cost: 2.5\n",
    read: (p) => parseAider(p, ORIGIN),
  },
  epoch: {
    whole: 'Model version,mean_score,Notes\nm,0.5,"a, b"\nn,0.25,c\n',
    read: (p) => parseEpoch(p, ORIGIN, "gpqa_diamond"),
  },
  "models.dev": {
    whole: JSON.stringify([
      { id: "maker/one", cost: { input: 1, output: 2 }, limit: { context: 9 }, tool_call: true, modalities: {} },
    ]),
    read: (p) => parseModelsDev(p, ORIGIN),
  },
};

const outcomeOf = (result: Result<unknown>): string => (result.ok ? "read" : result.fault.kind);

test.each(
  Object.entries(ADAPTERS),
)("%s is read, or refused as malformed, wherever the payload is cut", (_, adapter) => {
  expect(outcomeOf(adapter.read(adapter.whole))).toBe("read");
  for (let length = 0; length < adapter.whole.length; length++)
    expect(["read", "malformed_data"]).toContain(outcomeOf(adapter.read(adapter.whole.slice(0, length))));
});

test.each(
  Object.entries(ADAPTERS),
)("%s is read, or refused as malformed, with any value of another type", (_, adapter) => {
  const odd = ["null", "-1", "1e999", '"x"', "[]", "{}", "[[]]", "true", '"__proto__"', "\u0000", "\uD800"];
  for (const match of adapter.whole.matchAll(/"[^"]*"|\d+(?:\.\d+)?|\[|\{/g))
    for (const value of odd) {
      const changed = adapter.whole.slice(0, match.index) + value + adapter.whole.slice(match.index + match[0].length);
      expect(["read", "malformed_data"]).toContain(outcomeOf(adapter.read(changed)));
    }
});

test.each(
  Object.entries(ADAPTERS),
)("%s refuses pages, messages and texts that are made to choke a reader", (_, adapter) => {
  const anchors = ["a: &a [x,x,x,x,x,x,x,x,x]", ..."bcdefgh"].map((line, i) =>
    i === 0 ? line : `${line}: &${line} [${`*${"abcdefgh"[i - 1]},`.repeat(9)}]`,
  );
  for (const payload of [
    "",
    " \n",
    "null",
    '"text"',
    "7",
    "{}",
    "[]",
    '{"error":"rate limited"}',
    "<!DOCTYPE html>\n<html><head><title>502</title></head><body>Bad gateway</body></html>\n",
    "Too Many Requests",
    "[".repeat(50_000),
    '{"data":'.repeat(50_000),
    anchors.join("\n"),
    `- ${anchors.join("\n  ")}`,
  ])
    expect(outcomeOf(adapter.read(payload))).toBe("malformed_data");
});
