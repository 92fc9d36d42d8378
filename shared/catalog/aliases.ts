import { type Difference, type Form, type Match, matchForm, type Written } from "./match-form.ts";
import type { Effort } from "./model.ts";
import { type FormIndex, indexForms, type Reading, readName } from "./name-readings.ts";
import { type ParsedName, parseName } from "./name-tokens.ts";
import { ownerOf, toForms } from "./to-forms.ts";

/** What the resolver may know about an id; `released` is an ISO date (or month) of the model behind it. */
export interface CatalogId {
  readonly id: string;
  readonly name?: string | null;
  readonly canonicalSlug?: string | null;
  readonly huggingFaceId?: string | null;
  readonly released?: string | null;
}

/** Why a name has no id: not one model, kept out by the table, two ids equally good, a sibling alone, or nothing like it. */
export type UnresolvedCode = "ensemble" | "table" | "ambiguous" | "sibling" | "unknown";

/** `confidence` in 0.5..1: how many of the name's parts had to be explained by a rule, which `rule` lists. */
export interface ResolvedName {
  readonly id: string;
  readonly effort: Effort;
  readonly confidence: number;
  readonly rule: string;
}

export interface UnresolvedName {
  readonly unresolved: true;
  readonly code: UnresolvedCode;
  readonly reason: string;
}

export type Resolution = ResolvedName | UnresolvedName;

/** A reviewed exception; `id` null = must stay unresolved. `source` limits it to one source. */
export interface Alias {
  readonly source?: string;
  readonly name: string;
  readonly id: string | null;
  readonly effort?: Effort;
  readonly reason: string;
}

export type Resolver = (name: string, source?: string) => Resolution;

/** The longest of 6,000 names of seven boards has 102 characters; reading takes the square of the length. */
const MAX_NAME_LENGTH = 300;

const aliasKey = (name: string, source = ""): string => `${source}\n${name.trim().toLowerCase()}`;
const unresolved = (code: UnresolvedCode, reason: string): UnresolvedName => ({ unresolved: true, code, reason });

/**
 * Builds a resolver over a list of ids. Rules only: equal order-free core tokens, then date, mode, stage, size and
 * tuning words decide between siblings; a tie or a contradiction stays unresolved with its reason. Likeness of
 * spelling is never used: by distance alone 43 % of the matches given are wrong.
 */
export function createResolver(ids: readonly CatalogId[], aliases: readonly Alias[] = []): Resolver {
  const table = new Map(aliases.map((alias) => [aliasKey(alias.name, alias.source), alias]));
  const index = indexForms(ids.filter(({ id }) => !id.startsWith("~") && !id.endsWith(":batch")).flatMap(toForms));
  const known = new Set(ids.map(({ id }) => id));
  return (name, source) => {
    const entry = table.get(aliasKey(name, source)) ?? table.get(aliasKey(name));
    if (entry !== undefined) return fromTable(entry, known);
    if (name.length > MAX_NAME_LENGTH) return unresolved("unknown", "too long for a name");
    if (/\S\s\+\s\S/.test(name)) return unresolved("ensemble", "names an ensemble");
    return resolveByRules(name, index);
  };
}

function fromTable(entry: Alias, known: ReadonlySet<string>): Resolution {
  if (entry.id === null) return unresolved("table", "alias table: no such model in any catalogue");
  if (!known.has(entry.id)) return unresolved("table", `alias table: ${entry.id} is not in the catalogue`);
  return { id: entry.id, effort: entry.effort ?? "default", confidence: 0.95, rule: "alias table" };
}

function resolveByRules(name: string, index: FormIndex): Resolution {
  const parsed = parseName(name);
  if (parsed.core.length === 0) return unresolved("unknown", "nothing of the name tells a model");
  const spelled = { asWeights: isWeightsName(name, parsed), owner: ownerOf(name) };
  const differences: Sibling[] = [];
  for (const reading of readName(parsed, index)) {
    const matches = matchReading(reading, spelled, (id, difference) => differences.push({ id, difference }));
    const [best] = matches;
    if (best !== undefined) return choose(best, matches, reading);
  }
  const sibling = nearestSibling(differences);
  if (sibling === undefined) return unresolved("unknown", "no id with the same name");
  return unresolved("sibling", `${sibling.id} ${SAYS[sibling.difference]}`);
}

interface Sibling {
  readonly id: string;
  readonly difference: Difference;
}

/** The id that differs in the least: another size is the commonest difference and tells the reader nothing. */
const nearestSibling = (siblings: readonly Sibling[]): Sibling | undefined =>
  siblings.find(({ difference }) => difference !== "size") ?? siblings[0];

const SAYS: Readonly<Record<Difference, string>> = {
  date: "is a snapshot of another date",
  mode: "differs in thinking",
  stage: "differs in preview or release",
  size: "has another size",
  weights: "is tuned, the name is of base weights",
  chat: "is not the chat product",
  owner: "has the name, but another maker",
};

/** Matches of one reading, best first. */
function matchReading(
  reading: Reading,
  spelled: Omit<Written, "parsed">,
  differs: (id: string, difference: Difference) => void,
): readonly Match[] {
  const written: Written = { parsed: reading.parsed, ...spelled };
  const matches = reading.forms.flatMap((form): Match[] => {
    const found = isOtherTuning(reading, form) ? "weights" : matchForm(written, form);
    if (typeof found !== "string") return reading.accepts(found) ? [found] : [];
    differs(form.id, found);
    return [];
  });
  return matches.sort(
    (a, b) => a.penalty - b.penalty || rank(a, reading) - rank(b, reading) || (a.form.id < b.form.id ? -1 : 1),
  );
}

/** Between equals an id's own spelling goes first, and one that states revision one as the name does. */
const rank = ({ form }: Match, { parsed }: Reading): number =>
  (form.isOwn ? 0 : 1) + (form.parsed.revisionOne === parsed.revisionOne ? 0 : 1);

/** "gpt-3.5-turbo-1106" is a snapshot of gpt-3.5-turbo and never of the instruct model beside it. */
const isOtherTuning = ({ parsed, forms }: Reading, form: Form): boolean =>
  form.instructId &&
  !parsed.instruct &&
  parsed.date !== null &&
  form.idDate === null &&
  forms.some((other) => !other.parsed.instruct && other.parsed.sizes.join() === form.parsed.sizes.join());

function choose(best: Match, matches: readonly Match[], reading: Reading): Resolution {
  const droppedSize = best.rules.includes("size dropped");
  const rival = matches.find(
    (other) =>
      other.form.id !== best.form.id &&
      ((other.penalty === best.penalty && rank(other, reading) === rank(best, reading)) ||
        // A size may be left out only where one id is left: two sizes of a family are never told apart by the rest.
        (droppedSize && other.form.parsed.sizes.join() !== best.form.parsed.sizes.join())),
  );
  if (rival !== undefined) return unresolved("ambiguous", `ambiguous: ${best.form.id} or ${rival.form.id}`);
  return {
    id: best.form.id,
    effort: statedEffort(reading.parsed, best.form),
    confidence: Math.max(0.5, Math.round(100 - 8 * (best.penalty + reading.rules.length)) / 100),
    rule: ["core tokens", ...reading.rules, ...best.rules].join(", "),
  };
}

/** "Qwen/Qwen2.5-72B" and "Qwen2.5-72B" are repositories of weights; a board's own names have spaces or no capitals. */
const isWeightsName = (name: string, parsed: ParsedName): boolean =>
  name.includes("/") || (parsed.sizes.length > 0 && !/\s/.test(name) && /[A-Z]/.test(name));

/** "default" where the id itself is the thinking model or names an effort (o3-mini-high): it has no other. */
function statedEffort(parsed: ParsedName, form: Form): Effort {
  if (parsed.effort !== null) return parsed.effort;
  // A board's "-base" of a model without open weights is its run without thinking.
  if (parsed.base && !form.parsed.base) return "none";
  return parsed.mode === "thinking" && !form.thinkingId ? "high" : "default";
}
