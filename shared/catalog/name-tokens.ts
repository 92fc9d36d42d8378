import type { Effort } from "./model.ts";

/** A date as far as a name states it; `year` 4 digits, null parts are not stated. */
export interface NameDate {
  readonly year: number | null;
  readonly month: number;
  readonly day: number | null;
}

export type Mode = "thinking" | "none" | null;
export type Stage = "ga" | "preview" | "exp";

/** A model name taken apart. `core` is the order-free multiset (sorted) that identifies the model. */
export interface ParsedName {
  readonly core: readonly string[];
  /** The same tokens in the order of the name: which number belongs to which word. */
  readonly ordered: readonly string[];
  readonly sizes: readonly string[];
  readonly date: NameDate | null;
  readonly mode: Mode;
  readonly stage: Stage;
  /** Effort that the name states in words or as a thinking budget. */
  readonly effort: Effort | null;
  /** An effort word that stands as a plain token ("mistral-medium", "o3-mini-high") and may belong to the identity. */
  readonly plainEffort: Effort | null;
  readonly instruct: boolean;
  readonly base: boolean;
  readonly chat: boolean;
  /** The name is of the chat product ("(ChatGPT)", "GPT-5.3 Instant"), which is never the API model beside it. */
  readonly chatOnly: boolean;
  /** Revision one is written out ("v0.1", "001"); most names leave it away. */
  readonly revisionOne: boolean;
}

const EFFORT_WORDS: Readonly<Record<string, Effort>> = {
  none: "none",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
};
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** Makers and hosts as they are written before or into names; they never tell two models of one family apart. */
export const MAKER_WORDS: ReadonlySet<string> = new Set(
  (
    "openai anthropic google meta mistralai deepseekai nvidia amazon microsoft cohere coherelabs cohereforai c4ai xai zai zhipuai " +
    "moonshotai alibaba tencent bytedance ibm ai21 ai21labs fireworks chutes together novita azure bedrock parasail deepinfra groq " +
    "sambanova hyperbolic nebius open ppl"
  ).split(" "),
);
/** Words about how a result was got or how weights are stored, not about which model it is. */
const NOISE_WORDS = new Set(
  (
    "fp8 fp16 bf16 int4 int8 awq gptq gguf nvfp4 hf latest webapp web app unknown default quality diff api prev tokens effort adaptive " +
    "free"
  ).split(" "),
);

/** Takes a source's model name, or the tail of a catalogue id, apart by fixed rules; never by likeness. */
export function parseName(written: string): ParsedName {
  const product = readChatProduct(written);
  const name = product.rest;
  const effort = readEffort(name);
  const mode = readMode(effort.rest);
  const first = readDate(mode.rest);
  // A snapshot number and its month are often both written: "0528 (May '25)". The first, more exact one counts.
  const dated = first.date === null ? first : { date: first.date, rest: readDate(first.rest).rest };
  const words = toWords(dated.rest);
  const sizes = words.filter(isSize);
  const stage: Stage = words.some((w) => w === "exp" || w === "experimental" || w === "alpha")
    ? "exp"
    : words.some((w) => w === "preview" || w === "beta")
      ? "preview"
      : "ga";
  const afterSize = words.findIndex(isSize);
  const kept = words.filter(
    (w, i) => !isSize(w) && !NOT_CORE.has(w) && !NOISE_WORDS.has(w) && !isServing(w, i, afterSize),
  );
  const plain = kept.filter((w) => w in EFFORT_WORDS).at(-1);
  return {
    core: [...kept].sort(),
    ordered: kept,
    sizes: [...new Set(sizes)].sort(),
    date: dated.date,
    mode: mode.mode,
    stage,
    effort: effort.effort ?? mode.effort,
    plainEffort: plain === undefined ? null : (EFFORT_WORDS[plain] ?? null),
    instruct: words.includes("instruct") || words.includes("it"),
    base: words.includes("base"),
    chat: words.includes("chat") || product.found,
    chatOnly: product.found,
    revisionOne: words.includes("rev1"),
  };
}

/** OpenAI serves what ChatGPT runs under a name of its own: "GPT-5 (ChatGPT)", "GPT-5.3 Instant". */
function readChatProduct(name: string): { readonly found: boolean; readonly rest: string } {
  const match = /\s*\(chatgpt\)/i.exec(name) ?? /(?<=\bgpt-?\d.*)[\s-]instant\b/i.exec(name);
  return match === null ? { found: false, rest: name } : { found: true, rest: cut(name, match) };
}

const NOT_CORE = new Set("exp experimental alpha preview beta instruct it base chat rev1".split(" "));
const isSize = (word: string): boolean => /^(?:\d+x)?[ae]?\d+(?:\.\d+)?[bte]$/.test(word);
/** "405b-instruct-turbo" is a way of serving open weights; "gpt-4-turbo" is a model. */
const isServing = (word: string, at: number, afterSize: number): boolean =>
  word === "turbo" && afterSize >= 0 && at > afterSize;

/** Effort written as a suffix or in brackets: "_high", "(medium)", "Max Effort", "_16K". */
function readEffort(name: string): { readonly effort: Effort | null; readonly rest: string } {
  const suffix = /_(none|minimal|low|medium|high|xhigh|max)$/i.exec(name);
  if (suffix !== null)
    return { effort: EFFORT_WORDS[(suffix[1] ?? "").toLowerCase()] ?? null, rest: name.slice(0, suffix.index) };
  const budget = /_(\d+)K$/i.exec(name);
  if (budget !== null) return { effort: budgetEffort(Number(budget[1])), rest: name.slice(0, budget.index) };
  const bracket = /\(([^()]*\b)?(none|minimal|low|medium|high|xhigh|max)(?:[ -]effort)?\)/i.exec(name);
  if (bracket !== null) {
    const rest = `${name.slice(0, bracket.index)} ${bracket[1] ?? ""} ${name.slice(bracket.index + bracket[0].length)}`;
    return { effort: EFFORT_WORDS[(bracket[2] ?? "").toLowerCase()] ?? null, rest };
  }
  return { effort: null, rest: name };
}

/** Thinking budgets as levels: the unified effort field spends about 20, 50 and 80 % of a 20-32k answer on thought. */
const budgetEffort = (kiloTokens: number): Effort => (kiloTokens <= 4 ? "low" : kiloTokens <= 12 ? "medium" : "high");

function readMode(name: string): { readonly mode: Mode; readonly effort: Effort | null; readonly rest: string } {
  const off = /[\s_(-]*(?<![a-z])(?:non?[\s-]?(?:think(?:ing)?|reasoning)|nothinking|instant)\b\)?/i.exec(name);
  if (off !== null) return { mode: "none", effort: "none", rest: cut(name, off) };
  const deep = /(?:\((?:reasoner|chat)\)|(?<=v[\d.]+)-reasoner)$/i.exec(name);
  if (deep !== null) {
    const thinking = /reasoner/i.test(deep[0]);
    return { mode: thinking ? "thinking" : "none", effort: thinking ? "high" : "none", rest: cut(name, deep) };
  }
  const budget = /[\s_(-]*(?:(\d+)k[\s-]*think(?:ing)?(?:[\s-]*tokens)?|think(?:ing)?[\s_-]*(\d+)k)\)?/i.exec(name);
  if (budget !== null) {
    const rest = cut(name, budget);
    return { mode: "thinking", effort: budgetEffort(Number(budget[1] ?? budget[2])), rest };
  }
  const level =
    /[\s_(-]*(?:thinking[\s-]*(minimal|low|medium|high)|(high|medium|low|default)[\s-]?think(?:ing)?)\)?/i.exec(name);
  if (level !== null) {
    const word = (level[1] ?? level[2] ?? "").toLowerCase();
    return { mode: "thinking", effort: EFFORT_WORDS[word] ?? "default", rest: cut(name, level) };
  }
  const on = /[\s_(-]*(?<![a-z])(?:thinking|think|reasoning)\b(?:[\s-]auto\b)?[\s,]*\)?/i.exec(name);
  if (on !== null) return { mode: "thinking", effort: null, rest: cut(name, on) };
  return { mode: null, effort: null, rest: name };
}

const cut = (text: string, match: RegExpExecArray): string =>
  `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;

function readDate(name: string): { readonly date: NameDate | null; readonly rest: string } {
  const take = (match: RegExpExecArray | null, toDate: (m: RegExpExecArray) => NameDate | null) => {
    const date = match === null ? null : toDate(match);
    return match === null || date === null || date.month < 1 || date.month > 12
      ? null
      : { date, rest: cut(name, match) };
  };
  const num = (m: RegExpExecArray, i: number): number => Number(m[i]);
  const month = (m: RegExpExecArray, i: number): number => MONTHS.indexOf((m[i] ?? "").toLowerCase().slice(0, 3)) + 1;
  return (
    take(/(?<!\d)(20\d\d)-(\d\d)-(\d\d)(?!\d)/.exec(name), (m) => ({
      year: num(m, 1),
      month: num(m, 2),
      day: num(m, 3),
    })) ??
    take(/(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)/.exec(name), (m) => ({
      year: num(m, 1),
      month: num(m, 2),
      day: num(m, 3),
    })) ??
    take(/(?<!\d)([01]\d)-(20\d\d)(?!\d)/.exec(name), (m) => ({ year: num(m, 2), month: num(m, 1), day: null })) ??
    take(/\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s*['’]?\s*(20)?(\d\d)\b/i.exec(name), (m) => ({
      year: 2000 + num(m, 3),
      month: month(m, 1),
      day: null,
    })) ??
    take(/(?<![\d.])([01]\d)-([0-3]\d)(?![\d.])/.exec(name), (m) => ({
      year: null,
      month: num(m, 1),
      day: num(m, 2),
    })) ??
    take(/(?<=[\s(_-])(\d\d)[.](\d\d)(?=$|[\s)_-])/.exec(name), (m) => ({
      year: 2000 + num(m, 1),
      month: num(m, 2),
      day: null,
    })) ??
    take(/(?<![\d.a-z])(\d\d)(\d\d)(?![\d.a-z])/i.exec(name), (m) => fourDigits(name, num(m, 1), num(m, 2))) ?? {
      date: null,
      rest: name,
    }
  );
}

/** Four digits are YYMM with Mistral and Qwen and MMDD with everybody else; 1776 is neither. */
function fourDigits(name: string, first: number, second: number): NameDate | null {
  const yearFirst = /mistral|ministral|devstral|codestral|magistral|pixtral|voxtral|mixtral|qwen/i.test(name);
  if (yearFirst && first >= 23 && first <= 30 && second >= 1 && second <= 12)
    return { year: 2000 + first, month: second, day: null };
  if (first >= 1 && first <= 12 && second >= 1 && second <= 31) return { year: null, month: first, day: second };
  return null;
}

/** Lower-case words: maker words stripped, digits split from letters except in sizes and marks such as 4o. */
function toWords(name: string): string[] {
  const plain = name
    .toLowerCase()
    .replace(/^[a-z0-9_.-]+\//, "")
    .replace(/(?<=[a-z])\.(?=[a-z])/g, " ")
    .replace(/(?<=\d)p(?=\d)/g, ".")
    .replace(/\bcommand r\+/g, "command r plus")
    .replace(/(?<=r)\+/g, " plus")
    .replace(/(?<=v\d):\d+$/, "")
    .replace(/:(?:free|thinking|exacto|extended|beta)$/, "");
  const words = plain
    .split(/[\s_\-/,:()'’*]+/)
    .filter((word) => word !== "" && !MAKER_WORDS.has(word))
    .flatMap((word) => (isRevisionOne(word) ? ["rev1"] : NOISE_WORDS.has(word) ? [] : splitDigits(word)));
  return joinVersions(words);
}

const isRevisionOne = (word: string): boolean => /^(?:v1|v0\.1|v1\.0|001|1\.0)$/.test(word);

function splitDigits(word: string): string[] {
  if (isSize(word)) return [word];
  const match = /^([a-z]{1,12}?)(\d+(?:\.\d+)?)([a-z]*)$/.exec(word);
  if (match === null) return [word];
  return [match[1] ?? "", `${match[2]}${match[3]}`].filter((part) => part !== "");
}

/** "opus 4 1" is "opus 4.1": makers write the point as a hyphen. */
function joinVersions(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (last !== undefined && /^\d{1,2}$/.test(last) && /^\d$/.test(word))
      joined[joined.length - 1] = `${last}.${word}`;
    else joined.push(word);
  }
  // "Nova 2.0" is "Nova 2".
  return joined.map((word) => word.replace(/^(\d+)\.0$/, "$1"));
}
