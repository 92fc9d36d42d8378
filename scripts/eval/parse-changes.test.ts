import { describe, expect, it } from "vitest";
import { parseNoise, parseSteering } from "./parse-changes.ts";

const file = (...rows: readonly unknown[]) => ({ name: "f", text: rows.map((row) => JSON.stringify(row)).join("\n") });

describe("parseNoise()", () => {
  it("reads a prompt and its variants", () => {
    const row = { id: "1", text: "a", variants: [{ kind: "typos", text: "b" }] };
    expect(parseNoise(file(row))).toEqual({ ok: true, value: [row] });
  });

  it.each([
    [{ text: "a", variants: [] }, "id is missing"],
    [{ id: "1", text: "a" }, "variants is missing"],
    [
      { id: "1", text: "a", variants: [{ kind: "typos", text: "b" }, { kind: "case" }] },
      'variant 2 is {"kind":"case"}',
    ],
  ])("refuses %j", (row, detail) => {
    const result = parseNoise(file(row));
    expect(result).toMatchObject({ ok: false, fault: { what: "f line 1", detail: expect.stringContaining(detail) } });
  });
});

describe("parseSteering()", () => {
  it("reads both texts and the technique", () => {
    const row = { base: "a", text: "a!", technique: "shout" };
    expect(parseSteering(file(row))).toEqual({ ok: true, value: [row] });
  });

  it("refuses a row without its base", () => {
    const result = parseSteering(file({ text: "a", technique: "shout" }));
    expect(result).toMatchObject({ ok: false, fault: { detail: expect.stringContaining("base is missing") } });
  });
});
