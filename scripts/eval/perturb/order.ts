import type { Random } from "../../../shared/policy/testing/random-catalog.ts";
import { SLOT } from "./protect.ts";
import { capitalise, toSentences, uncapitalise } from "./sentences.ts";

/** The parts in another order: turned round by a random step, so that neighbours mostly stay neighbours. */
function rotated<T>(parts: readonly T[], random: Random): readonly T[] {
  const step = 1 + Math.floor(random() * (parts.length - 1));
  return [...parts.slice(step), ...parts.slice(0, step)];
}

/** A full stop where a sentence without one is no longer the last. */
const closed = (sentence: string): string => (/[.!?:;,]["')”]*$/.test(sentence) ? sentence : `${sentence}.`);

/** What is said last, without its closing mark, and that mark. */
function splitEnd(sentence: string): readonly [string, string] {
  const [, body = sentence, end = ""] = /^(.*?)([.!?]*)$/s.exec(sentence) ?? [];
  return [body, end];
}

/** `second` first; the sentence keeps its capital or small start and its end. */
function swap(first: string, second: string, { glue, end }: { readonly glue: string; readonly end: string }): string {
  const isCapital = /^[A-Z]/.test(first);
  return (isCapital ? capitalise(second) : second) + glue + uncapitalise(first) + end;
}

const SUBORDINATE =
  /^(.*?\S+\s+\S.*?),? ((?:when|whenever|if|because|since|while|after|before|until|unless|once|so that|although) \S.*)$/s;
/** "to" only before what is a thing: elsewhere it begins a purpose. */
const CONTEXT = new RegExp(
  "^(.*\\S\\s+\\S+) ((?:(?:in|on|for|from|with|under|across|inside|at|during|without|via|against|within|between|by|using) \\S|" +
    `to (?:the |an? |our |my |your |all |every |each |[${SLOT}])).*)$`,
  "s",
);
const POLITE_START = /^(please|pls) (.+)$/is;
const POLITE_END = /^(.+?),? (please|pls)$/is;

/** A context that runs on past a comma, or that "and" ties to another one, would tear the sentence apart. */
const isMovable = (rest: string, context: string): boolean => !/[,;:]/.test(context) && !/(?:,| and| or)$/.test(rest);

/** One sentence with its clauses turned round or its closing context moved to the front; null when it has neither. */
function turnSentence(sentence: string): string | null {
  const [body, end] = splitEnd(sentence);
  const halves = body.split("; ");
  if (halves.length > 1) return swap(halves.slice(0, -1).join("; "), halves.at(-1) ?? "", { glue: "; ", end });
  const [, main, clause] = SUBORDINATE.exec(body) ?? [];
  if (main !== undefined && clause !== undefined) return swap(main, clause, { glue: ", ", end });
  const commas = body.split(", ");
  const [left = "", right = ""] = commas;
  if (commas.length === 2 && left.includes(" ") && right.includes(" ")) return swap(left, right, { glue: ", ", end });
  // Greedy, so that the last preposition is taken: what stands behind it belongs to it.
  const [, rest, context] = CONTEXT.exec(body) ?? [];
  if (rest !== undefined && context !== undefined && isMovable(rest, context))
    return swap(rest, context, { glue: ", ", end });
  const [, please, request] = POLITE_START.exec(body) ?? [];
  if (please !== undefined && request !== undefined) return swap(please, request, { glue: ", ", end });
  const [, asked, last] = POLITE_END.exec(body) ?? [];
  return asked === undefined || last === undefined ? null : swap(asked, last, { glue: " ", end });
}

const KEPT_LINE = new RegExp(`^\\s*[${SLOT}]$`);
const LISTED_LINE = /^\s*(?:[>#*+-]|[\ue000-\uf8ff][.)]) /;

/** Lines, but neighbours that are all protected (a log, code) or all of one list stay one unit. */
function toUnits(lines: readonly string[]): readonly string[] {
  const units: string[] = [];
  const together = [KEPT_LINE, LISTED_LINE];
  lines.forEach((line, i) => {
    const previous = lines[i - 1];
    const belongs = previous !== undefined && together.some((form) => form.test(line) && form.test(previous));
    if (belongs) units.push(`${units.pop() ?? ""}\n${line}`);
    else units.push(line);
  });
  return units;
}

/**
 * A protected text in another order: blocks, else lines, else sentences; a single sentence by clause or closing context.
 * null when there is nothing to move.
 */
export function changeOrder(text: string, random: Random): string | null {
  const trimmed = text.trim();
  const blocks = trimmed.split(/\n\s*\n/);
  if (blocks.length > 1) return rotated(blocks, random).join("\n\n");
  if (trimmed.includes("\n")) {
    const units = toUnits(trimmed.split("\n"));
    return units.length > 1 ? rotated(units, random).join("\n") : null;
  }
  const sentences = toSentences(trimmed);
  if (sentences.length > 1) return rotated(sentences.map(closed), random).join(" ");
  return turnSentence(trimmed);
}
