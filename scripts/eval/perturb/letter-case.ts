import type { Random } from "../../../shared/policy/testing/random-catalog.ts";
import { oneFrom } from "../../../shared/policy/testing/random-catalog.ts";

const WORD = /[A-Za-z][a-z]*(?:['’-][a-z]+)*/g;

const CASES: readonly ((text: string) => string)[] = [
  (text) => text.replace(WORD, (word) => word.toLowerCase()),
  (text) => text.replace(WORD, (word) => word.toUpperCase()),
  (text) => text.replace(WORD, (word) => word.charAt(0).toUpperCase() + word.slice(1)),
];

/** All plain words of a protected text in lower case, capitals or title case, whichever of them changes it; else null. */
export function changeCase(text: string, random: Random): string | null {
  const changed = CASES.map((toCase) => toCase(text)).filter((result) => result !== text);
  return changed.length === 0 ? null : oneFrom(random, changed);
}
