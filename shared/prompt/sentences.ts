import type { Span } from "./blocks.ts";
import { readInstruction } from "./instructions.ts";
import { OPAQUE } from "./mask.ts";

/** Bounded runs: of a thousand full stops in a row, each would be gone through to the last. */
const END = /[.!?]{1,8}["')\]*_]{0,8}(?=\s)|[。！？]{1,8}["')\]*_」』”）]{0,8}|;(?=\s)|；{1,8}|\n/g;
/** A full stop behind these ends nothing. */
const ABBREVIATION = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|approx|incl|resp|no|fig|cf|mr|mrs|dr|[a-z])$/i;
const STARTS_LIKE_SENTENCE = new RegExp(`^\\s*[A-Z0-9*_#"“\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3${OPAQUE}]`);

/** Whether the mark at `at` ends a sentence, seen from what stands around it. */
function endsSentence(masked: string, mark: { readonly at: number; readonly text: string }, span: Span): boolean {
  const after = mark.at + mark.text.length;
  const rest = { start: after + (/^\s*/.exec(masked.slice(after, after + 100))?.[0].length ?? 0), end: span.end };
  if (rest.start >= span.end) return true;
  if (/^[;；]/.test(mark.text)) return readInstruction(masked, rest) !== null;
  const next = masked.slice(after, after + 60);
  if (mark.text === "\n") return STARTS_LIKE_SENTENCE.test(next);
  if (mark.text === "." && ABBREVIATION.test(masked.slice(Math.max(span.start, mark.at - 12), mark.at))) return false;
  return true;
}

/** The sentences of a paragraph, without the blanks around them. A semicolon ends one where an instruction follows. */
export function toSentences(masked: string, span: Span): readonly Span[] {
  const sentences: Span[] = [];
  let start = span.start;
  const close = (end: number): void => {
    const text = masked.slice(start, end);
    const lead = text.length - text.trimStart().length;
    if (text.trim() !== "") sentences.push({ start: start + lead, end: start + text.trimEnd().length });
    start = end;
  };
  const ends = new RegExp(END);
  ends.lastIndex = span.start;
  for (let match = ends.exec(masked); match !== null && match.index < span.end; match = ends.exec(masked)) {
    if (endsSentence(masked, { at: match.index, text: match[0] }, span)) close(match.index + match[0].length);
  }
  close(span.end);
  return sentences;
}
