import { describe, expect, it } from "vitest";
import { spawnLogRequestSchema, spawnScoresQuerySchema, spawnStatsQuerySchema } from "./feedback.ts";
import { parseWith } from "./parse.ts";

const logged = (over: object) => parseWith(spawnLogRequestSchema, { model: "a/b", category: "coding", ...over });

describe("spawnLogRequestSchema", () => {
  it("cuts openrouter/ off a whole id alone, so that entries of that name and floating ones keep theirs", () => {
    const ids = {
      "openrouter/openai/gpt-5.4": "openai/gpt-5.4",
      "openai/gpt-5.4": "openai/gpt-5.4",
      "openrouter/free": "openrouter/free",
      "~anthropic/claude-opus-latest": "~anthropic/claude-opus-latest",
      "openrouter/~anthropic/claude-opus-latest": "~anthropic/claude-opus-latest",
      "gpt-4o": "gpt-4o",
    };
    for (const [model, id] of Object.entries(ids))
      expect(logged({ model })).toMatchObject({ ok: true, value: { model: id } });
    for (const model of ["a b", "a/b/c", "openrouter/a/b/c", "", "~"]) expect(logged({ model }).ok).toBe(false);
  });

  it("takes null for whatever may be left out", () => {
    const none = { budget: null, mode: null, role: null, source: null, context: null, id: null };
    expect(logged(none)).toMatchObject({ ok: true });
  });

  it("says what a context is", () => {
    expect(logged({ context: 5 })).toMatchObject({
      ok: false,
      fault: { message: expect.stringContaining("expected context tags separated by commas") },
    });
  });
});

it("queries take a parameter without a value as absent", () => {
  expect(parseWith(spawnStatsQuerySchema, { days: "" })).toEqual({ ok: true, value: {} });
  expect(parseWith(spawnScoresQuerySchema, { category: "", minSamples: "1" })).toEqual({
    ok: true,
    value: { minSamples: 1 },
  });
});
