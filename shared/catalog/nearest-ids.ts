import type { CatalogId } from "./aliases.ts";
import type { Form } from "./match-form.ts";
import { type NameDate, type ParsedName, parseName } from "./name-tokens.ts";
import { toForms } from "./to-forms.ts";

/** An id of the same family as a name, and the parts in which the two differ, in words. */
export interface NearId {
  readonly id: string;
  readonly differs: readonly string[];
}

/** Words that tell members of a family apart and say nothing about the family. */
const MEMBER_WORDS = new Set(
  (
    "mini nano micro tiny small medium large pro plus max ultra super lite flash fast turbo air code coder codex vision vl " +
    "omni next high low search image audio v r x k"
  ).split(" "),
);
const isFamilyWord = (token: string): boolean => !/\d/.test(token) && !MEMBER_WORDS.has(token);

/** A candidate further off than this is no help to who looks at it. */
const MAX_DIFFERENCES = 4;

/**
 * For a person who looks at an unresolved name: the ids of its family (all of its family words that the catalogue has
 * at all) of which the name may be a shorter or longer spelling, fewest differing parts first. Where both have a part
 * that the other lacks (3.7 against 4, "pro" against "flash", 8b against 70b) they are two models and no candidates.
 * Parts are compared whole; nothing is matched by likeness of spelling.
 */
export function createNearest(ids: readonly CatalogId[]): (name: string, limit?: number) => readonly NearId[] {
  const forms = ids.flatMap(toForms);
  const known = new Set(forms.flatMap(({ parsed }) => parsed.core.filter(isFamilyWord)));
  return (name, limit = 3) => {
    const parsed = parseName(name);
    const family = parsed.core.filter((token) => isFamilyWord(token) && known.has(token));
    if (family.length === 0) return [];
    const near = new Map<string, readonly string[]>();
    for (const form of forms) {
      if (!family.every((word) => form.parsed.core.includes(word)) || !isOneSided(parsed, form.parsed)) continue;
      const differs = describe(parsed, form);
      const before = near.get(form.id);
      if (before === undefined || differs.length < before.length) near.set(form.id, differs);
    }
    return [...near]
      .map(([id, differs]) => ({ id, differs }))
      .filter(({ differs }) => differs.length <= MAX_DIFFERENCES)
      .sort((a, b) => a.differs.length - b.differs.length || (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  };
}

const isOneSided = (a: ParsedName, b: ParsedName): boolean =>
  (only(a.core, b.core).length === 0 || only(b.core, a.core).length === 0) &&
  (only(a.sizes, b.sizes).length === 0 || only(b.sizes, a.sizes).length === 0);

/** One entry for each token or part that only one of the two has. */
function describe(name: ParsedName, form: Form): readonly string[] {
  const other = form.parsed;
  const nameDate = toText(name.date);
  const formDate = toText(form.idDate);
  return [
    ...only(name.core, other.core).map((token) => `name has "${token}"`),
    ...only(other.core, name.core).map((token) => `id has "${token}"`),
    ...differ("size", name.sizes.join(" "), other.sizes.join(" ")),
    ...differ("date", nameDate, formDate),
    ...differ("stage", name.stage, other.stage),
    ...(form.thinkingId && name.mode !== "thinking" ? ["id is the thinking one"] : []),
    ...(name.base && !other.base ? ["name is of base weights"] : []),
    ...(form.suffix === "" || form.suffix === ":thinking" ? [] : [`only as ${form.suffix}`]),
  ];
}

const differ = (part: string, a: string, b: string): string[] =>
  a === b ? [] : [`${part} ${a === "" ? "none" : a} / ${b === "" ? "none" : b}`];

/** Tokens of `a` that `b` lacks, each as often as it is missing. */
function only(a: readonly string[], b: readonly string[]): readonly string[] {
  const left = [...b];
  return a.filter((token) => {
    const at = left.indexOf(token);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function toText(date: NameDate | null): string {
  if (date === null) return "";
  const two = (part: number): string => String(part).padStart(2, "0");
  const parts = [date.year === null ? "" : String(date.year), two(date.month), date.day === null ? "" : two(date.day)];
  return parts.filter((part) => part !== "").join("-");
}
