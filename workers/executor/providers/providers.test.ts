import { describe, expect, test } from "vitest";
import { EFFORTS } from "../../../shared/catalog/model.ts";
import type { ModelCall } from "../../../shared/run/model-call.ts";
import { faultOf, unwrap } from "../../platform/testing/unwrap.ts";
import { toUsage } from "./answer-draft.ts";
import { toEffortChoice } from "./effort.ts";
import { DEFAULT_ENDPOINTS, type Dialect, parseEndpoints, toNativeModel } from "./endpoint.ts";
import { makeEventStreamReader } from "./event-stream.ts";
import { at } from "./json-fields.ts";
import { WIRE_FORMATS } from "./wire-formats.ts";

const SCHEMA = { type: "object", properties: { score: { type: "integer" } } };
const toCall = (fields: Partial<ModelCall>): ModelCall => ({
  provider: "openrouter",
  model: "maker/m",
  effort: "high",
  messages: [
    { role: "system", text: "rules" },
    { role: "user", text: "question" },
    { role: "assistant", text: "answer" },
    { role: "user", text: "again" },
  ],
  maxOutputTokens: 4_000,
  temperature: 0.2,
  jsonSchema: SCHEMA,
  timeoutMs: 1,
  idleMs: 1,
  byteCap: 1,
  ...fields,
});

function request(provider: string, fields: Partial<ModelCall>) {
  const endpoint = DEFAULT_ENDPOINTS.find(({ name }) => name === provider);
  if (endpoint === undefined) throw new Error(provider);
  return WIRE_FORMATS[endpoint.dialect].toRequest(toCall(fields), endpoint);
}

describe("toRequest()", () => {
  test("speaks to OpenRouter", () => {
    expect(request("openrouter", {})).toEqual({
      path: "/chat/completions",
      headers: {},
      body: {
        model: "maker/m",
        messages: [
          { role: "system", content: "rules" },
          { role: "user", content: "question" },
          { role: "assistant", content: "answer" },
          { role: "user", content: "again" },
        ],
        max_tokens: 4_000,
        temperature: 0.2,
        reasoning: { effort: "high" },
        response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema: SCHEMA } },
        stream: true,
        stream_options: { include_usage: true },
      },
    });
  });

  test("speaks to OpenAI, whose reasoning models take no temperature and the newer limit", () => {
    const { body } = request("openai", { model: "openai/gpt-5.2" });
    expect(body).toMatchObject({ model: "gpt-5.2", max_completion_tokens: 4_000, reasoning_effort: "high" });
    expect(body).not.toHaveProperty("temperature");
    expect(request("openai", { model: "openai/gpt-4o" }).body).toMatchObject({ temperature: 0.2 });
    expect(request("openai", { model: "openai/gpt-4o" }).body).not.toHaveProperty("reasoning_effort");
  });

  test("speaks to Anthropic, thinking within the output limit", () => {
    const { path, headers, body } = request("anthropic", { model: "anthropic/claude-sonnet-4.5" });
    expect([path, headers]).toEqual(["/messages", { "anthropic-version": "2023-06-01" }]);
    expect(body).toEqual({
      model: "claude-sonnet-4-5",
      max_tokens: 4_000,
      system: "rules",
      messages: [
        { role: "user", content: "question" },
        { role: "assistant", content: "answer" },
        { role: "user", content: "again" },
      ],
      thinking: { type: "enabled", budget_tokens: 3_200 },
      output_config: { format: { type: "json_schema", schema: SCHEMA } },
      stream: true,
    });
    expect(
      request("anthropic", { model: "anthropic/claude-opus-4.7", effort: "max", jsonSchema: null }).body,
    ).toMatchObject({
      model: "claude-opus-4-7",
      max_tokens: 4_000,
      thinking: { type: "adaptive" },
      output_config: { effort: "max" },
    });
    const old = request("anthropic", { model: "anthropic/claude-3-haiku" }).body;
    expect([at(old, "temperature"), at(old, "thinking"), at(old, "output_config")]).toEqual([
      0.2,
      undefined,
      undefined,
    ]);
  });

  test("speaks to Google", () => {
    expect(request("google", { model: "google/gemini-3.5-flash" })).toEqual({
      path: "/models/gemini-3.5-flash:streamGenerateContent?alt=sse",
      headers: {},
      body: {
        systemInstruction: { parts: [{ text: "rules" }] },
        contents: [
          { role: "user", parts: [{ text: "question" }] },
          { role: "model", parts: [{ text: "answer" }] },
          { role: "user", parts: [{ text: "again" }] },
        ],
        generationConfig: {
          maxOutputTokens: 4_000,
          temperature: 0.2,
          responseMimeType: "application/json",
          responseJsonSchema: SCHEMA,
          thinkingConfig: { thinkingLevel: "high" },
        },
      },
    });
    const path = request("google", { model: "google/../../evil?x" }).path;
    expect(path).toBe("/models/..%2F..%2Fevil%3Fx:streamGenerateContent?alt=sse");
  });

  test("puts a key into a header of its own, never into a path or a body", () => {
    for (const format of Object.values(WIRE_FORMATS))
      expect(Object.values(format.toKeyHeader("k")).join()).toMatch(/k$/);
  });
});

describe("toEffortChoice()", () => {
  const words = (dialect: Dialect, model: string, maxOutputTokens = 10_000) =>
    EFFORTS.map((effort) => {
      const { setting } = toEffortChoice({ dialect, model, effort, maxOutputTokens });
      return setting.kind === "word" ? setting.word : setting.kind === "budget" ? setting.tokens : setting.kind;
    }).join(" ");

  test.each<[Dialect, string, string]>([
    ["openrouter", "a/b", "unset none minimal low medium high xhigh max"],
    ["openai", "gpt-5.2", "unset none minimal low medium high xhigh xhigh"],
    ["openai", "gpt-5.2-chat", "unset unset unset unset unset unset unset unset"],
    ["plain", "llama", "unset none low low medium high high high"],
    ["anthropic", "claude-opus-4-6", "unset off low low medium high high max"],
    ["anthropic", "claude-opus-4-8-fast", "unset off low low medium high xhigh max"],
    ["anthropic", "claude-sonnet-5", "unset off low low medium high xhigh max"],
    ["anthropic", "claude-opus-5-5", "unset low low low medium high xhigh max"],
    ["anthropic", "claude-haiku-4-5", "unset off 1024 2000 5000 8000 9000 9500"],
    ["anthropic", "claude-3-5-sonnet", "unset unset unset unset unset unset unset unset"],
    ["google", "gemini-3.5-flash", "unset minimal minimal low medium high high high"],
    ["google", "gemini-3.1-pro-preview", "unset low low low medium high high high"],
    ["google", "gemini-2.5-pro", "unset 128 1000 2000 5000 8000 9000 9500"],
    ["google", "gemini-2.5-flash", "unset off 1000 2000 5000 8000 9000 9500"],
    ["google", "gemma-4-31b-it", "unset unset unset unset unset unset unset unset"],
  ])("tells %s's %s", (dialect, model, expected) => {
    expect(words(dialect, model)).toBe(expected);
  });

  test("thinks less than the output limit, or not at all", () => {
    expect(words("anthropic", "claude-haiku-4-5", 1_024)).toBe("unset off off off off off off off");
    expect(words("google", "gemini-2.5-pro", 100)).toBe("unset unset unset unset unset unset unset unset");
  });
});

describe("parseEndpoints()", () => {
  test("adds to the defaults and replaces by name", () => {
    expect(unwrap(parseEndpoints(" "))).toBe(DEFAULT_ENDPOINTS);
    const local = { name: "ollama", base_url: "http://localhost:11434/v1/", needs_key: false };
    const mirror = { name: "openai", base_url: "https://mirror.example/v1", dialect: "openai", streaming: false };
    const endpoints = unwrap(parseEndpoints(JSON.stringify([local, mirror])));
    expect(endpoints.map(({ name, baseUrl }) => [name, baseUrl]).slice(1, 2)).toEqual([["openai", mirror.base_url]]);
    expect(endpoints.at(-1)).toMatchObject({ dialect: "plain", baseUrl: "http://localhost:11434/v1", needsKey: false });
  });

  test.each([
    "{}",
    "[1]",
    "no",
    '[{"name":"A","base_url":"https://a.example"}]',
    '[{"name":"a","base_url":"/v1"}]',
    '[{"name":"a","base_url":"https://u:p@a.example"}]',
    '[{"name":"a","base_url":"https://a.example?x=1"}]',
    '[{"name":"a","base_url":"https://a.example","dialect":"x"}]',
    '[{"name":"a","base_url":"https://a.example","streaming":1}]',
    '[{"name":"a","base_url":"https://a.example","renamed":{"b":1}}]',
    '[{"name":"a","base_url":"https://a.example","api_key":"k"}]',
  ])("refuses %s", (text) => {
    expect(faultOf(parseEndpoints(text)).kind).toBe("malformed_data");
  });

  test("names models as the endpoint does", () => {
    const [openrouter] = DEFAULT_ENDPOINTS;
    if (openrouter === undefined) throw new Error("no endpoints");
    const renamed = { ...openrouter, renamed: { "a/b": "c" } };
    expect([toNativeModel("a/b", renamed), toNativeModel("a/x", renamed)]).toEqual(["c", "a/x"]);
    expect(toNativeModel("constructor", renamed)).toBe("constructor");
  });
});

describe("makeEventStreamReader()", () => {
  const TEXT =
    "\ufeff: comment\r\n\r\ndata: a\rdata:b\n\nevent: x\nid: 1\ndata: \u{1f9ea}\r\n\r\ndata\n\ndata: last\n\nretry: 5\n\ndata: unfinished\n";
  test("reads any cut of the same bytes alike", () => {
    const bytes = new TextEncoder().encode(TEXT);
    for (let size = 1; size <= bytes.length; size++) {
      const reader = makeEventStreamReader();
      const events: string[] = [];
      for (let from = 0; from < bytes.length; from += size) events.push(...reader.push(bytes.slice(from, from + size)));
      expect(events).toEqual(["a\nb", "\u{1f9ea}", "last"]);
    }
  });
});

test("toUsage() takes what can be true", () => {
  expect(toUsage({ promptTokens: 1, cachedPromptTokens: 0, completionTokens: 0 }, false)).not.toBeNull();
  expect(toUsage({ promptTokens: 1, cachedPromptTokens: 2, completionTokens: 1 }, true)).toBeNull();
  expect(toUsage({}, true)).toBeNull();
});
