import { fail, ok, type Result } from "../base/result.ts";

/** A judge's answer, read. */
export interface Verdict {
  /** Whole, 1 to 10. */
  readonly score: number;
  readonly reasons: readonly string[];
}

export const VERDICT_LIMITS = { reasons: 8, reasonChars: 600 } as const;

/**
 * JSON Schema of a verdict, in the subset that strict modes of all providers take. `seal` repeats a word that was drawn
 * for this one question: an answer that was written before it, such as the judged one, cannot hold it.
 */
export const VERDICT_SCHEMA = {
  type: "object",
  properties: {
    seal: { type: "string" },
    reasons: { type: "array", items: { type: "string" } },
    score: { type: "integer", enum: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] },
  },
  required: ["seal", "reasons", "score"],
  additionalProperties: false,
} as const;

const KEYS = ["reasons", "score", "seal"];

const unreadable = (detail: string) => fail({ kind: "malformed_data", what: "verdict", detail });

interface Scanned {
  readonly json: string;
  /** Members written at the top level, repeated names counted as often as they stand there. */
  readonly members: number;
}

/** The JSON object that `text` begins with: brackets are counted outside strings. null where none closes. */
export function scanObject(text: string): Scanned | null {
  let [depth, members, isString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isString) {
      if (char === "\\") at += 1;
      else if (char === '"') isString = false;
      continue;
    }
    if (char === '"') isString = true;
    else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    else if (char === ":" && depth === 1) members += 1;
    if (depth === 0) return at === 0 ? null : { json: text.slice(0, at + 1), members };
  }
  return null;
}

/** Models wrap JSON in a code block now and then; that is form, not content. */
export const OPENING = /^\s*(?:```(?:json)?[ \t]*\r?\n\s*)?/;

export function parseObject(json: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    return Object.fromEntries(Object.entries(value));
  } catch {
    return null;
  }
}

const isReasons = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length <= VERDICT_LIMITS.reasons && value.every((one) => typeof one === "string");

/**
 * Reads the first verdict of a judge's answer, and only one that the answer begins with, has exactly the members asked
 * for, each once, and bears this question's seal. What follows it is not read. Fault: malformed_data for anything else,
 * on which the caller escalates: nothing vouches for the judged answer.
 */
export function parseVerdict(text: string, seal: string): Result<Verdict> {
  const start = text.replace(OPENING, "");
  if (!start.startsWith("{")) return unreadable("the answer does not begin with a JSON object");
  const scanned = scanObject(start);
  const found = scanned === null ? null : parseObject(scanned.json);
  if (scanned === null || found === null) return unreadable("the answer begins with no whole JSON object");
  const keys = Object.keys(found).sort();
  if (scanned.members !== KEYS.length || keys.join() !== KEYS.join())
    return unreadable("the members are not seal, reasons and score, each once");
  const { seal: said, reasons, score } = found;
  if (said !== seal) return unreadable("the seal is not this question's");
  if (typeof score !== "number" || !Number.isInteger(score) || score < 1 || score > 10)
    return unreadable("the score is no whole number from 1 to 10");
  if (!isReasons(reasons)) return unreadable("the reasons are no short list of texts");
  return ok({ score, reasons: reasons.map((reason) => reason.slice(0, VERDICT_LIMITS.reasonChars)) });
}
