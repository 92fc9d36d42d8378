import words from "../data/work-words.json" with { type: "json" };
import { readUnspaced } from "./unspaced-verbs.ts";

/** The order in which work is done: what comes later builds on what comes before. */
export const PHASES = ["research", "design", "build", "test", "docs", "deploy"] as const;
export type Phase = (typeof PHASES)[number];

/** What a piece of work makes, by a word that names it. */
export const ARTIFACTS = [
  "tests",
  "docs",
  "infra",
  "data",
  "security",
  "api",
  "ml",
  "mobile",
  "ui",
  "brand",
  "copy",
  "market",
  "business",
] as const;
export type Artifact = (typeof ARTIFACTS)[number];

const PHASE_OF_VERB: ReadonlyMap<string, Phase> = new Map(
  PHASES.flatMap((phase) => words.verbs[phase].map((verb) => [verb, phase] as const)),
);
const ARTIFACT_OF_WORD: ReadonlyMap<string, Artifact> = new Map(
  ARTIFACTS.flatMap((artifact) => words.artifacts[artifact].map((word) => [word, artifact] as const)),
);
const CHORES: ReadonlySet<string> = new Set(words.chores);
const FOLLOW_UPS: ReadonlySet<string> = new Set(words.followUps);
const ALSO_NOUNS: ReadonlySet<string> = new Set(words.alsoNouns);

/** English verbs by what people write for them in other languages, as an order or as an infinitive. */
const VERB_ABROAD: ReadonlyMap<string, string> = new Map(
  Object.entries(words.otherLanguages).flatMap(([verb, forms]) => forms.map((form) => [form, verb] as const)),
);

/** A word that an instruction begins with. */
export interface Verb {
  /** In English. */
  readonly word: string;
  /** UTF-16 units, from the text's start. */
  readonly length: number;
  /** null for a chore: an instruction on its own in a list, too weak to cut a sentence for. */
  readonly phase: Phase | null;
  /** True where the same word is a noun too (`test`, `build`). */
  readonly isNounToo: boolean;
  /** True where it mostly finishes what was just asked for (`rename X and update its callers`). */
  readonly isFollowUp: boolean;
  /** True in Chinese, Japanese and Korean, where the clause around it was read with it. */
  readonly isUnspaced: boolean;
  /** True where the table does not know it, and only its place says that it is a verb (`wrap the client`). */
  readonly isOpen: boolean;
}

const HEAD =
  /^(?:(set|roll|clean|speed|find|look|hook|put|come|write) ?-?(up with|up|out|into|together)\b|(\p{L}+(?:-\p{L}+)?))(?![\p{L}\p{N}_'’])/iu;

/** Infinitives that a gerund may stand for: `adding`, `writing`, `setting up`. */
function toInfinitives(text: string): readonly string[] {
  const [, stem, rest = ""] = /^([a-z]{2,})ing\b([\s\S]*)/i.exec(text.slice(0, 40)) ?? [];
  if (stem === undefined) return [];
  return [stem, `${stem}e`, stem.slice(0, -1)].map((verb) => `${verb}${rest}`);
}

/** The verb of a gerund (`extracting the interface`), as long as it stands in the text; open, as no order is sure of it. */
export function readGerund(text: string): Verb | null {
  for (const infinitive of toInfinitives(text)) {
    const verb = readVerb(infinitive);
    if (verb !== null) {
      const length = verb.length + text.slice(0, 40).length - infinitive.length;
      return { ...verb, length, isOpen: true };
    }
  }
  return null;
}

const DOES_RESEARCH = /^do\s+(?:[\w-]+\s+){0,3}(?:research|analysis|survey|audit|study)\b/i;

/** The verb that `text` begins with, whole words only; null where no known one does. */
export function readVerb(text: string): Verb | null {
  const unspaced = readUnspaced(text);
  if (unspaced !== null) {
    const phase = PHASE_OF_VERB.get(unspaced.word) ?? null;
    return { ...unspaced, phase, isNounToo: false, isFollowUp: false, isUnspaced: true, isOpen: false };
  }
  if (DOES_RESEARCH.test(text.slice(0, 60)))
    return {
      word: "research",
      length: 2,
      phase: "research",
      isNounToo: false,
      isFollowUp: false,
      isUnspaced: false,
      isOpen: false,
    };
  const match = HEAD.exec(text.slice(0, 40));
  if (match === null) return null;
  const [whole, first, particle, single] = match;
  const said = (single ?? `${first} ${particle}`).toLowerCase();
  const abroad = VERB_ABROAD.get(said);
  const word = abroad ?? said;
  const phase = PHASE_OF_VERB.get(word) ?? null;
  if (phase === null && !CHORES.has(word)) return null;
  const [isNounToo, isFollowUp] = [abroad === undefined && ALSO_NOUNS.has(word), FOLLOW_UPS.has(word)];
  return { word, length: whole.length, phase, isNounToo, isFollowUp, isUnspaced: false, isOpen: false };
}

/** German puts infinitives at a clause's end (`das Schema anlegen`), behind whatever they are done to. */
const FINAL = /^[^,;.!?\n]{1,100}?[ \t](\p{L}{3,30}n)(?=[ \t]*(?:[,;.!?\n]|$)|[ \t]+und\b)/iu;
const MODAL = /\b(?:muss|müssen|soll(?:te)?n?|kann|können|könnten?|will|wollen|wird|werden|darf|dürfen|möchten?)\b/i;

/** The infinitive that the clause at the start of `text` ends with; of no length, as nothing stands before the object. */
export function readFinalVerb(text: string): Verb | null {
  const [clause = "", said = ""] = FINAL.exec(text.slice(0, 160)) ?? [];
  const word = VERB_ABROAD.get(said.toLowerCase());
  if (word === undefined || MODAL.test(clause)) return null;
  const phase = PHASE_OF_VERB.get(word) ?? null;
  return { word, length: 0, phase, isNounToo: false, isFollowUp: false, isUnspaced: false, isOpen: true };
}

const NO_VERBS: ReadonlySet<string> = new Set([...words.functionWords, ...words.gestures]);
/** A word before a determiner; forms of verbs that are no imperatives, and adverbs, are not read. */
const BARE =
  /^(?![a-z-]*(?:[^s]s|ed|ing|ly)\s)([a-z]{3,}(?:-[a-z]+)?)\s+(?:the|an?|all|every|each|our|my|your|its|their|these|those|this|any|both)\b/i;

/**
 * The verb of an instruction by its place alone: an unknown word with an object behind it that a determiner opens.
 * Words of grammar are none, nor are gestures (`click the button`), which tell what a user does.
 */
export function readOpenVerb(text: string): Verb | null {
  const word = BARE.exec(text.slice(0, 60))?.[1];
  if (word === undefined || NO_VERBS.has(word.toLowerCase())) return null;
  const plain = { phase: null, isNounToo: false, isFollowUp: false, isUnspaced: false, isOpen: true };
  return { word: word.toLowerCase(), length: word.length, ...plain };
}

/** `api_keys` is the name of something, and no API. */
const WORD = /[a-z0-9_]+/g;

/** Words of `text` that name a thing to be made, as they stand in the table. */
export const thingWords = (text: string): readonly string[] => [
  ...new Set((text.toLowerCase().match(WORD) ?? []).filter((word) => ARTIFACT_OF_WORD.has(word))),
];

/** What is named in `text`, in the order in which it is first named. */
export const namedArtifacts = (text: string): readonly Artifact[] => [
  ...new Set(thingWords(text).flatMap((word) => ARTIFACT_OF_WORD.get(word) ?? [])),
];
