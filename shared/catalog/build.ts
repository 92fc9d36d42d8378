import { toCanonicalJson } from "../base/canonical-json.ts";
import { type AbilityLines, abilityKey, rateAbilities, toPrior } from "./ability.ts";
import { type Alias, createResolver, type Resolution } from "./aliases.ts";
import { RATED_DOMAINS, type RatedDomain } from "./benchmark-table.ts";
import { compareRows } from "./compare-rows.ts";
import { type CostParameters, mediumTaskCost, priceTier } from "./cost.ts";
import { withoutEffortSuffix } from "./effort-suffix.ts";
import { toKnown } from "./expectation.ts";
import { buildMatrix, type Conflict, type DroppedRow, type ResolvedRow, type ScoreMatrix } from "./matrix.ts";
import { type Catalog, type CatalogModel, EFFORTS, type Effort } from "./model.ts";
import { parseName } from "./name-tokens.ts";
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
  readonly unresolved: readonly { readonly source: string; readonly name: string; readonly reason: string }[];
  /** Catalogue ids of kind `model` without an ability, per domain. */
  readonly unlinked: Readonly<Record<RatedDomain, readonly string[]>>;
  readonly conflicts: readonly Conflict[];
  /** Scores of resolved names that no column could take. */
  readonly dropped: readonly DroppedRow[];
}

type MatrixInput = Pick<BuildInput, "facts" | "overrides" | "rows" | "aliases">;

/** What abilities are rated on: the facts with every override applied, and the matrix of the rows resolved by them. */
export function prepareMatrix({ facts: stated, overrides, rows, aliases }: MatrixInput): {
  readonly facts: readonly ModelFacts[];
  readonly unresolved: BuildReport["unresolved"];
} & ReturnType<typeof buildMatrix> {
  const facts = applyOverrides(stated, overrides);
  const { resolved, unresolved } = resolveRows({ rows, facts, aliases });
  return { facts, unresolved, ...buildMatrix(resolved) };
}

/** Facts and benchmark rows -> one snapshot and what a person should look at. Equal input gives an equal snapshot. */
export function buildCatalog(input: BuildInput): { readonly catalog: Catalog; readonly report: BuildReport } {
  const { facts, matrix, unresolved, conflicts, dropped } = prepareMatrix(input);
  const { abilities } = rateAbilities(matrix, {
    lines: input.lines,
    extrapolatedSdFactor: input.parameters.extrapolatedSdFactor.value,
    knownOf: toKnown(facts),
  });
  const models = facts
    .flatMap((entry) => toRows(entry, { matrix, abilities, parameters: input.parameters }))
    .sort(compareRows);
  const priors = toPriors(models);
  const body = { generatedAt: input.generatedAt, models, priors, attribution: input.attribution };
  const catalog: Catalog = { version: input.digest(toCanonicalJson(body)), ...body };
  const unlinked = RATED_DOMAINS.map((domain) => [
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

/**
 * Names -> ids. A name outside the catalogue keeps an id of its own under `unlisted/`: such models never enter the
 * snapshot, but retired ones bridge boards that no listed model shares.
 */
function resolveRows({ rows, facts, aliases }: Omit<MatrixInput, "overrides">): {
  readonly resolved: readonly ResolvedRow[];
  readonly unresolved: BuildReport["unresolved"];
} {
  const ids = facts
    .filter(({ kind }) => kind !== "router" && kind !== "floating" && kind !== "variant")
    .map(({ id, name, releaseDate }) => ({ id, name, released: releaseDate }));
  const resolve = createResolver(ids, aliases);
  const unresolved = new Map<string, BuildReport["unresolved"][number]>();
  const resolved = rows.flatMap((row): ResolvedRow[] => {
    const resolution = row.stated === undefined ? resolve(row.name, row.source) : toResolution(row.stated);
    if ("id" in resolution) return [{ row, resolution: settleEffort(resolution) }];
    unresolved.set(`${row.source}\n${row.name}`, { source: row.source, name: row.name, reason: resolution.reason });
    if (resolution.reason === "names an ensemble") return [];
    return [
      {
        row,
        resolution: {
          id: unlistedId(row.name),
          effort: parseName(row.name).effort ?? "default",
          confidence: 0,
          rule: "unlisted",
        },
      },
    ];
  });
  return { resolved, unresolved: [...unresolved.values()] };
}

const toResolution = (stated: NonNullable<BenchmarkRow["stated"]>): Resolved => ({
  ...stated,
  confidence: 1,
  rule: "stated by the source",
});

const unlistedId = (name: string): string => `unlisted/${withoutEffortSuffix(name.toLowerCase().replace(/^.*\//, ""))}`;

type Resolved = Extract<Resolution, { readonly id: string }>;

/** Anthropic's models do not think unless asked, so "no thinking" and no statement are one effort. */
const settleEffort = (resolution: Resolved): Resolved =>
  resolution.id.startsWith("anthropic/") && resolution.effort === "none"
    ? { ...resolution, effort: "default" }
    : resolution;

/** `:free` and `:batch` entries serve the same weights as the id they extend. */
const ratedId = (id: string): string => id.replace(/:(?:free|batch|exacto|extended)$/, "");

function toRows(
  facts: ModelFacts,
  built: {
    readonly matrix: ScoreMatrix;
    readonly abilities: ReturnType<typeof rateAbilities>["abilities"];
    readonly parameters: CostParameters;
  },
): CatalogModel[] {
  const rated = ratedId(facts.id);
  const withData = built.matrix.rows.filter((row) => row.id === rated).map((row) => row.effort);
  const efforts = EFFORTS.filter((effort): effort is Effort => effort === "default" || withData.includes(effort));
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
    cost: mediumTaskCost(facts.prices, effort, built.parameters),
    speed: { outputTokensPerSecond: null, timeToFirstTokenS: null },
    releaseDate: facts.releaseDate,
  }));
}

function toPriors(models: readonly CatalogModel[]): Catalog["priors"] {
  const entries = RATED_DOMAINS.flatMap((domain) => {
    const thetas = models
      .filter((m) => m.kind === "model" && m.effort === "default")
      .flatMap((m) => (m.abilities[domain] === undefined ? [] : [m.abilities[domain].theta]));
    const prior = toPrior(thetas);
    return prior === null ? [] : [[domain, prior] as const];
  });
  return Object.fromEntries(entries);
}
