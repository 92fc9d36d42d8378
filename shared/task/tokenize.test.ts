import { describe, expect, it } from "vitest";
import { decodeUtf8 } from "../base/utf8.ts";
import type { PieceEntry, Tokenizer } from "./tokenize.ts";
import { encode, parseTokenizer } from "./tokenize.ts";

const BYTES = Array.from({ length: 256 }, (_, byte): PieceEntry => {
  const hex = byte.toString(16).toUpperCase().padStart(2, "0");
  return [`<0x${hex}>`, 0, "byte"];
});

const BASE = {
  type: "unigram",
  add_dummy_prefix: true,
  remove_extra_whitespaces: false,
  escape_whitespaces: true,
  byte_fallback: false,
};

const MARKS: readonly PieceEntry[] = [
  ["<pad>", 0, "control"],
  ["[CLS]", 0, "control"],
  ["[SEP]", 0, "control"],
  ["<unk>", 0, "unknown"],
];

function tokenizerOf(pieces: readonly PieceEntry[], changes: Readonly<Record<string, unknown>> = {}): Tokenizer {
  const tokenizer = parseTokenizer({ ...BASE, ...changes, pieces: [...MARKS, ...pieces] });
  if (!tokenizer.ok) throw new Error(JSON.stringify(tokenizer.fault));
  return tokenizer.value;
}

const piecesOf = (tokenizer: Tokenizer, text: string) => encode(tokenizer, text).map((id) => tokenizer.pieces[id]);

const SMALL: readonly PieceEntry[] = [
  ["\u2581", -3],
  ["a", -2],
  ["b", -2.5],
  ["ab", -3],
  ["\u2581ab", -4],
];

/** Random text with every kind of code unit, lone surrogates included. */
function makeTexts(count: number): string[] {
  let state = 17;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, () =>
    String.fromCharCode(
      ...Array.from({ length: Math.floor(random() * 30) }, () =>
        random() < 0.5 ? 97 + Math.floor(random() * 3) : Math.floor(random() ** 2 * 0x10000),
      ),
    ),
  );
}

describe("encode()", () => {
  it("takes the split with the greatest sum of scores", () => {
    expect(piecesOf(tokenizerOf(SMALL), "abab")).toEqual(["\u2581ab", "ab"]);
  });

  it("gives no ids for the empty text and only the dummy prefix for a text of one space less", () => {
    expect(encode(tokenizerOf(SMALL), "")).toEqual([]);
    expect(piecesOf(tokenizerOf(SMALL, { remove_extra_whitespaces: true }), "  ")).toEqual([]);
    expect(piecesOf(tokenizerOf(SMALL), " ")).toEqual(["\u2581", "\u2581"]);
  });

  it("collapses runs of spaces when asked to", () => {
    const tokenizer = tokenizerOf(SMALL, { remove_extra_whitespaces: true });
    expect(piecesOf(tokenizer, "  ab   a ")).toEqual(["\u2581ab", "\u2581", "a"]);
  });

  it("merges a run of unknown characters into one unknown piece", () => {
    expect(piecesOf(tokenizerOf(SMALL), "axyzbq")).toEqual(["\u2581", "a", "<unk>", "b", "<unk>"]);
  });

  it("spells unknown characters in bytes when the vocabulary has them", () => {
    const tokenizer = tokenizerOf([...SMALL, ...BYTES], { byte_fallback: true });
    expect(piecesOf(tokenizer, "a\u00e9")).toEqual(["\u2581", "a", "<0xC3>", "<0xA9>"]);
  });

  it("prefers a user-defined symbol to any other split and never finds a control piece in text", () => {
    const tokenizer = tokenizerOf([...SMALL, ["bab", 0, "user_defined"]]);
    expect(piecesOf(tokenizer, "abab")).toEqual(["\u2581", "a", "bab"]);
    expect(encode(tokenizer, "[CLS]")).not.toContain(1);
  });

  it("puts the dummy space last when the vocabulary treats it as a suffix", () => {
    expect(piecesOf(tokenizerOf(SMALL, { treat_whitespace_as_suffix: true }), "a")).toEqual(["a", "\u2581"]);
  });

  it("never throws, and the pieces of 2,000 random texts spell the text again when bytes fall back", () => {
    const tokenizer = tokenizerOf([...SMALL, ...BYTES], { byte_fallback: true });
    for (const text of makeTexts(2000)) {
      const bytes = piecesOf(tokenizer, text).flatMap((piece = "") => {
        const hex = /^<0x(..)>$/.exec(piece)?.[1];
        return hex === undefined ? [...new TextEncoder().encode(piece)] : [Number.parseInt(hex, 16)];
      });
      const spelled = decodeUtf8(Uint8Array.from(bytes)).replaceAll("\u2581", " ");
      const wellFormed = new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
      expect(spelled).toBe(text === "" ? "" : ` ${wellFormed.replaceAll("\u2581", " ")}`);
    }
  });
});

describe("parseTokenizer()", () => {
  const pieces = [...MARKS, ...SMALL];
  it.each([
    ["another type", { type: "bpe", pieces }],
    ["no pieces", { pieces: null }],
    ["a piece that is no pair", { pieces: [...pieces, ["x"]] }],
    ["a piece that comes twice", { pieces: [...pieces, ["a", -1]] }],
    ["an unknown kind", { pieces: [...pieces, ["x", -1, "odd"]] }],
    ["two unknown pieces", { pieces: [...pieces, ["x", 0, "unknown"]] }],
    ["no normal piece", { pieces: MARKS }],
    ["a missing flag", { pieces, escape_whitespaces: undefined }],
    ["byte fallback without bytes", { pieces, byte_fallback: true }],
    ["a charsmap that is no base64", { pieces, charsmap: "?" }],
    ["a charsmap whose trie is longer than the table", { pieces, charsmap: "/////wAAAAAAAAAA" }],
  ])("answers malformed_data when the file has %s", (_, changes) => {
    expect(parseTokenizer({ ...BASE, ...changes })).toMatchObject({ ok: false, fault: { kind: "malformed_data" } });
  });

  it("answers malformed_data when the file is no object", () => {
    for (const json of [null, 3, "x", []]) expect(parseTokenizer(json).ok).toBe(false);
  });
});
