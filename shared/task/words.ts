import { encodeUtf8 } from "../base/utf8.ts";

const FNV_OFFSET = 2166136261;
const FNV_PRIME = 16777619;

const PUNCTUATION = new Set(
  ".,;:!?()[]{}\"'*_<>|#~=-/\\`+\u2013\u2014\u2026\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb\u3002\uff0c\uff01\uff1a",
);
const CLAUSE_ENDS = new Set(".,;:!?)]}>|\u2014\u2013\u3002\uff0c\uff01\uff1a");
const SENTENCE_ENDS = new Set(".!?\u3002\uff01");
const OPENERS = new Set("([{<");
const MARKUP = /[<>{}|=]/;
/** Last code unit of Latin Extended-B: what lies beyond is another script, or a sign. */
const LAST_LATIN = 0x24f;
const LONG_WORD = 20;

/** One word of a text: where it stands, its clause and sentence (numbers that only grow), its hash and its look. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly clause: number;
  readonly sentence: number;
  /** In lower case, without punctuation around it. */
  readonly bare: string;
  /** FNV-1a 32 of the bare word. */
  readonly hash: number;
  readonly shape: number;
}

function toBare(word: string): string {
  let from = 0;
  let to = word.length;
  while (from < to && PUNCTUATION.has(word.charAt(from))) from++;
  while (to > from && PUNCTUATION.has(word.charAt(to - 1))) to--;
  return word.slice(from, to).replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

function hashBare(bare: string): number {
  let hash = FNV_OFFSET;
  for (const byte of encodeUtf8(bare)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}

function isForeign(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    if (word.charCodeAt(i) > LAST_LATIN && !PUNCTUATION.has(word.charAt(i))) return true;
  }
  return false;
}

/** Ten bits: opening bracket, clause end, capitals, digit, other script, mark-up, one unit, long, no letter, exclamation. */
function toShape(word: string): number {
  const letters = word.replace(/[^A-Za-z]+/g, "");
  const last = word.slice(-1);
  const bits = [
    OPENERS.has(word.slice(0, 1)),
    CLAUSE_ENDS.has(last),
    letters.length > 1 && !/[a-z]/.test(letters),
    /[0-9]/.test(word),
    isForeign(word),
    MARKUP.test(word),
    word.length === 1,
    word.length > LONG_WORD,
    letters === "",
    last === "!",
  ];
  return bits.reduce((shape, bit, i) => shape + (bit ? 1 << i : 0), 0);
}

/** Words between blanks. A sentence ends at its mark or at a line break; a clause also at commas, brackets and dashes. */
export function toWords(text: string): readonly Word[] {
  const words: Word[] = [];
  let clause = 0;
  let sentence = 0;
  for (const match of text.matchAll(/[^ \t\n\r\f\v]+/g)) {
    const [word] = match;
    const before = words.at(-1);
    if (before !== undefined) {
      const isBroken = text.slice(before.end, match.index).includes("\n");
      if (isBroken || SENTENCE_ENDS.has(before.text.slice(-1))) {
        sentence++;
        clause++;
      } else if (CLAUSE_ENDS.has(before.text.slice(-1)) || OPENERS.has(word.slice(0, 1)) || /^--?$/.test(word)) {
        clause++;
      }
    }
    const place = { start: match.index, end: match.index + word.length, clause, sentence };
    const bare = toBare(word);
    words.push({ text: word, ...place, bare, hash: hashBare(bare), shape: toShape(word) });
  }
  return words;
}
