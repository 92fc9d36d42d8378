import { type Alias, createResolver, type Resolution, type ResolvedName } from "./aliases.ts";
import { withoutEffortSuffix } from "./effort-suffix.ts";
import type { Anchors } from "./linked-part.ts";
import type { ResolvedRow } from "./matrix.ts";
import { parseName } from "./name-tokens.ts";
import type { ModelFacts } from "./sources/model-facts.ts";
import type { OpenRouterModel } from "./sources/openrouter-model.ts";
import type { BenchmarkRow } from "./sources/source.ts";

/** A name that no rule could place, once per source. */
export interface UnresolvedSourceName {
  readonly source: string;
  readonly name: string;
  readonly reason: string;
}

export type RowResolver = (name: string, source: string) => Resolution;

/** Facts, with the further spellings that only OpenRouter's list gives. */
type ListedFacts = ModelFacts & Partial<Pick<OpenRouterModel, "canonicalSlug" | "huggingFaceId">>;

/**
 * Resolver over the ids of a list and both anchors: an anchor that has left the list still bridges, without it no board
 * would be linked. Routers, floating and variant entries are no models of their own.
 */
export function toRowResolver(
  facts: readonly ListedFacts[],
  { aliases, anchors }: { readonly aliases: readonly Alias[]; readonly anchors: Anchors },
): RowResolver {
  const listed = facts
    .filter(({ kind }) => kind !== "router" && kind !== "floating" && kind !== "variant")
    .map(({ id, name, releaseDate, canonicalSlug = null, huggingFaceId = null }) => ({
      id,
      name,
      released: releaseDate,
      canonicalSlug,
      huggingFaceId,
    }));
  const gone = [anchors.low, anchors.high].filter((id) => listed.every((entry) => entry.id !== id));
  const resolve = createResolver([...listed, ...gone.map((id) => ({ id }))], aliases);
  // A board names a model once per score and edition: of 6,500 rows a third are new names.
  const known = new Map<string, Resolution>();
  return (name, source) => {
    const key = `${source}\n${name}`;
    const held = known.get(key);
    if (held !== undefined) return held;
    const resolution = resolve(name, source);
    const settled = "id" in resolution ? settleEffort(resolution) : resolution;
    known.set(key, settled);
    return settled;
  };
}

/**
 * Names -> ids. A name outside the catalogue keeps an id of its own under `unlisted/`: such models never enter the
 * snapshot, but retired ones bridge boards that no listed model shares.
 */
export function resolveRows(
  rows: readonly BenchmarkRow[],
  resolve: RowResolver,
): { readonly resolved: readonly ResolvedRow[]; readonly unresolved: readonly UnresolvedSourceName[] } {
  const unresolved = new Map<string, UnresolvedSourceName>();
  const resolved = rows.flatMap((row): ResolvedRow[] => {
    const resolution = row.stated === undefined ? resolve(row.name, row.source) : toResolution(row.stated);
    if ("id" in resolution) return [{ row, resolution }];
    unresolved.set(`${row.source}\n${row.name}`, { source: row.source, name: row.name, reason: resolution.reason });
    if (resolution.reason === "names an ensemble") return [];
    return [{ row, resolution: toUnlisted(row.name) }];
  });
  return { resolved, unresolved: [...unresolved.values()] };
}

const toResolution = (stated: NonNullable<BenchmarkRow["stated"]>): ResolvedName =>
  settleEffort({ ...stated, confidence: 1, rule: "stated by the source" });

const toUnlisted = (name: string): ResolvedName => ({
  id: `unlisted/${withoutEffortSuffix(name.toLowerCase().replace(/^.*\//, ""))}`,
  effort: parseName(name).effort ?? "default",
  confidence: 0,
  rule: "unlisted",
});

/** Anthropic's models do not think unless asked, so "no thinking" and no statement are one effort. */
const settleEffort = (resolution: ResolvedName): ResolvedName =>
  resolution.id.startsWith("anthropic/") && resolution.effort === "none"
    ? { ...resolution, effort: "default" }
    : resolution;
