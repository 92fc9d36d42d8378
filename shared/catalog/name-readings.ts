import type { Form, Match } from "./match-form.ts";
import { sameDate } from "./match-form.ts";
import type { ParsedName } from "./name-tokens.ts";
import { vendorOf } from "./to-forms.ts";

/** A way to read a name: its tokens, which forms have them, and what a match must show besides. */
export interface Reading {
  readonly parsed: ParsedName;
  readonly rules: readonly string[];
  readonly forms: readonly Form[];
  /** Whether a match by this reading stands; the plain reading takes any. */
  readonly accepts: (match: Match) => boolean;
}

/** The forms of a catalogue by what a name must have to mean them. */
export interface FormIndex {
  readonly byCore: ReadonlyMap<string, readonly Form[]>;
  /** By the tokens without the base family that the weights were made from, or without its version alone. */
  readonly withoutBase: ReadonlyMap<string, readonly Form[]>;
  /** By the tokens without the one version number. */
  readonly withoutVersion: ReadonlyMap<string, readonly Form[]>;
  /** Words of the makers' names in the ids. */
  readonly makers: ReadonlySet<string>;
}

const keyOf = (core: readonly string[]): string => [...core].sort().join(" ");
const isNumber = (token: string): boolean => /^\d+(?:\.\d+)?$/.test(token);
const hasDigit = (token: string): boolean => /\d/.test(token);

/** Indexes every form under its own tokens and under the tokens that shorter names give. */
export function indexForms(forms: readonly Form[]): FormIndex {
  const index = { byCore: new Map(), withoutBase: new Map(), withoutVersion: new Map() } satisfies Record<
    string,
    Map<string, Form[]>
  >;
  const add = (map: Map<string, Form[]>, core: readonly string[], form: Form): void => {
    const key = keyOf(core);
    const there = map.get(key);
    if (there === undefined) map.set(key, [form]);
    else there.push(form);
  };
  for (const form of forms) {
    add(index.byCore, form.parsed.core, form);
    for (const core of shortenBase(form.parsed)) add(index.withoutBase, core, form);
    const numbers = form.parsed.core.filter(hasDigit);
    const [version] = numbers;
    if (numbers.length === 1 && version !== undefined && isNumber(version))
      add(index.withoutVersion, without(form.parsed.core, version), form);
  }
  const makers = new Set(forms.flatMap(({ id }) => vendorOf(id).split("-")).filter((word) => word.length >= 4));
  return { ...index, makers };
}

/** Readings of a name from the plainest on; a later one is asked only where those before it found nothing. */
export function* readName(name: ParsedName, index: FormIndex): Generator<Reading> {
  const variants = [{ parsed: name, rules: [] as readonly string[] }];
  if (name.plainEffort !== null) variants.push(takeEffortWord(name, name.plainEffort));
  for (const { parsed, rules } of variants)
    yield { parsed, rules, forms: index.byCore.get(keyOf(parsed.core)) ?? [], accepts: keepsSize(rules) };
  for (const { parsed, rules } of variants) {
    yield* withoutMaker(parsed, rules, index);
    yield* withBaseLeftOut(parsed, rules, index);
    yield* withVersionByDate(parsed, rules, index);
  }
}

const keepsSize =
  (rules: readonly string[]) =>
  (match: Match): boolean =>
    rules.length === 0 || !match.rules.includes("size dropped");

/** A trailing effort word read as an effort instead of a part of the name. */
function takeEffortWord(name: ParsedName, effort: NonNullable<ParsedName["plainEffort"]>) {
  const ordered = without(name.ordered, effort);
  return { parsed: { ...name, core: [...ordered].sort(), ordered, effort }, rules: ["effort word"] };
}

/** "perplexity-sonar-pro": the maker of the id written into the name. */
function* withoutMaker(name: ParsedName, rules: readonly string[], index: FormIndex): Generator<Reading> {
  const [maker] = name.ordered;
  if (maker === undefined || !index.makers.has(maker)) return;
  const ordered = name.ordered.slice(1);
  const parsed = { ...name, core: [...ordered].sort(), ordered };
  const forms = (index.byCore.get(keyOf(ordered)) ?? []).filter(({ id }) => vendorOf(id).split("-").includes(maker));
  const all = [...rules, "maker in the name"];
  yield { parsed, rules: all, forms, accepts: keepsSize(all) };
}

/** Families whose weights others build on and then name, or do not name, beside their own. */
const BASE_FAMILIES = new Set(["llama", "qwen", "mistral"]);

/** The tokens without the base family's version, and without the base family, where a family of its own is left. */
function shortenBase(name: ParsedName): readonly (readonly string[])[] {
  const at = name.ordered.findIndex((word, i) => BASE_FAMILIES.has(word) && isNumber(name.ordered[i + 1] ?? ""));
  if (at < 0) return [];
  const isOwnFamily = (word: string): boolean => word.length >= 4 && !hasDigit(word);
  const rest = [...name.ordered.slice(0, at), ...name.ordered.slice(at + 2)];
  return rest.some(isOwnFamily) ? [rest, [...rest, name.ordered[at] ?? ""]] : [];
}

/**
 * "Llama Nemotron Super 49B" is llama-3.3-nemotron-super-49b, and "Hermes 4 - Llama-3.1 405B" is hermes-4-405b. The
 * size must be stated and equal: it stands in for what is left out.
 */
function* withBaseLeftOut(name: ParsedName, rules: readonly string[], index: FormIndex): Generator<Reading> {
  const all = [...rules, "base family left out"];
  const accepts = ({ form }: Match): boolean =>
    name.sizes.length > 0 && name.sizes.join() === form.parsed.sizes.join() && !form.instructId;
  yield { parsed: name, rules: all, forms: index.withoutBase.get(keyOf(name.core)) ?? [], accepts };
  const [rest] = shortenBase(name);
  if (rest === undefined) return;
  const parsed = { ...name, core: [...rest].sort(), ordered: rest };
  yield { parsed, rules: all, forms: index.byCore.get(keyOf(rest)) ?? [], accepts };
}

/**
 * A year-month stamp and a version number stand for each other: "mistral-small-2506" is the one numbered release of
 * that month, "Mistral Large 2 (Jul '24)" is mistral-large-2407.
 */
function* withVersionByDate(name: ParsedName, rules: readonly string[], index: FormIndex): Generator<Reading> {
  const date = name.date;
  if (date === null || date.year === null || date.day !== null) return;
  const all = [...rules, "version told by the date"];
  const numbers = name.core.filter(hasDigit);
  const [version] = numbers;
  if (version === undefined) {
    const forms = (index.withoutVersion.get(keyOf(name.core)) ?? []).filter(
      ({ nearDate, idDate }) => idDate === null && nearDate !== null && sameDate(date, nearDate),
    );
    yield { parsed: name, rules: all, forms, accepts: () => true };
  }
  if (version === undefined || numbers.length > 1 || !isNumber(version)) return;
  const ordered = without(name.ordered, version);
  const parsed = { ...name, core: [...ordered].sort(), ordered };
  const forms = (index.byCore.get(keyOf(ordered)) ?? []).filter(({ idDate }) => idDate?.year === date.year);
  yield { parsed, rules: all, forms, accepts: keepsSize(all) };
}

function without(words: readonly string[], word: string): readonly string[] {
  const at = words.lastIndexOf(word);
  return at < 0 ? words : [...words.slice(0, at), ...words.slice(at + 1)];
}
