import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Alias, type CatalogId, createResolver } from "./aliases.ts";

const at = (id: string, over: Omit<CatalogId, "id"> = {}): CatalogId => ({ id, ...over });
const resolveTo = (ids: readonly CatalogId[], name: string): string | null => {
  const found = createResolver(ids)(name);
  return "id" in found ? `${found.id} ${found.effort}` : null;
};

test("resolve() matches order-free tokens when maker, case and separators differ", () => {
  const ids = [at("anthropic/claude-sonnet-4.5"), at("anthropic/claude-sonnet-4"), at("moonshotai/kimi-k2.5")];
  expect(resolveTo(ids, "Claude 4.5 Sonnet")).toBe("anthropic/claude-sonnet-4.5 default");
  expect(resolveTo(ids, "anthropic.claude-sonnet-4-5")).toBe("anthropic/claude-sonnet-4.5 default");
  expect(resolveTo(ids, "fireworks/kimi-k2p5")).toBe("moonshotai/kimi-k2.5 default");
  expect(resolveTo(ids, "Claude 4.1 Sonnet")).toBeNull();
});

test("resolve() never matches by likeness", () => {
  const ids = [at("mistralai/mistral-medium-3"), at("anthropic/claude-3.5-sonnet"), at("kwaipilot/kat-coder-pro")];
  expect(resolveTo(ids, "Mistral Medium")).toBeNull();
  expect(resolveTo(ids, "Claude 3 Sonnet")).toBeNull();
  expect(resolveTo(ids, "KAT Coder Pro V2")).toBeNull();
  expect(resolveTo(ids, "KAT-Coder-Pro V1")).toBe("kwaipilot/kat-coder-pro default");
});

test("resolve() compares dates with the id, its slug or its release, and refuses another snapshot", () => {
  const ids = [
    at("openai/gpt-4o", { released: "2024-05-13" }),
    at("openai/gpt-4o-2024-11-20"),
    at("anthropic/claude-3.5-sonnet", { released: "2024-10-22" }),
    at("deepseek/deepseek-chat-v3-0324"),
    at("openai/gpt-5", { canonicalSlug: "openai/gpt-5-2025-08-07" }),
  ];
  expect(resolveTo(ids, "gpt-4o-2024-11-20")).toBe("openai/gpt-4o-2024-11-20 default");
  expect(resolveTo(ids, "GPT-4o (Nov '24)")).toBe("openai/gpt-4o-2024-11-20 default");
  expect(resolveTo(ids, "gpt-4o-2024-08-06")).toBeNull();
  expect(resolveTo(ids, "claude-3-5-sonnet-20241022")).toBe("anthropic/claude-3.5-sonnet default");
  expect(resolveTo(ids, "claude-3-5-sonnet-20240620")).toBeNull();
  expect(resolveTo(ids, "DeepSeek V3 (0324)")).toBe("deepseek/deepseek-chat-v3-0324 default");
  expect(resolveTo(ids, "DeepSeek-V3")).toBeNull();
  expect(resolveTo(ids, "gpt-5-2025-08-07_medium")).toBe("openai/gpt-5 medium");
});

test("resolve() reads four digits as year and month with Mistral and Qwen, as month and day with others", () => {
  const ids = [
    at("mistralai/mistral-large-2411"),
    at("mistralai/mistral-large-2512", { name: "Mistral Large 3" }),
    at("x-ai/grok-4", { released: "2025-07-09" }),
    at("qwen/qwen3-235b-a22b-2507"),
  ];
  expect(resolveTo(ids, "mistral-large-2411")).toBe("mistralai/mistral-large-2411 default");
  expect(resolveTo(ids, "Mistral Large 3")).toBe("mistralai/mistral-large-2512 default");
  expect(resolveTo(ids, "grok-4-0709")).toBe("x-ai/grok-4 default");
  expect(resolveTo(ids, "grok-4-1231")).toBeNull();
  expect(resolveTo(ids, "qwen3-235b-a22b-instruct-2507")).toBe("qwen/qwen3-235b-a22b-2507 default");
});

test("resolve() takes thinking as a mode unless the catalogue lists a thinking id", () => {
  const ids = [at("moonshotai/kimi-k2"), at("moonshotai/kimi-k2-thinking"), at("anthropic/claude-opus-4.1")];
  expect(resolveTo(ids, "kimi-k2-thinking")).toBe("moonshotai/kimi-k2-thinking default");
  expect(resolveTo(ids, "Kimi K2")).toBe("moonshotai/kimi-k2 default");
  expect(resolveTo(ids, "claude-opus-4-1-20250805-thinking-16k")).toBe("anthropic/claude-opus-4.1 high");
  expect(resolveTo(ids, "claude-opus-4-1 (no thinking)")).toBe("anthropic/claude-opus-4.1 none");
  expect(resolveTo(ids, "claude-opus-4-1_2K")).toBe("anthropic/claude-opus-4.1 low");
});

test("resolve() reads an effort word as effort only when it is not part of a listed name", () => {
  const ids = [
    at("openai/gpt-5.1-codex-max"),
    at("openai/gpt-5.1-codex"),
    at("openai/gpt-5-mini"),
    at("mistralai/mistral-medium-3"),
  ];
  expect(resolveTo(ids, "gpt-5.1-codex-max-high")).toBe("openai/gpt-5.1-codex-max high");
  expect(resolveTo(ids, "gpt-5-mini-minimal")).toBe("openai/gpt-5-mini minimal");
  expect(resolveTo(ids, "gpt-5-mini (Adaptive Reasoning, Max Effort)")).toBe("openai/gpt-5-mini max");
  expect(resolveTo(ids, "Mistral Medium 3")).toBe("mistralai/mistral-medium-3 default");
});

test("resolve() matches a release to a preview only where no release is listed, and never the other way", () => {
  expect(resolveTo([at("google/gemini-3-pro-preview")], "gemini-3-pro")).toBe("google/gemini-3-pro-preview default");
  const both = [at("google/gemini-2.5-pro"), at("google/gemini-2.5-pro-preview")];
  expect(resolveTo(both, "Gemini 2.5 Pro")).toBe("google/gemini-2.5-pro default");
  expect(resolveTo(both, "gemini-2.5-pro-preview")).toBe("google/gemini-2.5-pro-preview default");
  expect(resolveTo([at("meta-llama/llama-4-maverick")], "Llama-4-Maverick-Experimental")).toBeNull();
});

test("resolve() tells base from instruct weights and fine-tunes from their parents", () => {
  const ids = [at("meta-llama/llama-3.1-8b-instruct"), at("mistralai/mistral-nemo"), at("anthropic/claude-opus-4.1")];
  expect(resolveTo(ids, "meta-llama/Llama-3.1-8B-Instruct")).toBe("meta-llama/llama-3.1-8b-instruct default");
  expect(resolveTo(ids, "meta-llama/Llama-3.1-8B")).toBeNull();
  expect(resolveTo(ids, "mistralai/Mistral-Nemo-Base-2407")).toBeNull();
  expect(resolveTo(ids, "someone/Llama-3.1-8B-Instruct-lorablated")).toBeNull();
  expect(resolveTo(ids, "claude-4-1-opus-20250805-base")).toBe("anthropic/claude-opus-4.1 default");
});

test("resolve() drops a size only when one id is left, and never crosses two sizes", () => {
  const ids = [
    at("qwen/qwen3-coder"),
    at("qwen/qwen3-coder-30b-a3b-instruct"),
    at("qwen/qwen-2.5-72b-instruct"),
    at("meta-llama/llama-4-scout"),
  ];
  expect(resolveTo(ids, "Qwen3-Coder-480B-A35B-Instruct")).toBe("qwen/qwen3-coder default");
  expect(resolveTo(ids, "Llama-4-Scout-17B-16E-Instruct-FP8")).toBe("meta-llama/llama-4-scout default");
  expect(resolveTo(ids, "Qwen2.5 Instruct 32B")).toBeNull();
  const two = [at("qwen/qwen-2.5-72b-instruct"), at("qwen/qwen-2.5-7b-instruct")];
  expect(createResolver(two)("Qwen 2.5 Instruct")).toMatchObject({
    unresolved: true,
    reason: expect.stringContaining("ambiguous"),
  });
});

test("resolve() refuses ensembles, floating and batch ids", () => {
  const ids = [at("openai/o3"), at("openai/o3:batch"), at("~openai/gpt-latest"), at("cohere/command-r-plus-08-2024")];
  expect(createResolver(ids)("o3 (high) + gpt-4.1")).toEqual({ unresolved: true, reason: "names an ensemble" });
  expect(resolveTo(ids, "Command R+ (08-2024)")).toBe("cohere/command-r-plus-08-2024 default");
  expect(resolveTo(ids, "gpt-latest")).toBeNull();
});

test("resolve() lets the reviewed table speak first, for its source alone when one is named", () => {
  const aliases: Alias[] = [
    { source: "s", name: "Odd Name", id: "openai/o3", effort: "high", reason: "" },
    { name: "o3", id: null, reason: "" },
    { name: "gone", id: "openai/gone", reason: "" },
  ];
  const resolve = createResolver([at("openai/o3")], aliases);
  expect(resolve("odd name", "s")).toMatchObject({ id: "openai/o3", effort: "high", rule: "alias table" });
  expect(resolve("odd name", "t")).toMatchObject({ unresolved: true });
  expect(resolve("O3")).toMatchObject({ unresolved: true });
  expect(resolve("gone")).toMatchObject({ reason: "alias table: openai/gone is not in the catalogue" });
});

const DATA = join(import.meta.dirname, "../../../shared/data/enrich");
describe.skipIf(!existsSync(join(DATA, "alias_gold_open.json")))("on the hand-checked pairs", () => {
  test("resolve() is right on at least .90, precise to .95, with at most 2 traps, without any table", () => {
    const read = (file: string) => JSON.parse(readFileSync(join(DATA, file), "utf8"));
    const history: { id: string; name: string; canonical_slug: string; hugging_face_id: string; created: number }[] =
      read("openrouter/id_history.json");
    const pairs: { name: string; expect: string | null; accept: string[]; must_not: string[] }[] =
      read("alias_gold_open.json").pairs;
    const resolve = createResolver(
      history.map((h) => ({
        id: h.id,
        name: h.name,
        canonicalSlug: h.canonical_slug,
        huggingFaceId: h.hugging_face_id,
        released: h.created ? new Date(h.created * 1000).toISOString().slice(0, 10) : null,
      })),
    );
    const found = pairs.map((pair) => {
      const resolution = resolve(pair.name);
      const id = "id" in resolution ? resolution.id : null;
      return { pair, id, right: id === pair.expect || (id !== null && pair.accept.includes(id)) };
    });
    const given = found.filter(({ id }) => id !== null);
    expect(found.filter(({ right }) => right).length / found.length).toBeGreaterThanOrEqual(0.9);
    expect(given.filter(({ right }) => right).length / given.length).toBeGreaterThanOrEqual(0.95);
    expect(given.filter(({ pair, id }) => id !== null && pair.must_not.includes(id)).length).toBeLessThanOrEqual(2);
    expect(found.filter(({ pair, right }) => pair.expect === null && !right)).toEqual([]);
  });
});
