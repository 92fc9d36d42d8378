/** What lies at `path` of a parsed JSON value; undefined where any part is missing. Own members alone. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const name of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, name)) return undefined;
    current = Reflect.get(current, name);
  }
  return current;
}

export const textAt = (value: unknown, ...path: readonly (string | number)[]): string | null => {
  const found = at(value, ...path);
  return typeof found === "string" ? found : null;
};

export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** The texts among `values`, in order. */
export const onlyTexts = (values: readonly unknown[]): readonly string[] =>
  values.filter((value): value is string => typeof value === "string" && value !== "");

/** Sum of counts of which some may be absent; NaN where one is there and is no number. */
export const sumCounts = (values: readonly unknown[]): number =>
  values.reduce<number>((sum, value) => {
    if (value === undefined || value === null) return sum;
    return typeof value === "number" ? sum + value : Number.NaN;
  }, 0);

/** What an open word of a provider's stands for; undefined for one that `table` does not hold itself, such as `constructor`. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** An HTTP status as a number, or as the digits that some gateways write. */
export function statusAt(value: unknown, ...path: readonly (string | number)[]): number | null {
  const found = at(value, ...path);
  if (typeof found === "number") return found;
  return typeof found === "string" && /^[1-5]\d\d$/.test(found) ? Number(found) : null;
}
