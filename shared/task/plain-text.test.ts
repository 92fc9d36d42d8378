import { describe, expect, it } from "vitest";
import { cutMiddle, toOneLine, withoutMarks } from "./plain-text.ts";

describe("withoutMarks()", () => {
  it.each([
    ["a heading", "## Fix the login", "Fix the login"],
    ["a list with boxes and numbers", "- one\n* [x] two\n3) three", "one\ntwo\nthree"],
    ["a quotation in a quotation", "> > fix it", "fix it"],
    ["fences and rules", "a\n```ts\nconst b = 1;\n```\n---\nc", "a\n\nconst b = 1;\n\n\nc"],
    ["bold and code", "make `x` **fast**", "make x fast"],
    ["quotation marks around the whole", "\u201cfix it\u201d", "fix it"],
    ["comments that no reader sees", "fix <!-- risk: low --> it <!-- open", "fix   it"],
  ])("takes away %s", (_, text, plain) => {
    expect(withoutMarks(text)).toBe(plain);
  });

  it.each([
    'the "save" button',
    '"a" and "b"',
    "2 * 3 - 1",
    "__init__",
    "-1 is not a list",
    "#4711 is back",
  ])("keeps %s", (text) => {
    expect(withoutMarks(text)).toBe(text);
  });
});

describe("cutMiddle()", () => {
  it("keeps start and end of a long text and mends a pair it cuts", () => {
    const cut = cutMiddle(`a${"\u{1f600}".repeat(5000)}z`);
    expect(cut.length).toBe(6001);
    expect(cut.startsWith("a\u{1f600}") && cut.endsWith("\u{1f600}z")).toBe(true);
    expect(cut.slice(3999, 4001)).toBe("\ufffd\n");
  });

  it("leaves a text of the greatest length alone", () => {
    expect(cutMiddle("x".repeat(6000))).toBe("x".repeat(6000));
  });
});

describe("toOneLine()", () => {
  it("makes one space of every run of blanks and leaves none outside", () => {
    expect(toOneLine(" a\n\n b\t\u00a0c \n")).toBe("a b \u00a0c");
  });
});
