import type { Random } from "../../../shared/policy/testing/random-catalog.ts";
import { oneFrom, shuffled } from "../../../shared/policy/testing/random-catalog.ts";

/** One word in eight, as in hurried typing, but never more than ten in a text. */
const WORDS_A_TYPO = 8;
const MOST_TYPOS = 10;
/** Shorter words carry the sense ("not", "no") and give too little to misspell. */
const LEAST_LETTERS = 4;

/** Keys beside each letter on a QWERTY keyboard. */
const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: "sq",
  b: "vn",
  c: "xv",
  d: "sf",
  e: "wr",
  f: "dg",
  g: "fh",
  h: "gj",
  i: "uo",
  j: "hk",
  k: "jl",
  l: "k",
  m: "n",
  n: "bm",
  o: "ip",
  p: "o",
  q: "w",
  r: "et",
  s: "ad",
  t: "ry",
  u: "yi",
  v: "cb",
  w: "qe",
  x: "zc",
  y: "tu",
  z: "x",
};

type Slip = (word: string, at: number, random: Random) => string;

const SLIPS: readonly Slip[] = [
  (word, at) => word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2),
  (word, at) => word.slice(0, at) + word.slice(at + 1),
  (word, at) => word.slice(0, at) + word.charAt(at) + word.slice(at),
  (word, at, random) =>
    word.slice(0, at) + oneFrom(random, [...(NEIGHBOURS[word.charAt(at)] ?? "e")]) + word.slice(at + 1),
];

/** The word with one slip after its first letter; a swap of two equal letters becomes a doubled one. */
function misspell(word: string, random: Random): string {
  const at = 1 + Math.floor(random() * (word.length - 2));
  const slipped = oneFrom(random, SLIPS)(word, at, random);
  return slipped === word ? word.slice(0, at) + word.charAt(at) + word.slice(at) : slipped;
}

/** Misspells some longer words of a protected text; null when it has none. */
export function addTypos(text: string, random: Random): string | null {
  const words = [...text.matchAll(/[A-Za-z][a-z]*/g)].filter(([word]) => word.length >= LEAST_LETTERS);
  const count = Math.min(MOST_TYPOS, Math.max(1, Math.round(words.length / WORDS_A_TYPO)));
  const chosen = new Set(
    shuffled(random, words)
      .slice(0, count)
      .map(({ index }) => index),
  );
  if (chosen.size === 0) return null;
  return text.replace(/[A-Za-z][a-z]*/g, (word, index: number) => (chosen.has(index) ? misspell(word, random) : word));
}
