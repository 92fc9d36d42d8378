import { type Block, readBlocks, type Span } from "./blocks.ts";
import type { Follows } from "./instructions.ts";
import { readInstruction, readLead } from "./instructions.ts";
import { maskText } from "./mask.ts";
import { phaseOf, phaseOfThing } from "./phase.ts";
import { type Piece, type ProseState, readProse } from "./read-prose.ts";
import { splitSections } from "./sections.ts";
import { type Segment, toSegment } from "./segment.ts";
import { toSentences } from "./sentences.ts";
import {
  type BlockList,
  isFaultReport,
  isInOrder,
  isRuleItem,
  isWorkList,
  keepsPlace,
  readCriteria,
  toLists,
} from "./work-lists.ts";
import type { Phase } from "./work-words.ts";

/** More parts than this are put together, neighbours with neighbours. */
export const PARTS_MAX = 20;
const CRITERIA_MIN = 3;
/** Prose from here on describes; tried on 6,942 prompts that each ask for one thing. */
const LONG_CHARS = 400;
const INSTRUCTIONS_SHARE = 0.7;

export interface TaskPart {
  /** The part's own words, as they stood; a shared object is said again. */
  readonly text: string;
  readonly spans: readonly Span[];
  readonly follows: Follows;
  readonly phase: Phase | null;
  /** Of a numbered item. */
  readonly number: number | null;
}

/** What a task was split by. */
export type SplitKind = "headings" | "list" | "criteria" | "prose";

export interface Split {
  /** In the order of the text: 2 to PARTS_MAX, or none where the task is one piece of work. */
  readonly parts: readonly TaskPart[];
  /** null without parts. */
  readonly by: SplitKind | null;
  /** What holds for every part: goal, context, constraints; in order, an empty line between. */
  readonly shared: string;
  /** Pieces of the text, in order; between them are only blanks, marks and joining words. */
  readonly segments: readonly Segment[];
  /** How many parts there were before neighbours were put together. */
  readonly found: number;
}

const KINDS = { work: "part", more: "more", shared: "shared" } as const satisfies Record<
  Piece["kind"],
  Segment["kind"]
>;
const toProseSegment = ({ kind, start, end, follows, phase, object }: Piece): Segment => {
  return toSegment(KINDS[kind], { start, end }, { follows, phase, object });
};

/** Whether the prose of a text is a long description with instructions in passing, and not a row of instructions. */
function describes(masked: string, blocks: readonly Block[]): boolean {
  const prose = blocks.filter(({ kind }) => kind === "paragraph");
  if (prose.reduce((sum, { start, end }) => sum + end - start, 0) <= LONG_CHARS) return false;
  const sentences = prose.flatMap((block) => toSentences(masked, block));
  const instructions = sentences.filter((sentence) => readInstruction(masked, sentence) !== null);
  return instructions.length < INSTRUCTIONS_SHARE * sentences.length;
}

/** Prose, with lists and headings going on with what stands before them. */
function splitProse(masked: string, blocks: readonly Block[]): readonly Segment[] {
  const segments: Segment[] = [];
  let state: ProseState = { last: null, isLong: describes(masked, blocks), isFirst: true, layout: "flowing" };
  for (const block of blocks) {
    if (block.kind === "paragraph") {
      const read = readProse(masked, block, { ...state, isFirst: block.afterBlank });
      // Statements of a paragraph that begins with none of the work's instructions are context, not a part's detail.
      const isApart = block.afterBlank && read.pieces.every(({ kind }) => kind !== "work");
      segments.push(...read.pieces.map((piece) => toProseSegment(isApart ? { ...piece, kind: "shared" } : piece)));
      ({ state } = read);
    } else segments.push(toSegment(state.last === null || block.kind === "heading" ? "shared" : "more", block));
  }
  return segments;
}

/** The phase of an item: that of its instruction, else of the thing that it names. */
function readPhase(masked: string, span: Span): Phase | null {
  const read = readInstruction(masked, span, { isOpen: true });
  if (read === null || read.verb.phase === null)
    return phaseOfThing(masked.slice(span.start, Math.min(span.end, span.start + 100)));
  const { lead, verb } = read;
  const from = span.start + lead.length + verb.length;
  return phaseOf(verb, masked.slice(from, Math.min(span.end, from + 200)));
}

const toItem = (block: Block, masked: string, isNext = false): Segment => {
  const span = { start: block.bodyStart, end: block.end };
  const { follows } = readLead(masked.slice(span.start, span.start + 80));
  const after = follows === "nothing" && (block.isStep || isNext) ? "previous" : follows;
  return toSegment("part", span, { follows: after, phase: readPhase(masked, span), number: block.number });
};

/** Work goes on around a list where the intro says so (`also do these:`), or where a paragraph below it adds to it. */
function splitAround(masked: string, block: Block, state: { readonly isBelow: boolean }): readonly Segment[] {
  const { pieces } = readProse(masked, block, { last: null, isLong: false, isFirst: true, layout: "flowing" });
  const last = pieces.at(-1);
  const addsOn =
    last !== undefined &&
    /^\W*(?:then|also|afterwards|after that|next|additionally|and)\b/i.test(masked.slice(last.start, last.start + 40));
  const addsBelow = state.isBelow && pieces[0]?.kind === "work";
  if (!addsBelow && !(addsOn && pieces.length > 1)) return [toSegment("shared", block)];
  return pieces.map((piece) =>
    toProseSegment(piece.kind === "more" && !state.isBelow ? { ...piece, kind: "shared" } : piece),
  );
}

/** The items of lists that are work, and those among them that the text puts after the one before. */
interface WorkItems {
  readonly items: ReadonlySet<Block>;
  readonly next: ReadonlySet<Block>;
}

function readWorkItems(masked: string, lists: readonly BlockList[]): WorkItems {
  const work = lists.filter((list) => isWorkList(masked, list));
  const next = work.flatMap((list) => {
    const isOrdered = isInOrder(masked, list);
    return list.items.slice(1).filter((item) => isOrdered || keepsPlace(masked, item));
  });
  return { items: new Set(work.flatMap((list) => list.items)), next: new Set(next) };
}

function splitByItems(masked: string, blocks: readonly Block[], { items, next }: WorkItems): readonly Segment[] {
  let isBelow = false;
  return blocks.flatMap((block) => {
    if (items.has(block)) {
      isBelow = true;
      return [isRuleItem(masked, block) ? toSegment("shared", block) : toItem(block, masked, next.has(block))];
    }
    return block.kind === "paragraph" ? splitAround(masked, block, { isBelow }) : [toSegment("shared", block)];
  });
}

const countParts = (segments: readonly Segment[]): number => segments.filter(({ kind }) => kind === "part").length;

interface Found {
  readonly by: SplitKind;
  readonly segments: readonly Segment[];
}

/** The first way of reading the text that finds at least two parts: headings, lists, criteria, prose. */
function findParts(masked: string, blocks: readonly Block[]): Found | null {
  const sections = splitSections(masked, blocks);
  if (sections !== null) return { by: "headings", segments: sections };
  const lists: readonly BlockList[] = toLists(blocks);
  const work = readWorkItems(masked, isFaultReport(masked, blocks) ? [] : lists);
  const listed = splitByItems(masked, blocks, work);
  if (work.items.size > 1 && countParts(listed) > 1) return { by: "list", segments: listed };
  const prose = splitProse(masked, blocks);
  if (countParts(prose) > 1) return { by: "prose", segments: prose };
  const criteria = new Set(lists.flatMap((list) => readCriteria(masked, list)));
  if (criteria.size < CRITERIA_MIN) return null;
  const segments = blocks.map((block) => (criteria.has(block) ? toItem(block, masked) : toSegment("shared", block)));
  return { by: "criteria", segments };
}

const words = (task: string, { start, end }: Span): string => task.slice(start, end).trim();

function toPart(task: string, segments: readonly Segment[]): TaskPart {
  const [first] = segments;
  if (first === undefined) throw new Error("a part has a segment that opens it");
  const texts = segments.map((segment) =>
    segment.object === null ? words(task, segment) : `${words(task, segment)} ${words(task, segment.object)}`,
  );
  const { follows, phase, number } = first;
  const spans = segments.map(({ start, end }) => ({ start, end }));
  return { text: texts.join("\n"), spans, follows, phase, number };
}

/** Groups of neighbours of about the same size, at most PARTS_MAX. */
function toGroups(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const parts: Segment[][] = [];
  for (const segment of segments) {
    if (segment.kind === "part") parts.push([segment]);
    else if (segment.kind === "more") parts.at(-1)?.push(segment);
  }
  if (parts.length <= PARTS_MAX) return parts;
  const groups: Segment[][] = Array.from({ length: PARTS_MAX }, () => []);
  parts.forEach((part, i) => {
    groups[Math.floor((i * PARTS_MAX) / parts.length)]?.push(...part);
  });
  return groups;
}

/**
 * Splits a task into parts by its own structure, or not at all. What is quoted or code is never split; nothing of the
 * text is lost and its order is kept. Linear in the text's length.
 */
export function splitTask(task: string): Split {
  const masked = maskText(task);
  const found = findParts(masked, readBlocks(masked));
  const count = found === null ? 0 : countParts(found.segments);
  if (found === null || count < 2) return { parts: [], by: null, shared: "", segments: [], found: count };
  const shared = found.segments.filter(({ kind }) => kind === "shared");
  return {
    parts: toGroups(found.segments).map((segments) => toPart(task, segments)),
    by: found.by,
    shared: shared.map((segment) => words(task, segment)).join("\n\n"),
    segments: found.segments,
    found: count,
  };
}
