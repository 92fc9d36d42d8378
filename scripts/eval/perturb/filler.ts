import type { Random } from "../../../shared/policy/testing/random-catalog.ts";
import { oneFrom } from "../../../shared/policy/testing/random-catalog.ts";

// None of these says anything on size, danger or haste ("just", "quick" and "simply" would).
const OPENERS = ["Hi there, ", "Hey, ", "OK so, ", "Hello, ", "So, ", "Good morning! ", "Hi, hope you are well. "];
const CLOSERS = ["Thanks!", "Thank you in advance.", "Cheers.", "Many thanks.", "Let me know when you are there."];
const ASIDES = [", um,", ", you know,", ", well,", ", like I said,", ", I mean,"];

/** Below this many words an aside would be a large part of the text. */
const LEAST_WORDS_FOR_ASIDE = 8;

/** Small letter at the start of a plain word that no longer starts the sentence. */
const continued = (text: string): string => text.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());

function addAside(text: string, random: Random): string {
  const gaps = [...text.matchAll(/(?<=[a-z]) (?=[a-z])/g)].map(({ index }) => index);
  if (gaps.length + 1 < LEAST_WORDS_FOR_ASIDE) return text;
  const at = oneFrom(random, gaps);
  return text.slice(0, at) + oneFrom(random, ASIDES) + text.slice(at);
}

/** A greeting before, thanks after and, in longer texts, words of hesitation between. */
export function addFiller(text: string, random: Random): string {
  const body = addAside(text.trim(), random);
  const opener = oneFrom(random, OPENERS);
  const closer = oneFrom(random, CLOSERS);
  // A heading, a list or a quotation must keep the start of its line.
  if (/^[>#*+-]/.test(body)) return `${opener.trim()}\n\n${body}\n\n${closer}`;
  const glue = body.includes("\n") ? "\n\n" : /[.!?:]$/.test(body) ? " " : ". ";
  return opener + (opener.endsWith(", ") ? continued(body) : body) + glue + closer;
}
