import { describe, expect, it } from "vitest";
import { parseRows } from "./parse-rows.ts";

const LABELS = { task_type: "docs", complexity: "easy", risk: "low" };
const parse = (...lines: readonly unknown[]) =>
  parseRows({
    name: "f.jsonl",
    text: lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line))).join("\n"),
  });

describe("parseRows()", () => {
  it("reads a flat row with everything", () => {
    const row = {
      text: "a",
      ...LABELS,
      reversal_cost: 0.5,
      out_of_scope: false,
      category: "coding",
      kind: "written",
      source: "own",
      votes: {},
    };
    expect(parse(row)).toEqual({
      ok: true,
      value: [
        {
          text: "a",
          labels: LABELS,
          scores: { reversal_cost: 0.5 },
          outOfScope: false,
          category: "coding",
          kind: "written",
          source: "own",
          firstTurn: false,
        },
      ],
    });
  });

  it("reads a row with labels and scores in objects of their own", () => {
    const row = { text: "a", labels: LABELS, scores: { reasoning_depth: 1 }, votes: 2, first_turn: true };
    expect(parse(row)).toMatchObject({
      ok: true,
      value: [{ labels: LABELS, scores: { reasoning_depth: 1 }, outOfScope: null, category: null, firstTurn: true }],
    });
  });

  it("skips blank lines, a byte order mark and carriage returns", () => {
    const line = JSON.stringify({ text: "a", ...LABELS });
    expect(parseRows({ name: "f", text: `\ufeff${line}\r\n\r\n${line}\r\n` })).toMatchObject({
      ok: true,
      value: [{}, {}],
    });
  });

  it.each([
    ["no JSON", "{", "is no JSON object"],
    ["a list", "[]", "is no JSON object"],
    ["no text", LABELS, "text is missing: expected a text that is not blank"],
    ["a blank text", { text: " ", ...LABELS }, 'text is " ": expected'],
    ["a text by reference", { text_ref: { line: 1 }, ...LABELS }, "must be joined first"],
    [
      "an unknown label",
      { text: "a", ...LABELS, task_type: "bug" },
      'task_type is "bug": expected one of bugfix, feature',
    ],
    ["a missing label", { text: "a", labels: { ...LABELS, risk: undefined } }, "risk is missing: expected one of low"],
    [
      "a score over 1",
      { text: "a", ...LABELS, scope_breadth: 1.5 },
      "scope_breadth is 1.5: expected a number from 0 to 1",
    ],
    ["a score that is a text", { text: "a", labels: LABELS, scores: { scope_breadth: "1" } }, "scope_breadth is"],
    ["scores that are a list", { text: "a", ...LABELS, scores: [1] }, "scores is no object"],
    ["a flag that is a number", { text: "a", ...LABELS, out_of_scope: 1 }, "out_of_scope is 1: expected true or false"],
    ["an unknown category", { text: "a", ...LABELS, category: "chat" }, 'category is "chat": expected one of coding'],
    ["a kind that is a number", { text: "a", ...LABELS, kind: 3 }, "kind is 3: expected a text"],
  ])("names the line of a row with %s", (_, row, detail) => {
    const result = parse({ text: "a", ...LABELS }, "", row);
    expect(result).toMatchObject({ ok: false, fault: { kind: "malformed_data", what: "f.jsonl line 3" } });
    expect(!result.ok && "detail" in result.fault && result.fault.detail).toContain(detail);
  });

  it("refuses a file without rows", () => {
    expect(parse("")).toMatchObject({ ok: false, fault: { what: "f.jsonl", detail: "has no rows" } });
  });
});
