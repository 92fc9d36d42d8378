import { decodeUtf8, encodeUtf8 } from "../base/utf8.ts";

// The training code does the same to every text it reads, character by character: only ASCII classes, no locale.

/** UTF-16 units kept of a long text's start and end; the engines read at most 256 tokens of it. */
const READ_HEAD = 4000;
const READ_TAIL = 2000;

const LINE_MARKS = /^[ \t]*(?:(?:#{1,6}|[-*+]|[0-9]{1,3}[.)]|\[[ xX]\])(?:[ \t]+|$)|>[ \t]*)+/;
const FENCE = /^[ \t]*(?:```|~~~)/;
const RULE = /^[ \t]*(?:-{3,}|\*{3,}|_{3,}|={3,})[ \t]*$/;
const OUTER_BLANKS = /^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g;
/** Opening quotation mark -> its closing one. */
const QUOTES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  ["\u201c", "\u201d"],
  ["\u201e", "\u201c"],
  ["\u00ab", "\u00bb"],
]);

/** Start and end of a text that no engine could read whole. A cut through a surrogate pair leaves U+FFFD. */
export const cutMiddle = (text: string): string =>
  text.length <= READ_HEAD + READ_TAIL
    ? text
    : decodeUtf8(encodeUtf8(`${text.slice(0, READ_HEAD)}\n${text.slice(-READ_TAIL)}`));

function withoutOuterQuotes(text: string): string {
  const open = text.slice(0, 1);
  const close = QUOTES.get(open);
  if (close === undefined || text.length < 2 || !text.endsWith(close)) return text;
  const inner = text.slice(1, -1);
  return inner.includes(open) || inner.includes(close) ? text : inner;
}

/**
 * How a prompt was dressed says nothing about the task: HTML comments, line marks of Markdown, fences, rules, bold and
 * code marks go, and so do quotation marks around the whole. Line breaks stay.
 */
export function withoutMarks(text: string): string {
  const lines = text
    .replace(/\r/g, "\n")
    .replace(/<!--[\s\S]*?(?:-->|$)/g, " ")
    .split("\n")
    .map((line) => (FENCE.test(line) || RULE.test(line) ? "" : line.replace(LINE_MARKS, "")));
  return withoutOuterQuotes(lines.join("\n").replaceAll("**", "").replaceAll("`", "").replace(OUTER_BLANKS, ""));
}

/** One space for every run of blanks, none at either end. */
export const toOneLine = (text: string): string => text.replace(/[ \t\n\r\f\v]+/g, " ").replace(/^ | $/g, "");
