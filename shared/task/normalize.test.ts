import { describe, expect, it } from "vitest";
import type { NormalizerSpec } from "./normalize.ts";
import { normalizeText } from "./normalize.ts";
import { makePieceTrie } from "./piece-trie.ts";

const PLAIN: NormalizerSpec = {
  addDummyPrefix: true,
  removeExtraWhitespaces: false,
  escapeWhitespaces: true,
  treatWhitespaceAsSuffix: false,
  charsmap: null,
  protectedPieces: null,
};

describe("normalizeText()", () => {
  it("puts the dummy space before the text and writes spaces as U+2581", () => {
    expect(normalizeText(PLAIN, " a  b")).toBe("\u2581\u2581a\u2581\u2581b");
    expect(normalizeText({ ...PLAIN, addDummyPrefix: false }, "a b")).toBe("a\u2581b");
    expect(normalizeText({ ...PLAIN, escapeWhitespaces: false }, "a b")).toBe(" a b");
  });

  it("leaves the empty text empty", () => {
    expect(normalizeText(PLAIN, "")).toBe("");
    expect(normalizeText({ ...PLAIN, removeExtraWhitespaces: true }, "   ")).toBe("");
  });

  it("drops outer spaces and joins inner ones when asked to, but keeps tabs", () => {
    expect(normalizeText({ ...PLAIN, removeExtraWhitespaces: true }, "  a \t  b  ")).toBe("\u2581a\u2581\t\u2581b");
  });

  it("keeps the second space of a protected symbol that holds two", () => {
    const protectedPieces = makePieceTrie([["x  y", 0]]);
    expect(normalizeText({ ...PLAIN, removeExtraWhitespaces: true, protectedPieces }, "a  x  y")).toBe(
      "\u2581a\u2581x\u2581\u2581y",
    );
  });

  it("replaces a lone surrogate by U+FFFD", () => {
    expect(normalizeText(PLAIN, "\ud800")).toBe("\u2581\ufffd");
  });
});
