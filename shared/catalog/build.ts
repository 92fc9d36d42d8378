import { toCanonicalJson } from "../base/canonical-json.ts";
import { type AbilityLines, abilityKey, rateAbilities, toPrior } from "./ability.ts";
import type { Alias } from "./aliases.ts";
import { compareRows } from "./compare-rows.ts";
import { type CostParameters, measuredTaskCosts, mediumTaskCost, priceTier } from "./cost.ts";
import { toKnown } from "./expectation.ts";
import type { Anchors } from "./linked-part.ts";
import { buildMatrix, type Conflict, type DroppedRow, type ResolvedRow, type ScoreMatrix } from "./matrix.ts";
import { measuredSpeeds } from "./measured-speeds.ts";
import { type Catalog, type CatalogModel, DOMAINS, type Domain, EFFORTS, type Effort } from "./model.ts";
import { newestValues } from "./newest-values.ts";
import { type RowResolver, resolveRows, toRowResolver, type UnresolvedSourceName } from "./resolve-rows.ts";
import type { SpeedRow } from "./sources/artificial-analysis.ts";
import type { ModelFacts } from "./sources/model-facts.ts";
import type { BenchmarkRow, Reject } from "./sources/source.ts";

/** A correction of one entry's facts by a person, with its reason; the last word over every source. */
export interface CatalogOverride {
  readonly id: string;
  readonly reason: string;
  readonly set: Partial<
    Pick<ModelFacts, "kind" | "name" | "contextTokens" | "maxOutputTokens" | "capabilities" | "prices">
  >;
}

export interface BuildInput {
  readonly facts: readonly ModelFacts[];
  readonly rows: readonly BenchmarkRow[];
  /** Measured speeds, by name; absent = no source states any. */
  readonly speeds?: readonly SpeedRow[];
  readonly aliases: readonly Alias[];
  readonly lines: AbilityLines;
  readonly parameters: CostParameters & { readonly extrapolatedSdFactor: { readonly value: number } };
  readonly overrides: readonly CatalogOverride[];
  readonly generatedAt: string;
  readonly attribution: readonly string[];
  /** Rejects of the parsers, handed through to the report. */
  readonly rejected: readonly Reject[];
  /** Short digest of a text, e.g. the first 12 hex digits of its SHA-256. */
  readonly digest: (text: string) => string;
}

export interface BuildReport {
  readonly rejected: readonly Reject[];
  readonly unresolved: readonly UnresolvedSourceName[];
  /** Catalogue ids of kind `model` without an ability, per domain. */
  readonly unlinked: Readonly<Record<Domain, readonly string[]>>;
  readonly conflicts: readonly Conflict[];
  /** Scores of resolved names that no column could take. */
  readonly dropped: readonly DroppedRow[];
}

type MatrixInput = Pick<BuildInput, "facts" | "overrides" | "rows" | "aliases"> & {
  readonly lines: { readonly anchors: Anchors };
};

/** What abilities are rated on: the facts with every override applied, and the matrix of the rows resolved by them. */
export function prepareMatrix({ facts: stated, overrides, rows, aliases, lines }: MatrixInput): {
  readonly facts: readonly ModelFacts[];
  readonly resolve: RowResolver;
  readonly resolved: readonly ResolvedRow[];
  readonly unresolved: BuildReport["unresolved"];
} & ReturnType<typeof buildMatrix> {
  const facts = applyOverrides(stated, overrides);
  const resolve = toRowResolver(facts, { aliases, anchors: lines.anchors });
  const { resolved, unresolved } = resolveRows(rows, resolve);
  return { facts, resolve, resolved, unresolved, ...buildMatrix(resolved) };
}

/** Facts and benchmark rows -> one snapshot and what a person should look at. Equal input gives an equal snapshot. */
export function buildCatalog(input: BuildInput): { readonly catalog: Catalog; readonly report: BuildReport } {
  const { facts, resolve, resolved, matrix, unresolved, conflicts, dropped } = prepareMatrix(input);
  const { abilities } = rateAbilities(matrix, {
    lines: input.lines,
    extrapolatedSdFactor: input.parameters.extrapolatedSdFactor.value,
    knownOf: toKnown(facts),
  });
  const built: BuiltParts = {
    efforts: effortsById(matrix),
    abilities,
    benchmarks: newestValues(resolved),
    speedOf: measuredSpeeds(input.speeds ?? [], resolve),
    costs: measuredTaskCosts(resolved),
    parameters: input.parameters,
  };
  const models = facts.flatMap((entry) => toRows(entry, built)).sort(compareRows);
  const priors = toPriors(models);
  const body = { generatedAt: input.generatedAt, models, priors, attribution: input.attribution };
  const catalog: Catalog = { version: input.digest(toCanonicalJson(body)), ...body };
  const unlinked = DOMAINS.map((domain) => [
    domain,
    models
      .filter((m) => m.kind === "model" && m.effort === "default" && m.abilities[domain] === undefined)
      .map((m) => m.id),
  ]);
  return {
    catalog,
    report: { rejected: input.rejected, unresolved, unlinked: Object.fromEntries(unlinked), conflicts, dropped },
  };
}

function applyOverrides(facts: readonly ModelFacts[], overrides: readonly CatalogOverride[]): readonly ModelFacts[] {
  const byId = new Map(overrides.map((override) => [override.id, override.set]));
  return facts.map((entry) => ({ ...entry, ...byId.get(entry.id) }));
}

/** `:free` and `:batch` entries serve the same weights as the id they extend. */
const ratedId = (id: string): string => id.replace(/:(?:free|batch|exacto|extended)$/, "");

/** What every row of the snapshot is put together from, beside its facts. */
interface BuiltParts {
  readonly efforts: ReadonlyMap<string, ReadonlySet<Effort>>;
  readonly abilities: ReturnType<typeof rateAbilities>["abilities"];
  readonly benchmarks: ReturnType<typeof newestValues>;
  readonly speedOf: ReturnType<typeof measuredSpeeds>;
  readonly costs: ReturnType<typeof measuredTaskCosts>;
  readonly parameters: CostParameters;
}

function effortsById({ rows }: ScoreMatrix): BuiltParts["efforts"] {
  const byId = new Map<string, Set<Effort>>();
  for (const { id, effort } of rows) byId.set(id, (byId.get(id) ?? new Set<Effort>()).add(effort));
  return byId;
}

function toRows(facts: ModelFacts, built: BuiltParts): CatalogModel[] {
  const rated = ratedId(facts.id);
  const efforts = EFFORTS.filter((effort) => effort === "default" || built.efforts.get(rated)?.has(effort) === true);
  const vendor = facts.id.slice(0, facts.id.indexOf("/")).replace(/^~/, "");
  return efforts.map((effort) => ({
    id: facts.id,
    effort,
    name: facts.name,
    vendor,
    kind: facts.kind,
    priceTier: priceTier(vendor, facts.prices),
    prices: facts.prices,
    contextTokens: facts.contextTokens,
    maxOutputTokens: facts.maxOutputTokens,
    capabilities: facts.capabilities,
    abilities: built.abilities.get(abilityKey(rated, effort)) ?? {},
    // Cost and speed are the endpoint's: an entry served another way (free, batch) has none of its base's.
    cost: built.costs.get(abilityKey(facts.id, effort)) ?? mediumTaskCost(facts.prices, effort, built.parameters),
    speed: built.speedOf(facts.id, effort),
    benchmarks: built.benchmarks.get(abilityKey(rated, effort)) ?? {},
    releaseDate: facts.releaseDate,
  }));
}

function toPriors(models: readonly CatalogModel[]): Catalog["priors"] {
  const entries = DOMAINS.flatMap((domain) => {
    const thetas = models
      .filter((m) => m.kind === "model" && m.effort === "default")
      .flatMap((m) => (m.abilities[domain] === undefined ? [] : [m.abilities[domain].theta]));
    const prior = toPrior(thetas);
    return prior === null ? [] : [[domain, prior] as const];
  });
  return Object.fromEntries(entries);
}
