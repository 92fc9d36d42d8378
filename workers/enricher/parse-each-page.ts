import { ok, type Result } from "../../shared/base/result.ts";
import type { SourceOrigin } from "../../shared/catalog/sources/source.ts";
import type { SourcePage } from "./source-plan.ts";

/** Every page through its parser; the first fault ends it. */
export function parseEachPage<T>(
  pages: readonly SourcePage[],
  origin: SourceOrigin,
  parse: (text: string, origin: SourceOrigin) => Result<T>,
): Result<readonly T[]> {
  const values: T[] = [];
  for (const [i, { text }] of pages.entries()) {
    const value = parse(text, pages.length === 1 ? origin : { ...origin, name: `${origin.name} page ${i + 1}` });
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(values);
}
