import type { Span } from "./blocks.ts";
import { DETERMINER, type Follows, isInstruction, readLead } from "./instructions.ts";
import { phaseOf } from "./phase.ts";
import { type Phase, readFinalVerb, readOpenVerb, readVerb, type Verb } from "./work-words.ts";

/** Where an instruction within a sentence begins: behind the separator that starts at `cutAt`. */
export interface Cut {
  readonly cutAt: number;
  readonly start: number;
  readonly verb: Verb;
  readonly phase: Phase | null;
  readonly follows: Follows;
}

/** Far enough back to see what a clause hangs on, and a bound on the work for each word of a long sentence. */
const LOOK_BACK = 300;
const LOOK_AHEAD = 160;

/** Blanks before a mark or a word are bounded: of a long run, each would be gone through to the last. */
const SEPARATOR =
  /[ \t]{0,8}[,;][ \t\n]+(?:(?:and|&|but|und|et|y|e|en)[ \t\n]+)?(?=[\p{L}\d_*])|[ \t\n]{1,8}(?:and|&|und|et|y|e|en|и)[ \t\n]+(?=[\p{L}\d_*])|[ \t\n]{1,8}(?=then[ \t\n])|[，、；][ \t\n]{0,8}(?:并且?|並且?|而且|以及)?(?=[\p{L}\d_*])/giu;
/** Instructions behind these are told about, not given. */
const CONDITIONAL =
  /\b(?:if|when|whenever|unless|until|till|while|once|how|what|why|whether|before|either|instead|without|rather|wenn|falls|sobald|bevor|warum|quand|lorsque|avant|comment|pourquoi|cuando|antes|quando)\b/i;
const RELATIVE =
  /\b(?:that|which|who|whose|where|so|because|since(?!\s+\d)|can|should|must|will|lets?|letting|allows?|allowing|helps?|qui|que|dont|donde|quien|che|damit|sodass|weil|dass)\b/i;
const CONDITIONAL_ABROAD =
  /如果|若是?|倘若|当[^前]|一旦|除非|怎么|怎样|如何|为什么|为何|是否|：|場合|(?:れ|け)ば|たら|とき|なぜ|どう|если|когда|почему|чтобы|경우|하면|어떻게/u;
/** In Romance languages `que busca` is both; in East Asian ones what a function does stands bare behind it. */
const TOLD =
  /(?:^|\s)(?:que|qui|che)\s|函数|函數|脚本|腳本|程序|程式|算法|爬虫|関数|スクリプト|プログラム|함수|스크립트|프로그램|функци|скрипт/iu;
/** A relative clause in the singular (`that imports files`): a bare verb behind it agrees with nothing of it. */
const AGREES = /\b(?:that|which|who)\s+(?:\w+ly\s+)?\w+[^s\W]s\b/i;
/** Behind these, verbs stand bare in a clause of any kind (`that lets users edit`). */
const TAKES_BARE =
  /\b(?:where|so|because|since|can|should|must|will|lets?|letting|makes?|allows?|allowing|helps?|qui|que|dont|donde|quien|che|damit|sodass|weil|dass)\b/i;
const INFINITIVE = /(?<!\b(?:needs?|have|has|wants?|going)[ \t\n])\bto[ \t\n]+([a-z]+)\b/gi;
/** Verbs of what programs do, which no plan is made of; they mark `to …` as a purpose. */
const PURPOSES = new Set(
  "get let allow help show display load read save handle manage track list view find process compute calculate sort filter see use be have do keep avoid reach support".split(
    " ",
  ),
);
const PRONOUN = /^\W*(?:it|them|this|that|these|those|sie|ihn|es|diese[sn]?)\b/i;
/** `turn it into a thread`: the old thing is made into a new one. */
const INTO_NEW = /^\W*(?:it|them|this|that|these|those)\s+into\s+(?:an?|one|\d+)\b/i;
/** `three posts out of it`: a new thing is made from the one before. */
const OF_IT_NEW =
  /^\W*(?:an?|one|two|three|four|five|\d{1,3}|some|several|the)\b.*\b(?:out of|from|based on) (?:it|them)\W*$/i;
const MAKES_NEW = /^(?:make|generate|create|write|draft|build|compose|produce|prepare)$/;
const PRONOUN_NEAR = /\b(?:it|them)\b/i;
/** What an investigation finds: to mend it is not another task. */
const FINDING =
  /^\W*(?:(?:the|any|all|its|their)\s+)?(?:\w+\s+)?(?:bugs?|issues?|problems?|errors?|causes?|crash(?:es)?|findings|whatever|it|them)\b/i;

interface Clause {
  readonly start: number;
  readonly verb: Verb;
  readonly phase: Phase | null;
  /** Whether it stands behind `first`: then each word of order opens the next step. */
  readonly isChain?: boolean;
}

function hasPurpose(text: string): boolean {
  for (const [, word = ""] of text.matchAll(INFINITIVE))
    if (PURPOSES.has(word.toLowerCase()) || readVerb(word) !== null) return true;
  return false;
}

/**
 * Whether `text` ends with a verb that is one there: first of all, or joined to another (`design, build`), or with a noun
 * that a mere `and` joins to `after` (`the build` of `the build and deploy pipeline`); null behind a mark.
 */
function endsWithVerb(text: string, after: string | null): boolean {
  const word = lastWord(text);
  if (readVerb(word) === null) return false;
  if (after !== null && !isSharable(after)) return true;
  const rest = text.slice(0, text.lastIndexOf(word));
  return /(?:^|[,/&]|\b(?:and|or|to|then|can|should|must|will|not))\s*$/i.test(rest.slice(-20));
}

const lastWord = (text: string): string => /([\w-]+)\W*$/.exec(text.slice(-40))?.[1] ?? "";

/** A detail of what is being made. */
const DETAIL =
  /^\W*(?:an?|one|the)\s+(?:[\w-]+\s+)?(?:line|note|entry|section|comment|link|changeset|mention|flag|badge|hint|label)\b/i;
/** A translation is a text of its own. */
const MAKES_TEXT = /^(?:write|draft|compose|create|prepare|produce)$/;
const WRITES_OUT =
  / (?:to|into) (?:(?:an?|the|our|your)\s+)?(?:[\w-]+\s+)?(?:files?|disk|csv|json|stdout|std ?err|database|db|tables?|logs?|output|console|folder|directory|sheet|excel|\S+\.\w{2,4}|¤+)/i;
/** After the work, these look at what came of it. */
const LOOKS_BACK = /^(?:compare|evaluate|assess|analy[sz]e|identify|collect)$/;

/** Follow-ups that are as often asked for on their own, of a thing of their own (`update the screenshots`). */
const STANDS_ALONE = /^(?:update|improve|enable|convert)$/;
const OWN_OBJECT = /^\W*(?:the|our|my|all)\s+(?:(?:the|our|my)\s+)?(?:[\w-]+\s+){0,3}?[\w-]+\W*$/i;
/** What hangs on the thing that was changed, and changes with it. */
const HANGS_ON =
  /\b(?:callers?|call|calls|sites?|references?|refs|imports?|exports?|usages?|uses?|users?|tests?|types?|typings|links?|code|rest|others?|old|existing|new|same|corresponding|relevant|related|affected|associated|dependent|dependents|appropriate|necessary|matching|status|state|version|file|files|logic|function|method|class|implementation|config|configuration|settings?)\b/i;

/** What `make` and `generate` bring about where they mend nothing. */
const NEW_OBJECT = /^\W*(?:an?|two|three|four|five|six|seven|eight|nine|ten|\d{1,3})\s+\w/i;

function hasOwnObject({ word }: Verb, near: string): boolean {
  if (/^(?:make|generate)$/.test(word)) return NEW_OBJECT.test(near) && !DETAIL.test(near);
  return STANDS_ALONE.test(word) && OWN_OBJECT.test(near) && !HANGS_ON.test(near);
}

/**
 * Whether an instruction goes on with the work before it: only another kind of work or a new object is another task.
 * `isApart`: it opens a paragraph of its own, where `it` further on may stand for something that is only built upon.
 */
export function continuesWork(
  before: Pick<Clause, "verb" | "phase">,
  next: Pick<Cut, "verb" | "phase"> & { readonly isApart?: boolean },
  after: string,
): boolean {
  const [near = ""] = after.slice(0, 80).split(/\b(?:where|that|which|so|when|because|and|then)\b|[,;!?\n]|\.\s/i);
  if (before.phase !== "research" && LOOKS_BACK.test(next.verb.word)) return true;
  const mends = before.phase === "research" || (before.phase === "test" && next.phase === "build");
  if (mends && FINDING.test(near)) return true;
  if (before.phase !== next.phase) return false;
  if (
    (OF_IT_NEW.test(near) && MAKES_NEW.test(next.verb.word)) ||
    (next.verb.word === "translate" && MAKES_TEXT.test(before.verb.word))
  )
    return false;
  if (PRONOUN.test(near) || (next.verb.isFollowUp && !hasOwnObject(next.verb, near))) return true;
  if (next.isApart !== true && PRONOUN_NEAR.test(near)) return true;
  if (next.verb.word === "add" && DETAIL.test(near)) return true;
  const writes = /^(?:write|draft|compose)$/;
  if (next.verb.word === "write" && WRITES_OUT.test(near)) return true;
  return writes.test(before.verb.word) && next.verb.word === "add";
}

/** What is before a separator, as far as it can say that what follows is no instruction of its own. */
interface Before {
  readonly text: string;
  readonly isEmbedded: boolean;
  readonly isConditional: boolean;
  /** What a program or another thing does, in a language whose orders look like that. */
  readonly isTold: boolean;
}

function readBefore(masked: string, clause: Clause, cutAt: number): Before {
  const text = masked.slice(Math.max(clause.start, cutAt - LOOK_BACK), cutAt);
  const isRelative = RELATIVE.test(text) && (TAKES_BARE.test(text) || !AGREES.test(text));
  return {
    text,
    isConditional: CONDITIONAL.test(text) || CONDITIONAL_ABROAD.test(text),
    isEmbedded: isRelative || hasPurpose(text),
    isTold: TOLD.test(text),
  };
}

interface Candidate {
  readonly cut: Cut;
  readonly after: string;
  readonly isBare: boolean;
  readonly isOrdered: boolean;
  readonly isMore: boolean;
}

interface Separator {
  readonly cutAt: number;
  readonly separator: string;
}

/** Chores that somebody is handed something by, if it is named. */
const DELIVERS = /^(?:list|recommend|suggest|rank)$/;
const SENDS = /^(?:send|email|present)\s+(?:an?|une?|un|eine?n?|una|um|uma)\s+\p{L}/iu;
const OWN_ERRAND =
  /^\s+(?:an?|the|our|my|some|three|four|five|six|seven|eight|nine|ten|\d{1,3}|une?|un|eine?n?|una|des|die|den|das)\s+\p{L}/iu;

/** A list belongs to the summary that a mere `and` joins it to. */
function isOwnErrand({ word }: Verb, after: string, isApart: boolean): boolean {
  if (word === "review" || (isApart && DELIVERS.test(word))) return OWN_ERRAND.test(after);
  return SENDS.test(`${word}${after}`);
}

function readCandidate(masked: string, { cutAt, separator }: Separator, end: number): Candidate | null {
  const at = cutAt + separator.length;
  const text = masked.slice(at, Math.min(end, at + LOOK_AHEAD));
  const lead = readLead(text);
  const body = text.slice(lead.length);
  const isOrdered = lead.follows !== "nothing";
  const known = readVerb(body);
  const verb = known === null && isOrdered ? (readFinalVerb(body) ?? readOrderedVerb(body)) : known;
  // A chore is too weak to cut a sentence for, unless the sentence says itself that it is a step.
  const isErrand = verb !== null && isOwnErrand(verb, body.slice(verb.length), /[,;]/.test(separator));
  if (verb === null || (verb.phase === null && !isOrdered && !lead.isMore && !isErrand)) return null;
  // Clauses in a row tell as often as they ask; a word of order or of joining says which.
  const isJoined = /[；并並而以]/u.test(separator) || /[てでし]/.test(masked[cutAt - 1] ?? "");
  if (verb.isUnspaced && !isOrdered && !lead.isMore && !isJoined) return null;
  if (!verb.isOpen && !isInstruction(body, verb, { strict: !isOrdered })) return null;
  const after = body.slice(verb.length);
  const cut = { cutAt, start: at + lead.length, verb, phase: phaseOf(verb, after), follows: lead.follows };
  return { cut, after, isBare: !/[,;]/.test(separator) && !isOrdered, isOrdered, isMore: lead.isMore };
}

/** An unknown verb behind a word of order: its object shows what it is. */
function readOrderedVerb(body: string): Verb | null {
  const said = /^([a-z]{3,})(\s+(?:it|them)\s+into\s+an?\b)/i.exec(body.slice(0, 60));
  return readOpenVerb(said === null ? body : `${said[1]} the `);
}

/** What stands behind a colon of these is material. */
const READS_TEXT = /^(?:translate|summari[sz]e|rewrite|edit|review|proofread|shorten|polish)$/;

function opensPart(candidate: Candidate, clause: Clause, before: Before): boolean {
  const { cut, after, isBare, isOrdered, isMore } = candidate;
  if (before.isConditional || (!isOrdered && endsWithVerb(before.text, isBare ? after : null))) return false;
  const isNewKind = cut.phase !== clause.phase;
  if (before.isTold && !isNewKind) return false;
  // A colon opens what is told of (`this algorithm: take the first, then swap the rest`).
  const isMaterial = cut.phase === null || READS_TEXT.test(clause.verb.word);
  if ((cut.phase === null && before.isEmbedded) || (isMaterial && /:\s/.test(before.text))) return false;
  if (before.isEmbedded && isBare) return false;
  if (before.isEmbedded && !isOrdered) {
    const isAside =
      cut.phase === "test" || cut.phase === "docs" || (cut.phase === "deploy" && DETERMINER.test(after.trimStart()));
    if (!isNewKind || !isAside) return false;
  }
  // `Then` and `also` make another step of the same kind of work, unless it is done to the same thing.
  if (!isOrdered && !isMore) return !continuesWork(clause, cut, after);
  if ((cut.follows === "all" || clause.isChain === true) && !before.isEmbedded) return true;
  return (isNewKind && cut.phase !== null) || !PRONOUN.test(after) || INTO_NEW.test(after);
}

/** Where a sentence that begins with the instruction `first` goes on to another one. Linear in its length. */
export function findCuts(masked: string, sentence: Span, first: Clause): readonly Cut[] {
  const cuts: Cut[] = [];
  let clause = first;
  let inSeries = false;
  // The sentence alone: a search in the whole text would look for a separator to the text's end, sentence by sentence.
  const offset = first.start + first.verb.length;
  for (const match of masked.slice(offset, sentence.end).matchAll(SEPARATOR)) {
    const cutAt = offset + match.index;
    const candidate = readCandidate(masked, { cutAt, separator: match[0] }, sentence.end);
    if (candidate === null) continue;
    const before = readBefore(masked, clause, cutAt);
    const isOpening = (!inSeries || candidate.isOrdered) && opensPart(candidate, clause, before);
    if (!isOpening) {
      // A series inside a relative clause or a purpose goes on to the sentence's end.
      inSeries ||= before.isEmbedded;
      continue;
    }
    cuts.push(candidate.cut);
    clause = {
      start: candidate.cut.start,
      verb: candidate.cut.verb,
      phase: candidate.cut.phase,
      isChain: first.isChain === true,
    };
    inSeries = false;
  }
  return cuts;
}

/** Verbs that share one object (`design, build and deploy a site`), the later ones each opening another phase. */
export interface SharedObject {
  /** In order; the first is the sentence's own. `start` and `end` are of the verb with the words that join it on. */
  readonly verbs: readonly { readonly start: number; readonly verbEnd: number; readonly phase: Phase }[];
  readonly objectStart: number;
}

const JOIN =
  /^(?:[ \t]*,[ \t]*(?:(?:and|&)[ \t]+)?(?:then[ \t]+)?|[ \t]+(?:and|&)[ \t]+(?:then[ \t]+)?|[ \t]*[/&][ \t]*)/i;

/** The verbs at the head of a sentence that share an object; null where there is but one kind of work. */
export function readSharedObject(masked: string, sentence: Span, first: Clause): SharedObject | null {
  let at = first.start + first.verb.length;
  const verbs = [{ start: first.start, verbEnd: at, phase: first.phase ?? "build" }];
  for (let round = 0; round < 6; round += 1) {
    const rest = masked.slice(at, Math.min(sentence.end, at + LOOK_AHEAD));
    const join = JOIN.exec(rest)?.[0].length ?? 0;
    const verb = join === 0 ? null : readVerb(rest.slice(join));
    if (verb === null) break;
    const [start, verbEnd] = [at + join, at + join + verb.length];
    const last = verbs.at(-1);
    if (verb.phase !== null && last !== undefined && last.phase !== verb.phase)
      verbs.push({ start, verbEnd, phase: verb.phase });
    else if (last !== undefined) verbs[verbs.length - 1] = { ...last, verbEnd };
    at = verbEnd;
  }
  const object = masked.slice(at, Math.min(sentence.end, at + LOOK_AHEAD));
  if (verbs.length < 2 || !/^\s+[\w*]/.test(object)) return null;
  // To build and test what is there is one errand.
  const isErrand = first.verb.word === "find" || verbs.every(({ phase }) => phase === "build" || phase === "test");
  return isErrand || !isSharable(object) ? null : { verbs, objectStart: at };
}

/** No statement (`build and deploy fail`), and no noun that the last verb belongs to (`plan and design documents`). */
const isSharable = (object: string): boolean =>
  !/^\s+(?:fails?|failed|is|are|was|were|has|have|takes?|took|hangs?|up|down|out|off|should|must|can|will|scripts?|steps?|pipelines?|jobs?|stages?|phases?|times?|documents?|docs|commands?|targets?|errors?|logs?)\b/i.test(
    object,
  );
