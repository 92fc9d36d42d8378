import type { Span } from "./blocks.ts";
import { type Cut, continuesWork, findCuts, readSharedObject } from "./coordination.ts";
import { type Follows, readInstruction } from "./instructions.ts";
import { phaseOf } from "./phase.ts";
import { toSentences } from "./sentences.ts";
import type { Phase, Verb } from "./work-words.ts";

/**
 * A piece of prose. `work` opens a part; `more` belongs to the part before it; `shared` holds for all parts. `object`
 * is what a verb shares with the verbs behind it and has to be said with it again.
 */
export interface Piece extends Span {
  readonly kind: "work" | "more" | "shared";
  readonly follows: Follows;
  readonly phase: Phase | null;
  readonly object: Span | null;
}

/** How sentences begin that say how the work is to be done: they hold for every part of it. */
const RULE =
  /^(?:please\s+)?(?:use|using|keep|ensure|make sure|don['’]?t|do not|never|avoid|always|follow|remember|note|no\b|only|must|all\b|everything|respect|preserve|stick|limit|assume|prefer|constraints?|requirements?|budget|deadline|the (?:code|result|output|whole|entire)|it (?:must|should|has to)|we (?:use|cannot|must not)|stay|target|support only|without)\b/i;

const plain = (kind: Piece["kind"], { start, end }: Span): Piece => ({
  kind,
  start,
  end,
  follows: "nothing",
  phase: null,
  object: null,
});

/** `When the outline is done, write …`: what is waited for stays with the instruction. */
const ONCE_DONE =
  /^(?:when|once|after|as soon as)\s+[^,.;:!?\n]{2,80}?\b(?:done|finished|complete[d]?|ready|merged|approved|in place|available|works?|working|deployed|live|over|set up|have (?:it|the \w+|them|that|those))(?:\s+(?:and|in|on|to)\s+\w+){0,2},\s+/i;

/** What a program waits for, rather than somebody at work. */
const EVENT =
  /\b(?:forms?|users?|customers?|requests?|responses?|buttons?|payments?|orders?|uploads?|downloads?|loops?|jobs?|threads?|timers?|events?|pages?|files?)\b/i;

interface Opening extends Span {
  /** Where its words begin: at its verb, or at what it waits for. */
  readonly from: number;
  readonly verb: Verb;
  readonly phase: Phase | null;
  readonly follows: Follows;
  readonly isOrdered: boolean;
  readonly isChain: boolean;
}

/** What stands behind such a colon is material, whatever it says. */
const READS_BEHIND =
  /\b(?:translate|summari[sz]e|proofread|rewrite|rephrase|paraphrase|explain|correct|sentences?|text|phrase|paragraph|quote)\b|翻译|翻譯|总结|改写|润色|解释|翻訳|要約|説明|번역|요약|설명|переведи|объясни|übersetze|tradui|traduc/iu;

/** `Goal: do this, do that`: where the instructions behind the colon begin. */
function findGoalEnd(masked: string, sentence: Span): number | null {
  const head = masked.slice(sentence.start, Math.min(sentence.end, sentence.start + 300));
  const colon = head.search(/:[ \t]+\S|：[ \t]*\S/);
  if (colon === -1 || READS_BEHIND.test(head.slice(0, colon))) return null;
  const start = sentence.start + colon + 1;
  const rest = { start: start + (/^[ \t]*/.exec(masked.slice(start, start + 50))?.[0].length ?? 0), end: sentence.end };
  return readInstruction(masked, rest) === null ? null : rest.start;
}

function readOpening(masked: string, sentence: Span, { isLong }: { readonly isLong: boolean }): Opening | null {
  const head = isLong ? "" : masked.slice(sentence.start, Math.min(sentence.end, sentence.start + 160));
  const waited = ONCE_DONE.exec(head)?.[0] ?? "";
  const wait = EVENT.test(waited) ? 0 : waited.length;
  const said = { start: sentence.start + wait, end: sentence.end };
  const read = readInstruction(masked, said, { isOpen: true });
  if (read === null) return null;
  const { lead, verb } = read;
  const start = said.start + lead.length;
  const after = masked.slice(start + verb.length, Math.min(sentence.end, start + verb.length + 200));
  if (wait > 0)
    return {
      from: sentence.start,
      start,
      end: sentence.end,
      verb,
      phase: phaseOf(verb, after),
      follows: "previous",
      isOrdered: true,
      isChain: false,
    };
  return {
    from: start,
    start,
    end: sentence.end,
    verb,
    phase: phaseOf(verb, after),
    follows: lead.follows,
    isOrdered: lead.isOrdered,
    isChain: lead.isOrdered && lead.follows === "nothing",
  };
}

/** The pieces of one instruction: the verbs that share its object, or itself alone. */
function toHeadPieces(
  masked: string,
  sentence: Span,
  { opening, end }: { opening: Opening; end: number },
): readonly Piece[] {
  const shared = readSharedObject(masked, { start: sentence.start, end }, opening);
  if (shared === null)
    return [{ ...plain("work", { start: opening.from, end }), follows: opening.follows, phase: opening.phase }];
  const object = { start: shared.objectStart, end };
  return shared.verbs.map(({ start, verbEnd, phase }, i) => {
    const isLast = i === shared.verbs.length - 1;
    const span = { start, end: isLast ? end : verbEnd };
    return {
      ...plain("work", span),
      follows: i === 0 ? opening.follows : "nothing",
      phase,
      object: isLast ? null : object,
    };
  });
}

const toPiece = (cut: Cut, end: number): Piece => ({
  ...plain("work", { start: cut.start, end }),
  follows: cut.follows,
  phase: cut.phase,
});

/** The pieces of a sentence that opens with an instruction. */
function toWork(
  masked: string,
  sentence: Span,
  { opening, isLong }: { opening: Opening; isLong: boolean },
): readonly Piece[] {
  const all = findCuts(masked, sentence, opening);
  const cuts = isLong ? all.filter(({ phase, follows }) => phase === "deploy" || follows !== "nothing") : all;
  const head = toHeadPieces(masked, sentence, { opening, end: cuts[0]?.cutAt ?? sentence.end });
  return [...head, ...cuts.map((cut, i) => toPiece(cut, cuts[i + 1]?.cutAt ?? sentence.end))];
}

/** Whether a sentence that opens with a chore goes on in steps (`clone the repo, then upgrade React`). */
function hasSteps(masked: string, sentence: Span, opening: Opening): boolean {
  const cuts = findCuts(masked, sentence, opening);
  return cuts.some(({ follows }) => follows !== "nothing") && cuts.some(({ phase }) => phase !== null);
}

/** A paragraph whose lines each are an instruction, or each begin with a label of their own (`Design: draw …`). */
type Layout = "lines" | "labels" | "flowing";

const LABEL = /^\p{Lu}[\p{L}\d &/-]{2,30}:[ \t]+\S/u;
/** Speakers, and what tells about the work. */
const NO_LABEL =
  /^(?:user|assistant|system|human|ai|bot|customer|agent|me|you|q|a|question|answer|title|subject|goal|note|tip|warning|example|expected|actual|current|input|output|context|background|role|task|problem|solution|constraints?|rules?|format|before|after)\b/i;

function readLayout(masked: string, sentences: readonly Span[]): Layout {
  const startsLine = ({ start }: Span): boolean =>
    start === 0 || /\n[ \t]*$/.test(masked.slice(Math.max(0, start - 20), start));
  if (sentences.length < 2 || !sentences.slice(1).every(startsLine)) return "flowing";
  const heads = sentences.map(({ start, end }) => masked.slice(start, Math.min(end, start + 60)));
  const labels = new Set(
    heads.filter((head) => LABEL.test(head) && !NO_LABEL.test(head)).map((head) => head.split(":", 1)[0]),
  );
  const hasWork = (sentence: Span): boolean => findGoalEnd(masked, sentence) !== null;
  if (labels.size >= 2 && labels.size >= sentences.length - 1 && sentences.slice(1).every(hasWork)) return "labels";
  const isLines = sentences.length >= 3 && sentences.every((sentence) => readInstruction(masked, sentence) !== null);
  return isLines ? "lines" : "flowing";
}

/** What the reader of a text holds on to from sentence to sentence. */
export interface ProseState {
  /** Long descriptions give instructions in passing: there only words of order and new paragraphs open a part. */
  readonly isLong: boolean;
  /** True for the first sentence of a paragraph of its own. */
  readonly isFirst: boolean;
  readonly layout: Layout;
  readonly last: { readonly verb: Verb; readonly phase: Phase | null } | null;
}

function readSentence(
  masked: string,
  sentence: Span,
  state: ProseState,
): { pieces: readonly Piece[]; state: ProseState } {
  const opening = readOpening(masked, sentence, state);
  const goalEnd = findGoalEnd(masked, sentence);
  if (goalEnd !== null) {
    const rest = { start: goalEnd, end: sentence.end };
    const inner = readOpening(masked, rest, state);
    const pieces = inner === null ? [] : toWork(masked, rest, { opening: inner, isLong: state.isLong });
    const [first, ...more] = pieces;
    if (inner !== null && state.layout === "labels" && first !== undefined)
      return { pieces: [{ ...first, start: sentence.start }, ...more], state: { ...state, last: inner } };
    // One instruction behind a colon says how, several say what.
    if (inner !== null && pieces.length > 1)
      return {
        pieces: [plain("shared", { start: sentence.start, end: goalEnd }), ...pieces],
        state: { ...state, last: inner },
      };
  }
  const isWeak = opening !== null && (opening.phase === null || opening.verb.isOpen) && !opening.isOrdered;
  if (opening === null || (opening.verb.isOpen && isWeak && !hasSteps(masked, sentence, opening))) {
    const isRule = state.last === null || RULE.test(masked.slice(sentence.start, sentence.start + 60));
    return { pieces: [plain(isRule ? "shared" : "more", sentence)], state };
  }
  const after = masked.slice(opening.start + opening.verb.length, Math.min(sentence.end, opening.start + 200));
  const isOrdered = opening.follows !== "nothing";
  const isListed =
    state.last !== null &&
    (state.layout === "lines" || /;\s*$/.test(masked.slice(Math.max(0, sentence.start - 5), sentence.start)));
  const isChore = isWeak && !isListed && !hasSteps(masked, sentence, opening);
  const isDetail = state.isLong && opening.phase !== "deploy" && !state.isFirst;
  const isMore =
    state.last !== null &&
    !isOrdered &&
    (isDetail || (!isListed && continuesWork(state.last, { ...opening, isApart: state.isFirst }, after)));
  if (isChore || isMore) return { pieces: [plain(state.last === null ? "shared" : "more", sentence)], state };
  return { pieces: toWork(masked, sentence, { opening, isLong: state.isLong }), state: { ...state, last: opening } };
}

/** The pieces of a paragraph in order. They cover all of it but blanks, separators and the words before an instruction. */
export function readProse(
  masked: string,
  paragraph: Span,
  before: ProseState,
): { pieces: readonly Piece[]; state: ProseState } {
  const pieces: Piece[] = [];
  const sentences = toSentences(masked, paragraph);
  let state: ProseState = { ...before, layout: readLayout(masked, sentences) };
  for (const sentence of sentences) {
    const read = readSentence(masked, sentence, state);
    pieces.push(...read.pieces);
    state = { ...read.state, isFirst: false };
  }
  return { pieces, state };
}
