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

interface Opening extends Span {
  readonly verb: Verb;
  readonly phase: Phase | null;
  readonly follows: Follows;
  readonly isOrdered: boolean;
}

/** `Goal: do this, do that`: where the instructions behind the colon begin. */
function findGoalEnd(masked: string, sentence: Span): number | null {
  const colon = masked.slice(sentence.start, Math.min(sentence.end, sentence.start + 300)).search(/:[ \t]+\S/);
  if (colon === -1) return null;
  const start = sentence.start + colon + 1;
  const rest = { start: start + (/^[ \t]*/.exec(masked.slice(start, start + 50))?.[0].length ?? 0), end: sentence.end };
  return readInstruction(masked, rest) === null ? null : rest.start;
}

function readOpening(masked: string, sentence: Span): Opening | null {
  const read = readInstruction(masked, sentence, { isOpen: true });
  if (read === null) return null;
  const { lead, verb } = read;
  const start = sentence.start + lead.length;
  const after = masked.slice(start + verb.length, Math.min(sentence.end, start + verb.length + 200));
  return {
    start,
    end: sentence.end,
    verb,
    phase: phaseOf(verb, after),
    follows: lead.follows,
    isOrdered: lead.isOrdered,
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
    return [{ ...plain("work", { start: opening.start, end }), follows: opening.follows, phase: opening.phase }];
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

/** What the reader of a text holds on to from sentence to sentence. */
export interface ProseState {
  /** Long descriptions give instructions in passing: there only words of order and new paragraphs open a part. */
  readonly isLong: boolean;
  /** True for the first sentence of a paragraph of its own. */
  readonly isFirst: boolean;
  readonly last: { readonly verb: Verb; readonly phase: Phase | null } | null;
}

function readSentence(
  masked: string,
  sentence: Span,
  state: ProseState,
): { pieces: readonly Piece[]; state: ProseState } {
  const opening = readOpening(masked, sentence);
  const goalEnd = findGoalEnd(masked, sentence);
  if (goalEnd !== null) {
    const rest = { start: goalEnd, end: sentence.end };
    const inner = readOpening(masked, rest);
    const pieces = inner === null ? [] : toWork(masked, rest, { opening: inner, isLong: state.isLong });
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
  const isListed = state.last !== null && /;\s*$/.test(masked.slice(Math.max(0, sentence.start - 5), sentence.start));
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
  let state = before;
  for (const sentence of toSentences(masked, paragraph)) {
    const read = readSentence(masked, sentence, state);
    pieces.push(...read.pieces);
    state = { ...read.state, isFirst: false };
  }
  return { pieces, state };
}
