import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";

/** Reads one value found under `field` (dotted path); a fault names the field, quotes the value and says what is wanted. */
export type Parser<T> = (value: unknown, field: string) => Result<T>;

const QUOTE_LIMIT = 80;

/** The value as JSON, shortened: what a caller sent is shown back, never at any length. */
function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > QUOTE_LIMIT ? `${text.slice(0, QUOTE_LIMIT)}...` : text;
}

function refuse(value: unknown, field: string, wanted: string): Result<never> {
  return fail({ kind: "invalid_param", field, message: `Cannot read ${field} ${quote(value)}: expected ${wanted}` });
}

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value as an object with named members, not an array and not null. */
export const parseObject: Parser<Readonly<Record<string, unknown>>> = (value, field) =>
  isPlainObject(value) ? ok(value) : refuse(value, field, "an object");

export const parseBoolean: Parser<boolean> = (value, field) =>
  typeof value === "boolean" ? ok(value) : refuse(value, field, "true or false");

/** One word of a closed list. */
export const oneOf =
  <T extends string>(words: readonly T[]): Parser<T> =>
  (value, field) => {
    const word = words.find((candidate) => candidate === value);
    return word === undefined ? refuse(value, field, words.join(", ")) : ok(word);
  };

/** A finite number in [low, high]. */
export const numberIn =
  (low: number, high: number): Parser<number> =>
  (value, field) =>
    typeof value === "number" && value >= low && value <= high
      ? ok(value)
      : refuse(value, field, `a number from ${low} to ${high}`);

/** A whole number in [low, high]. */
export const integerIn =
  (low: number, high: number): Parser<number> =>
  (value, field) =>
    typeof value === "number" && Number.isInteger(value) && value >= low && value <= high
      ? ok(value)
      : refuse(value, field, `a whole number from ${low} to ${high}`);

/** A text that matches `pattern`; `wanted` says what that means. */
export const textLike =
  (pattern: RegExp, wanted: string): Parser<string> =>
  (value, field) =>
    typeof value === "string" && pattern.test(value) ? ok(value) : refuse(value, field, wanted);

export const nullable =
  <T>(parse: Parser<T>): Parser<T | null> =>
  (value, field) =>
    value === null ? ok(null) : parse(value, field);

/** A list of `min` to `max` items. */
export const listOf =
  <T>(parseItem: Parser<T>, size: { readonly min: number; readonly max: number }): Parser<readonly T[]> =>
  (value, field) => {
    if (!Array.isArray(value) || value.length < size.min || value.length > size.max)
      return refuse(value, field, `a list of ${size.min} to ${size.max} items`);
    const items: T[] = [];
    for (const [i, member] of value.entries()) {
      const item = parseItem(member, `${field}[${i}]`);
      if (!item.ok) return item;
      items.push(item.value);
    }
    return ok(items);
  };

/** A map whose keys come from a closed list; absent keys stay absent. */
export const mapOf =
  <K extends string, V>(keys: readonly K[], parseValue: Parser<V>): Parser<Readonly<Partial<Record<K, V>>>> =>
  (value, field) => {
    const members = parseObject(value, field);
    if (!members.ok) return members;
    const parsed: Partial<Record<K, V>> = {};
    for (const [name, member] of Object.entries(members.value)) {
      const key = oneOf(keys)(name, `${field} key`);
      if (!key.ok) return key;
      const item = parseValue(member, `${field}.${name}`);
      if (!item.ok) return item;
      parsed[key.value] = item.value;
    }
    return ok(parsed);
  };

/** An object of exactly these fields: an unknown one and a missing one are both refused. `field` "" is the top level. */
export const shapeOf =
  <T>(parsers: { readonly [K in keyof T]-?: Parser<T[K]> }): Parser<T> =>
  (value, field) => {
    const members = parseObject(value, field === "" ? "policy" : field);
    if (!members.ok) return members;
    const path = (name: string): string => (field === "" ? name : `${field}.${name}`);
    const unknownName = Object.keys(members.value).find((name) => !Object.hasOwn(parsers, name));
    if (unknownName !== undefined)
      return fail({
        kind: "invalid_param",
        field: path(unknownName).slice(0, QUOTE_LIMIT),
        message: `Cannot read unknown field ${quote(unknownName)}: expected ${Object.keys(parsers).join(", ")}`,
      });
    const parsed: Partial<T> = {};
    for (const key in parsers) {
      if (!Object.hasOwn(members.value, key))
        return fail({ kind: "missing_param", field: path(key), message: `Cannot find ${path(key)}: it is required` });
      const item = parsers[key](members.value[key], path(key));
      if (!item.ok) return item;
      parsed[key] = item.value;
    }
    // Every key of `parsers`, and so of T, was set by the loop.
    return ok(parsed as T);
  };
