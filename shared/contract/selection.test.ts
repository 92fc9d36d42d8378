import { describe, expect, it } from "vitest";
import type { Result } from "../base/result.ts";
import { parseWith } from "./parse.ts";
import {
  compareQuerySchema,
  modelsQuerySchema,
  pickQuerySchema,
  pickRequestSchema,
  recommendQuerySchema,
} from "./selection.ts";

const messageOf = (parsed: Result<unknown>): string =>
  parsed.ok || !("message" in parsed.fault) ? "" : `${parsed.fault.kind}: ${parsed.fault.message}`;

describe("pickQuerySchema", () => {
  it("reads what the peer's plugin sends, and a parameter without a value as absent", () => {
    const query = { task: "coding", budget: "", exclude: "openrouter/a/b, c/d,a/b", context: "React,sql" };
    expect(parseWith(pickQuerySchema, query)).toEqual({
      ok: true,
      value: { task: "coding", exclude: ["a/b", "c/d"], context: ["react", "sql"] },
    });
  });

  it("takes a task of 8,000 characters with newlines", () => {
    expect(parseWith(pickQuerySchema, { task: "fix\n".repeat(2_000) }).ok).toBe(true);
  });

  it("says what is wanted and quotes what was given", () => {
    expect(messageOf(parseWith(pickQuerySchema, {}))).toContain("missing_param: Field task is missing: expected task");
    expect(messageOf(parseWith(pickQuerySchema, { task: "coding", budget: "gold" }))).toBe(
      'invalid_param: Cannot read budget "gold": expected low, medium, high or any',
    );
    expect(messageOf(parseWith(pickQuerySchema, { task: "" }))).toContain('Cannot read task ""');
    expect(messageOf(parseWith(pickQuerySchema, { task: " " }))).toContain('Cannot read task " "');
    expect(messageOf(parseWith(pickRequestSchema, { task: "coding", exclude: 5 }))).toBe(
      "invalid_param: Cannot read exclude 5: expected words separated by commas (at most 4000 characters) or a list of texts",
    );
    expect(messageOf(parseWith(pickQuerySchema, { task: "x".repeat(16_001) }))).toContain("POST takes more");
    const many = Array.from({ length: 51 }, (_, i) => `a/m${i}`).join(",");
    expect(messageOf(parseWith(pickQuerySchema, { task: "coding", exclude: many }))).toContain("at most 50");
    expect(messageOf(parseWith(pickQuerySchema, { task: "coding", colour: "red" }))).toContain("no such field");
  });
});

describe("context", () => {
  it("lets any word pass, since clients hand on what people write there", () => {
    const context = "Next.js 15 app router with Supabase behind it and Stripe,React";
    expect(parseWith(pickQuerySchema, { task: "", category: "coding", context })).toMatchObject({
      ok: true,
      value: { category: "coding", context: ["next.js 15 app router with supabase behind it and stripe", "react"] },
    });
  });
});

describe("pickRequestSchema", () => {
  it("takes lists as lists or as texts", () => {
    const body = { task: "x".repeat(20_000), exclude: ["a/b"], context: ["sql"], require: "vision,functionCalling" };
    expect(parseWith(pickRequestSchema, body)).toMatchObject({
      ok: true,
      value: { exclude: ["a/b"], require: ["vision", "functionCalling"] },
    });
  });
});

describe("recommendQuerySchema", () => {
  it("clamps the count, as clients of the field expect, and nothing else", () => {
    for (const [count, read] of [
      ["0", 1],
      ["6", 5],
      ["3", 3],
    ] as const)
      expect(parseWith(recommendQuerySchema, { task: "coding", count })).toMatchObject({
        ok: true,
        value: { count: read },
      });
    for (const count of ["two", "1.5"])
      expect(messageOf(parseWith(recommendQuerySchema, { task: "coding", count }))).toContain(
        `Cannot read count "${count}"`,
      );
    const wide = parseWith(recommendQuerySchema, { category: "coding", minContext: "99999999" });
    expect(wide).toMatchObject({ ok: true, value: { minContext: 99_999_999 } });
    for (const require of ["json,telepathy", "toString"]) {
      expect(messageOf(parseWith(recommendQuerySchema, { task: "coding", require }))).toBe(
        `invalid_param: Cannot read require "${require}": expected words of vision, functionCalling, tools, json, reasoning`,
      );
    }
  });
});

describe("compareQuerySchema", () => {
  it("wants two to five different ids", () => {
    expect(parseWith(compareQuerySchema, { models: "a/b,c/d,a/b" })).toEqual({
      ok: true,
      value: { models: ["a/b", "c/d"] },
    });
    expect(messageOf(parseWith(compareQuerySchema, { models: "a/b,a/b" }))).toContain("2 to 5 different model ids");
    expect(messageOf(parseWith(compareQuerySchema, { models: "a/1,a/2,a/3,a/4,a/5,a/6" }))).toContain("at most 5");
    expect(messageOf(parseWith(compareQuerySchema, {}))).toContain("Field models is missing");
  });
});

describe("modelsQuerySchema", () => {
  it("refuses what the peer passes over in silence", () => {
    expect(messageOf(parseWith(modelsQuerySchema, { limit: "0" }))).toContain('Cannot read limit "0"');
    expect(messageOf(parseWith(modelsQuerySchema, { sort: "beauty" }))).toContain('Cannot read sort "beauty"');
  });
});
