import type { Random } from "../../../shared/policy/testing/random-catalog.ts";
import { oneFrom } from "../../../shared/policy/testing/random-catalog.ts";
import { toSentences } from "./sentences.ts";

type Dress = (sentences: readonly string[]) => string;

const withRest = (first: string, rest: readonly string[]): string =>
  rest.length === 0 ? first : `${first}\n\n${rest.join(" ")}`;

const heading: Dress = ([first = "", ...rest]) => withRest(`# ${first}`, rest);
const list: Dress = (sentences) => sentences.map((sentence) => `- ${sentence}`).join("\n");
const bold: Dress = ([first = "", ...rest]) => [`**${first}**`, ...rest].join(" ");

/** A protected text as a heading, a list or with its first sentence in bold; one of several lines gets a heading above. */
export function addMarkdown(text: string, random: Random): string {
  const trimmed = text.trim();
  if (/\n|^[>#*+-]/.test(trimmed))
    return `${oneFrom(random, ["# Task", "## Request", "### Description"])}\n\n${trimmed}`;
  return oneFrom(random, [heading, list, bold])(toSentences(trimmed));
}
