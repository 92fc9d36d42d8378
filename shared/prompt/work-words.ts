import words from "../data/work-words.json" with { type: "json" };

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

/** A word that an instruction begins with. */
export interface Verb {
  readonly word: string;
  /** UTF-16 units, from the text's start. */
  readonly length: number;
  /** null for a chore: an instruction on its own in a list, too weak to cut a sentence for. */
  readonly phase: Phase | null;
  /** True where the same word is a noun too (`test`, `build`). */
  readonly isNounToo: boolean;
  /** True where it mostly finishes what was just asked for (`rename X and update its callers`). */
  readonly isFollowUp: boolean;
}

const HEAD = /^(?:(set|roll|clean|speed|find|look|hook) ?-?(up|out|into)\b|([a-z]+(?:-[a-z]+)?))(?![\w'’])/i;

/** The verb that `text` begins with, whole words only; null where no known one does. */
export function readVerb(text: string): Verb | null {
  const match = HEAD.exec(text.slice(0, 40));
  if (match === null) return null;
  const [whole, first, particle, single] = match;
  const word = (single ?? `${first} ${particle}`).toLowerCase();
  const phase = PHASE_OF_VERB.get(word) ?? null;
  if (phase === null && !CHORES.has(word)) return null;
  const [isNounToo, isFollowUp] = [ALSO_NOUNS.has(word), FOLLOW_UPS.has(word)];
  return { word, length: whole.length, phase, isNounToo, isFollowUp };
}

const WORD = /[a-z0-9]+/g;

/** Words of `text` that name a thing to be made, as they stand in the table. */
export const thingWords = (text: string): readonly string[] => [
  ...new Set((text.toLowerCase().match(WORD) ?? []).filter((word) => ARTIFACT_OF_WORD.has(word))),
];

/** What is named in `text`, in the order in which it is first named. */
export const namedArtifacts = (text: string): readonly Artifact[] => [
  ...new Set(thingWords(text).flatMap((word) => ARTIFACT_OF_WORD.get(word) ?? [])),
];
