import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import { decodeBase64 } from "./base64.ts";
import { toWords, type Word } from "./words.ts";

/**
 * The filter of asides: remarks on how to rate, whom to trust or how urgent it is, and courtesies, which say nothing of
 * the work. Integers throughout, so that training and serving agree to the last word.
 */
export interface AsideModel {
  /** One weight a hashed feature; its length is a power of two. */
  readonly table: Int8Array;
  /** Number from 1 of the cluster of words that stand in like places; word -> number. */
  readonly clusters: ReadonlyMap<string, number>;
  readonly bias: number;
  /** What it costs to change between work and aside inside a clause, and where a clause begins. */
  readonly inside: number;
  readonly between: number;
}

/** Words on either side that speak for a word, and clusters. */
const NEAR = 3;
const NEAR_CLUSTERS = 2;
/** A word that is in no cluster takes that of its longest known beginning, from this length on. */
const SHORTEST_STEM = 3;
/** A text of which fewer words would be left is read whole. */
const FEWEST_WORDS = 3;
/** Weights are in 64ths; a bag of n features counts each by 64 / sqrt(n). */
const WHOLE = 64;
const LONGEST_CLAUSE = 12;
/** What stands beyond either end of the text. */
const NOTHING = 1;

const malformed = (detail: string) => fail({ kind: "malformed_data", what: "asides", detail });

/**
 * asides.json: `{kind: "hashed_words", buckets_log2, bias, inside, between, table, clusters}`, the table base64 of int8,
 * clusters a list of lists of words.
 */
export function parseAsides(json: unknown): Result<AsideModel> {
  if (typeof json !== "object" || json === null) return malformed("the file holds no object");
  const {
    kind,
    buckets_log2: log2,
    bias,
    inside,
    between,
    table,
    clusters,
  } = json as Readonly<Record<string, unknown>>;
  if (kind !== "hashed_words") return malformed("kind is not hashed_words");
  const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);
  if (!isInteger(log2) || log2 < 1 || log2 > 20) return malformed("buckets_log2 is no integer from 1 to 20");
  if (!isInteger(bias) || !isInteger(inside) || !isInteger(between)) return malformed("bias and costs are no integers");
  if (inside < 0 || between < 0) return malformed("a cost is negative");
  const bytes = typeof table === "string" ? decodeBase64(table) : null;
  if (bytes?.length !== 2 ** log2) return malformed(`table does not hold ${2 ** log2} weights`);
  if (!Array.isArray(clusters) || !clusters.every(isWordList))
    return malformed("clusters is no list of lists of words");
  const numbered = clusters.flatMap((words, i) => words.map((word) => [word, i + 1] as const));
  return ok({ table: new Int8Array(bytes), clusters: new Map(numbered), bias, inside, between });
}

const isWordList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((word) => typeof word === "string");

function toCluster({ clusters }: AsideModel, { bare }: Word): number {
  const own = clusters.get(bare);
  if (own !== undefined) return own;
  for (let length = bare.length - 1; length >= SHORTEST_STEM; length--) {
    const stem = clusters.get(bare.slice(0, length));
    if (stem !== undefined) return stem;
  }
  return 0;
}

function toRow(model: AsideModel, kind: number, [first, second = 0]: readonly [number, number?]): number {
  const mixed = (Math.imul(kind, 0x9e3779b1) + Math.imul(first, 0x85ebca6b) + Math.imul(second, 0xc2b2ae35)) >>> 0;
  const spread = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0;
  return spread >>> (32 - Math.log2(model.table.length));
}

// Rows come from toRow(), so they are inside the table; `?? 0` only satisfies the index check.
const sumRows = ({ table }: AsideModel, rows: Iterable<number>): number => {
  let sum = 0;
  for (const row of rows) sum += table[row] ?? 0;
  return sum;
};

/** Sum over the bag of single values and, with a second kind, neighbouring pairs; each once and by its share. */
function sumBag(model: AsideModel, [single, pair]: readonly [number, number?], values: readonly number[]): number {
  const pairs =
    pair === undefined ? [] : values.slice(1).map((value, i) => toRow(model, pair, [values[i] ?? NOTHING, value]));
  const bag = new Set([...values.map((value) => toRow(model, single, [value])), ...pairs]);
  return Math.floor(WHOLE / Math.sqrt(Math.min(bag.size, 64)) + 0.5) * sumRows(model, bag);
}

/** Runs of words with the same number. */
function toRuns<W extends Word>(words: readonly W[], numberOf: (word: W) => number): readonly (readonly W[])[] {
  const runs: W[][] = [];
  let last: number | null = null;
  for (const word of words) {
    if (numberOf(word) !== last) runs.push([]);
    last = numberOf(word);
    runs.at(-1)?.push(word);
  }
  return runs;
}

/** A word as the filter sees it. */
interface Seen extends Word {
  readonly cluster: number;
}

const hashesOf = (words: readonly Seen[]): readonly number[] => words.map((word) => word.hash);
const clustersOf = (words: readonly Seen[]): readonly number[] => words.map((word) => word.cluster);

/** What a clause says of all its words: its words and pairs as bags, how it begins, its length and its place. */
function sumClause(model: AsideModel, clause: readonly Seen[], place: { next: number; position: number }): number {
  const start = toRow(model, 42, [clause[0]?.hash ?? NOTHING, clause[1]?.hash ?? place.next]);
  const length = toRow(model, 43, [Math.min(clause.length, LONGEST_CLAUSE)]);
  const single = sumRows(model, [start, length, toRow(model, 44, [place.position])]);
  return sumBag(model, [40, 41], hashesOf(clause)) + sumBag(model, [46, 47], clustersOf(clause)) + WHOLE * single;
}

/** What each clause and each sentence says of its words, by their numbers. */
function sumRuns(model: AsideModel, words: readonly Seen[]) {
  const clauses = toRuns(words, (word) => word.clause);
  const ofClause = clauses.map((clause, i) => {
    const position = (i === 0 ? 1 : 0) + (i === clauses.length - 1 ? 2 : 0);
    return sumClause(model, clause, { next: clauses[i + 1]?.[0]?.hash ?? NOTHING, position });
  });
  const ofSentence = toRuns(words, (word) => word.sentence).map(
    (sentence) => sumBag(model, [45], hashesOf(sentence)) + sumBag(model, [48], clustersOf(sentence)),
  );
  return { ofClause, ofSentence };
}

/** The integer sum of every word; above 0 speaks for an aside. */
function toSums(model: AsideModel, plain: readonly Word[]): readonly number[] {
  const words = plain.map((word) => ({ ...word, cluster: toCluster(model, word) }));
  const { ofClause, ofSentence } = sumRuns(model, words);
  const cluster = (i: number): number => words[i]?.cluster ?? NOTHING;
  const hash = (i: number): number => words[i]?.hash ?? NOTHING;
  const shape = (i: number): number => words[i]?.shape ?? NOTHING;
  return words.map((word, i) => {
    const rows: number[] = [];
    for (let o = -NEAR; o <= NEAR; o++) rows.push(toRow(model, 10 + o, [hash(i + o)]));
    rows.push(toRow(model, 20, [hash(i - 1), word.hash]), toRow(model, 21, [word.hash, hash(i + 1)]));
    for (let o = -1; o <= 1; o++) rows.push(toRow(model, 31 + o, [shape(i + o)]));
    for (let o = -NEAR_CLUSTERS; o <= NEAR_CLUSTERS; o++) rows.push(toRow(model, 52 + o, [cluster(i + o)]));
    const common = (ofClause[word.clause] ?? 0) + (ofSentence[word.sentence] ?? 0);
    return WHOLE * (sumRows(model, rows) + model.bias) + common;
  });
}

/** Which words are asides: the labelling of the greatest sum, where a change costs, and inside a clause costs more. */
function toPath(model: AsideModel, words: readonly Word[], sums: readonly number[]): readonly boolean[] {
  let keep = 0;
  let drop = 0;
  const back = sums.map((sum, i) => {
    const isBreak = i > 0 && words[i]?.clause !== words[i - 1]?.clause;
    const cost = i === 0 ? 0 : isBreak ? model.between : model.inside;
    const step = { keepFromDrop: drop - cost > keep, dropFromKeep: keep - cost >= drop };
    [keep, drop] = [Math.max(keep, drop - cost), Math.max(drop, keep - cost) + sum];
    return step;
  });
  const path: boolean[] = [];
  let state = drop > keep;
  for (let i = sums.length - 1; i >= 0; i--) {
    path[i] = state;
    const isSwitch = state ? back[i]?.dropFromKeep : back[i]?.keepFromDrop;
    if (i > 0 && isSwitch === true) state = !state;
  }
  return path;
}

/** The text without its asides; whole where hardly anything would be left, which then is the task. */
export function withoutAsides(text: string, model: AsideModel): string {
  const words = toWords(text);
  const path = toPath(model, words, toSums(model, words));
  const kept = words.flatMap((word, i) => (path[i] === true ? [] : [{ word, i }]));
  const telling = kept.filter(({ word }) => /[A-Za-z\u0080-\uffff]/.test(word.text)).length;
  if (kept.length === words.length || telling < FEWEST_WORDS) return text;
  return kept
    .map(({ word, i }, k) => {
      const last = kept[k - 1];
      if (last === undefined) return word.text;
      return (last.i === i - 1 ? text.slice(last.word.end, word.start) : " ") + word.text;
    })
    .join("");
}
