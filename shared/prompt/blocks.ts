/** A piece of the text, in UTF-16 units: `start` inclusive, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * A heading, a list item with all that hangs below it, or a paragraph. `bodyStart` is where its words begin, behind
 * the mark; `level` a heading's depth or an item's indent; `number` what a numbered item says of itself.
 */
export interface Block extends Span {
  readonly kind: "heading" | "item" | "paragraph";
  readonly bodyStart: number;
  readonly level: number;
  readonly number: number | null;
  /** Whether its mark or title says that it comes after the one before it (`Step 2:`, `Phase 2`). */
  readonly isStep: boolean;
  /** Whether an empty line stands before it. */
  readonly afterBlank: boolean;
}

const HEADING = /^ {0,3}(#{1,6})[ \t]+(?=\S)/;
/** A line of its own that only counts the pieces of work. */
const STAGE_LINE =
  /^[ \t]*(?=(?:phase|step|part|task|stage|milestone|workstream|priority|story|ticket|deliverable)[ \t]+\w{1,4}[ \t]*:?[ \t]*$)/i;
const BOLD_LINE = /^[ \t]*\*\*(?=[^*\n]{1,80}\*\*:?[ \t]*$)/;
/** Of scripts that put no blank behind a mark: kana, Han, Hangul. */
const UNSPACED = "[\\u3041-\\u30ff\\u4e00-\\u9fff\\uac00-\\ud7a3]";
const ITEM = new RegExp(
  `^([ \\t]*)(?:(?:[-*+•–][ \\t]+|[•・●▪◦■◆][ \\t]*|[①-⑳][ \\t]*|[一二三四五六七八九十]{1,2}[、.．][ \\t]*|[(（]?(\\d{1,4})[.)．、）](?:[ \\t]+|(?=[a-z]{3,}[ \\t]|${UNSPACED}))|\\(?[a-z]\\)[ \\t]+|(step|task|part|phase|stage|story|ticket|item|priority|deliverable|milestone|sprint)[ \\t]+(\\d{1,3})[ \\t]*[:.)–-]+[ \\t]+)(?:\\[[ xX]\\][ \\t]+)?|\\[[ xX]\\][ \\t]+)(?=\\S)`,
  "i",
);

const STEP_TITLE = /^\W*(?:step|phase|stage|milestone)\s+\w{1,4}\b/i;

interface Line extends Span {
  readonly text: string;
}

const INLINE_NUMBER = /(?<=^|\s)\(?(\d{1,2})[.)][ \t]+(?=[^\s\d])/g;

/** Where the items of `1) this 2) that` in one line begin; none where the numbers do not count up from 1. */
function inlineStarts(line: string): readonly number[] {
  const marks = [...line.matchAll(INLINE_NUMBER)];
  const countsUp = marks.length > 1 && marks.every((mark, i) => Number(mark[1]) === i + 1);
  return countsUp ? marks.map(({ index }) => index) : [];
}

function toLines(text: string): readonly Line[] {
  let start = 0;
  return text.split("\n").flatMap((line) => {
    const at = start;
    start += line.length + 1;
    const cuts = [...new Set([0, ...inlineStarts(line), line.length])];
    if (line === "") return [{ start: at, end: at, text: "" }];
    return cuts.slice(0, -1).map((from, i) => {
      // One more cut than pieces, so each piece has its end.
      const to = cuts[i + 1] ?? line.length;
      return { start: at + from, end: at + to, text: line.slice(from, to) };
    });
  });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readMark({ text, start, end }: Line, afterBlank: boolean): Mutable<Block> {
  const head = text.slice(0, 200);
  const [headingMark, level] = HEADING.exec(head) ?? BOLD_LINE.exec(head) ?? STAGE_LINE.exec(head) ?? [];
  if (headingMark !== undefined) {
    const depth = level?.length ?? 7;
    const bodyStart = start + headingMark.length;
    const isStep = STEP_TITLE.test(text.slice(headingMark.length, 200));
    return { kind: "heading", start, end, bodyStart, level: depth, number: null, isStep, afterBlank };
  }
  const item = ITEM.exec(head);
  if (item !== null) {
    const [mark, indent = "", digits, stepWord = "", stepDigits] = item;
    const said = digits ?? stepDigits;
    const number = said === undefined ? null : Number(said);
    const bodyStart = start + mark.length;
    const level = indent.replaceAll("\t", "    ").length;
    const isStep = /^(?:step|phase|stage|milestone|sprint)$/i.test(stepWord);
    return { kind: "item", start, end, bodyStart, level, number, isStep, afterBlank };
  }
  return { kind: "paragraph", start, end, bodyStart: start, level: 0, number: null, isStep: false, afterBlank };
}

const indentOf = (text: string): number => /^[ \t]*/.exec(text.slice(0, 200))?.[0].replaceAll("\t", "    ").length ?? 0;

/** Whether a line goes on with the block before it: below an item what is indented, else what no empty line parts. */
function continues(open: Block, mark: Block, { text }: Line): boolean {
  if (open.kind === "heading" || mark.kind === "heading") return false;
  if (open.kind === "item") {
    if (mark.kind === "item") return mark.level > open.level + 1;
    return !mark.afterBlank || indentOf(text) > open.level;
  }
  return mark.kind === "paragraph" && !mark.afterBlank;
}

/** The blocks of a masked text, in order; empty lines belong to none. */
export function readBlocks(masked: string): readonly Block[] {
  const blocks: Mutable<Block>[] = [];
  let afterBlank = false;
  for (const line of toLines(masked)) {
    if (line.text.trim() === "") {
      afterBlank = true;
      continue;
    }
    const mark = readMark(line, afterBlank);
    const open = blocks.at(-1);
    if (open !== undefined && continues(open, mark, line)) open.end = line.end;
    else blocks.push(mark);
    afterBlank = false;
  }
  return blocks;
}
