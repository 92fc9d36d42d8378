import type { Span } from "./blocks.ts";
import { readLeadAbroad } from "./lead-abroad.ts";
import { readFinalVerb, readGerund, readOpenVerb, readVerb, type Verb } from "./work-words.ts";

/** When a part may start after its neighbour, as the text itself says: after the one before it, after all before it. */
export type Follows = "nothing" | "previous" | "all";

/** What stands before an instruction: words of order and of politeness. */
export interface Lead {
  readonly length: number;
  readonly follows: Follows;
  /** Whether a word of order is among them, `first` included. */
  readonly isOrdered: boolean;
  /** Whether they say that more is asked for (`also`). */
  readonly isMore: boolean;
}

const ORDER =
  /^(?:(?:and|but|so|und|et|y|e|en)\s+)?(?:(also|additionally|in addition|besides|plus)|(first of all|first|firstly|zuerst|zunächst|erst|als erstes|d['’]abord|tout d['’]abord|primero|en primer lugar|prima|per prima cosa|primeiro|eerst|to begin with|to start|initially|second|secondly|third|thirdly|step \d{1,2}\s*[:.)-])|(then|next|dann|danach|anschließend|daraufhin|ensuite|puis|après cela|luego|después|a continuación|poi|depois|daarna|after that|after this|based on (?:that|this|it|these|those|the (?:results?|findings|above|analysis|outcome))|using (?:that|these|the (?:results?|findings))|with (?:that|this) done|from there|afterwards|afterward|subsequently|when done|once done|once that(?:'s| is) (?:done|in place|working))|(finally|lastly|zum schluss|zuletzt|schließlich|abschließend|am ende|enfin|pour finir|finalmente|por último|infine|por fim|ten slotte|at last|in the end|at the end|when (?:all|everything) is done|once everything (?:works|is done)))\b\s*[,:]?\s+/i;
const POLITE =
  /^(?:(?:please|bitte|por favor|kindly|now|hi|hello|hey|ok|okay)[,!]?\s+|(?:can|could|would|will) you (?:please |help me )?|(?:i|we)(?:'d| would) like (?:you )?to |(?:i|we) (?:want|need)(?: you)? to |(?:your|the|our) (?:task|goal|job|aim) is to |you (?:should|must|need to|have to) |we (?:should|must|have to) |let(?:'|’)?s |help me (?:to )?|go ahead and |try to |(?:start|begin) (?:off )?by (?=[a-z]+ing\b)|i'm going to |we(?:'re| are) going to )/i;

/** Reads the words before an instruction; `follows` is said by the last word of order among them. */
export function readLead(text: string): Lead {
  let length = 0;
  let follows: Follows = "nothing";
  let [isOrdered, isMore] = [false, false];
  // Four are more than anybody writes before an instruction.
  for (let round = 0; round < 4; round += 1) {
    const rest = text.slice(length, length + 80);
    const order = ORDER.exec(rest);
    const lead = order ?? POLITE.exec(rest);
    const abroad = lead === null ? readLeadAbroad(rest) : null;
    if (abroad !== null) {
      length += abroad.length;
      isOrdered ||= abroad.order !== null && abroad.order !== "more";
      isMore ||= abroad.order === "more";
      if (abroad.order === "next") follows = "previous";
      if (abroad.order === "last") follows = "all";
      continue;
    }
    if (lead === null) break;
    length += lead[0].length;
    isOrdered ||= order?.slice(2).some((word) => word !== undefined) === true;
    isMore ||= order?.[1] !== undefined;
    if (order?.[3] !== undefined) follows = "previous";
    if (order?.[4] !== undefined) follows = "all";
  }
  return { length, follows, isOrdered, isMore };
}

/** A word that shows that what looked like an instruction is a statement: `the build fails`, `test coverage is low`. */
const FINITE =
  /^(?:is|are|was|were|be|has|have|had|does|do|did|fails?|failed|hangs|breaks|broke|crash(?:es|ed)?|takes|took|should|must|will|would|can|could|may|needs?|seems?|looks?|shows?|returns?|works?|keeps?|times)$/i;
const STATEMENT_WORDS = 4;
/** What follows a verb where its object begins. */
export const DETERMINER =
  /^(?:the|a|an|it|them|this|that|these|those|all|each|every|everything|our|my|your|its|their|some|any|new|one|two|three|both|how|what|which|whether|against|on|to|with|for|\d+)\b/i;

/** Another verb may follow that shares the object. */
const JOINED = /^\s*[,/&]\s*/;

/** `test and document the module`: the verb behind the joining word shows that both are. */
function isJoinedVerb(rest: string): boolean {
  const body = /^\s+(?:and|&)\s+(.*)/is.exec(rest)?.[1] ?? "";
  const verb = readVerb(body);
  return verb !== null && DETERMINER.test(body.slice(verb.length).trimStart());
}

const wordsAfter = (text: string, from: number): readonly string[] =>
  text
    .slice(from, from + 120)
    .split(/[^\p{L}\p{N}_'’-]+/u)
    .filter((word) => word !== "");

/** `test` opens a noun phrase (`test suite`, `test code`) more often than an instruction. */
const isMostlyNoun = ({ word }: Verb): boolean => word === "test";

/** Whether `text`, which begins with `verb`, is an instruction; a verb that is a noun too may open a statement. */
export function isInstruction(text: string, verb: Verb, { strict }: { readonly strict: boolean }): boolean {
  // Its own reader has seen the whole clause.
  if (verb.isUnspaced) return true;
  const rest = text.slice(verb.length, verb.length + 120);
  if (JOINED.test(rest)) return readVerb(rest.replace(JOINED, "")) !== null;
  if (!/^(?:\s+[^\s.,;:!?]|\*\*)/.test(rest)) return verb.phase === "deploy" && /^\s*(?:[.!;,]|$)/.test(rest);
  if (/^\s+(?:sure|do|up|down|out)\b/i.test(rest) && /^(?:make|write)$/.test(verb.word)) return false;
  const [next = "", ...more] = wordsAfter(text, verb.length);
  if (FINITE.test(next) || /['’]s$/.test(next) || (verb.isNounToo && next.toLowerCase() === "of")) return false;
  // `Release notes:` is a title.
  if (verb.isNounToo && /^\s+[\w-]+\s*:\s*(?:\n|$)/.test(rest) && !DETERMINER.test(next)) return false;
  if (!verb.isNounToo) return next !== "" || verb.phase === "deploy";
  if (more.slice(0, STATEMENT_WORDS - 1).some((word) => FINITE.test(word)) && !DETERMINER.test(next)) return false;
  return !(strict || isMostlyNoun(verb)) || DETERMINER.test(next) || isJoinedVerb(rest);
}

/** What a piece of text begins with where it is an instruction. */
export interface Instruction {
  readonly lead: Lead;
  readonly verb: Verb;
}

/**
 * The instruction that a piece of masked text opens with, behind its lead; null where it opens with none. `isOpen`:
 * also one whose verb is known by its place alone.
 */
export function readInstruction(masked: string, span: Span, { isOpen } = { isOpen: false }): Instruction | null {
  const text = masked.slice(span.start, Math.min(span.end, span.start + 400));
  const marks = /^[*_]{1,3}/.exec(text)?.[0].length ?? 0;
  const { length, ...order } = readLead(text.slice(marks));
  const body = text.slice(marks + length);
  const isGerund = / by $/i.test(text.slice(0, marks + length));
  const verb = isGerund ? readGerund(body) : readVerb(body);
  const lead = { ...order, length: marks + length };
  if (verb !== null) return isInstruction(body, verb, { strict: false }) ? { lead, verb } : null;
  const open = isOpen ? (readOpenVerb(body) ?? readFinalVerb(body)) : null;
  return open === null ? null : { lead, verb: open };
}
