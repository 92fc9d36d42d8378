import words from "../../data/work-words.json" with { type: "json" };
import { readVerb, thingWords } from "../../prompt/work-words.ts";

/** Words of a thing's name, lower-case and singular; the last says what it is. */
export type NounPhrase = readonly string[];

/** What a part's text says of things: each is what it brings about, or takes as known. */
export interface Things {
  /** What its instruction makes, and what it speaks of as new (`a memo`). */
  readonly made: readonly NounPhrase[];
  /** What it speaks of as there already (`the memo`), other than what it makes. */
  readonly known: readonly NounPhrase[];
  /** What it is about, in words that name neither work nor kinds of things. */
  readonly topics: readonly string[];
}

/** Verbs whose object was not there before. */
const MAKES = new Set(
  "add build code compose configure create define design develop draft extract generate implement introduce make outline plan prepare produce prototype provision record scaffold set-up sketch write wireframe bootstrap train".split(
    " ",
  ),
);
const FUNCTION_WORDS: ReadonlySet<string> = new Set(words.functionWords);
/** Two letters, or missing in the table because no instruction could begin with them. */
const SHORT = new Set("a an as at be by do if in is it its of on or so to up us we no i my me".split(" "));
const NAMES_MOST = 4;
const READ_CHARS = 400;
const TOPIC_CHARS = 200;

/** Looked ahead at, so that one phrase does not swallow the next (`a deck from the memo`). */
const PHRASE = /\b(an?|new|another|the|that|this|these|those|both)\s+(?=((?:[\w-]+(?:['’]s?)?\s+){0,5}[\w-]+))/gi;

const toSingular = (word: string): string => word.replace(/(?<=[a-z]{2}(?:ch|sh|x|ss))es$|(?<=[a-z]{2}[^s])s$/, "");
const endsPhrase = (word: string): boolean => SHORT.has(word) || FUNCTION_WORDS.has(word);

/** The words up to the first one of grammar: `comparison memo` of `comparison memo for the board`. */
function toPhrase(text: string): NounPhrase {
  const all = text.toLowerCase().match(/[\w-]+/g) ?? [];
  const end = all.findIndex(endsPhrase);
  return (end === -1 ? all : all.slice(0, end)).slice(0, NAMES_MOST).map(toSingular);
}

/** What stands up to the next mark; no name goes on behind one. */
const upToMark = (text: string): string => /^[^.,;:!?()\n]*/.exec(text)?.[0] ?? "";

/** The object of the instruction that `text` begins with, where that makes it; null where none does. */
function readObject(text: string): { readonly phrase: NounPhrase; readonly end: number } | null {
  const verb = readVerb(text);
  if (verb === null || !MAKES.has(verb.word.replace(" ", "-"))) return null;
  const rest = upToMark(text.slice(verb.length, verb.length + 100));
  const lead = /^\s*(?:(?:an?|the|new|another|all|our|my|its|these|some)\s+)*/i.exec(rest)?.[0].length ?? 0;
  const phrase = toPhrase(rest.slice(lead));
  return phrase.length === 0 ? null : { phrase, end: verb.length + lead + 1 };
}

function toTopics(text: string): readonly string[] {
  const head = text.slice(0, TOPIC_CHARS).toLowerCase();
  const things = new Set(thingWords(head));
  const topics = (head.match(/[a-z]{4,}/g) ?? []).filter(
    (word) => !things.has(word) && !FUNCTION_WORDS.has(word) && readVerb(word) === null,
  );
  return [...new Set(topics.map(toSingular))];
}

/** Reads the first READ_CHARS of a part; linear in them. */
export function readThings(part: string): Things {
  const head = part.slice(0, READ_CHARS);
  // Below a heading the instruction is in the next line.
  const text = readVerb(head) === null ? head.slice(head.indexOf("\n") + 1) : head;
  const object = readObject(text);
  const rest = object === null ? text : text.slice(object.end);
  const made: NounPhrase[] = object === null ? [] : [object.phrase];
  const known: NounPhrase[] = [];
  for (const [, determiner = "", after = ""] of rest.matchAll(PHRASE)) {
    const phrase = toPhrase(upToMark(after));
    if (phrase.length > 0) (/^(?:an?|new|another)$/i.test(determiner) ? made : known).push(phrase);
  }
  return { made, known, topics: toTopics(head) };
}

const headOf = (phrase: NounPhrase): string => phrase.at(-1) ?? "";

/** How many words of `known` the best of `made` shares, if both are the same kind of thing; 0 where none is. */
function overlap(known: NounPhrase, made: readonly NounPhrase[]): number {
  const shared = made
    .filter((phrase) => headOf(phrase) === headOf(known))
    .map((phrase) => phrase.filter((word) => known.includes(word)).length);
  return Math.max(0, ...shared);
}

/** Which of `all` make what `things` takes as known; those whose name fits best, a thing of its own making none. */
export function findMakers(things: Things, all: readonly Things[]): ReadonlySet<Things> {
  const makers = things.known.flatMap((known) => {
    if (overlap(known, things.made) > 0) return [];
    const fits = all.map((other) => (other === things ? 0 : overlap(known, other.made)));
    const best = Math.max(0, ...fits);
    return all.filter((_, i) => best > 0 && fits[i] === best);
  });
  return new Set(makers);
}
