import { decodeUtf8, encodeUtf8 } from "../base/utf8.ts";
import type { Charsmap } from "./charsmap.ts";
import { matchCharsmap } from "./charsmap.ts";
import type { PieceTrie } from "./piece-trie.ts";
import { longestPieceLength } from "./piece-trie.ts";

/** U+2581, which stands for a space inside pieces. */
export const SPACE_SYMBOL = "\u2581";

/** What a tokenizer does to a text before it looks for pieces; the fields are SentencePiece's NormalizerSpec. */
export interface NormalizerSpec {
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly escapeWhitespaces: boolean;
  /** The dummy space goes to the end of the text instead of its start. */
  readonly treatWhitespaceAsSuffix: boolean;
  readonly charsmap: Charsmap | null;
  /** User-defined symbols pass the normaliser untouched; null when there are none. */
  readonly protectedPieces: PieceTrie | null;
}

const utf8Length = (point: number): number => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

/**
 * The replaced text, cut into the steps the normaliser takes: one protected symbol, one charsmap match (longest
 * first), or one character as it is. Steps matter because spaces are judged step by step.
 */
function* toSteps(spec: NormalizerSpec, text: string): Generator<string> {
  const bytes = spec.charsmap === null ? new Uint8Array(0) : encodeUtf8(text);
  let byteAt = 0;
  let at = 0;
  while (at < text.length) {
    const from = at;
    const protectedLength = spec.protectedPieces === null ? 0 : longestPieceLength(spec.protectedPieces, text, at);
    const match = protectedLength > 0 || spec.charsmap === null ? null : matchCharsmap(spec.charsmap, bytes, byteAt);
    const untilByte = byteAt + (match?.length ?? 0);
    do {
      // at < text.length holds at every entry: a match never reaches past the end of the bytes.
      const point = text.codePointAt(at) ?? 0;
      at += point > 0xffff ? 2 : 1;
      byteAt += utf8Length(point);
    } while (at < text.length && (at - from < protectedLength || byteAt < untilByte));
    yield match === null ? text.slice(from, at) : decodeUtf8(match.replacement);
  }
}

function stripLeading(text: string, symbol: string): string {
  let at = 0;
  while (text.startsWith(symbol, at)) at += symbol.length;
  return text.slice(at);
}

function stripTrailing(text: string, symbol: string): string {
  let end = text.length;
  while (end > 0 && text.endsWith(symbol, end)) end -= symbol.length;
  return text.slice(0, end);
}

/** Runs of spaces become one, and none stays at the start; SentencePiece judges the steps, not the joined text. */
function collapseSpaces(steps: Iterable<string>): string[] {
  const kept: string[] = [];
  let afterSpace = true;
  for (const step of steps) {
    const text: string = afterSpace ? stripLeading(step, " ") : step;
    if (text === "") continue;
    kept.push(text);
    afterSpace = text.endsWith(" ");
  }
  return kept;
}

/** The text that pieces are looked up in: same bytes as SentencePiece's Normalizer gives. "" stays "". */
export function normalizeText(spec: NormalizerSpec, text: string): string {
  const wellFormed = decodeUtf8(encodeUtf8(text));
  const isIdentity = spec.charsmap === null && !spec.removeExtraWhitespaces;
  const steps = isIdentity ? [wellFormed] : toSteps(spec, wellFormed);
  const body = (spec.removeExtraWhitespaces ? collapseSpaces(steps) : [...steps]).join("");
  // Nothing left means no pieces at all, not a lone dummy prefix.
  if (body === "" && (spec.removeExtraWhitespaces || wellFormed === "")) return "";
  const symbol = spec.escapeWhitespaces ? SPACE_SYMBOL : " ";
  const prefix = spec.addDummyPrefix && !spec.treatWhitespaceAsSuffix ? symbol : "";
  const suffix = spec.addDummyPrefix && spec.treatWhitespaceAsSuffix ? symbol : "";
  const escaped = prefix + (spec.escapeWhitespaces ? body.replaceAll(" ", SPACE_SYMBOL) : body);
  return (spec.removeExtraWhitespaces ? stripTrailing(escaped, symbol) : escaped) + suffix;
}
