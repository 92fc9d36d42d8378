import type { FilterName } from "../base/fault.ts";
import { FILTER_NAMES } from "../base/fault.ts";
import type { Result } from "../base/result.ts";
import { fail, ok } from "../base/result.ts";
import type { CatalogModel, Domain } from "../catalog/model.ts";
import type { TaskType } from "../task/labels.ts";
import type { Eligible, Reach } from "./candidate.ts";
import type { DecideInput, DecisionCore, RouteRequest } from "./decision.ts";
import { toLowerBand } from "./lower-band.ts";
import { toMatcher } from "./model-pattern.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Need } from "./policy.ts";
import type { VendorReach } from "./reach.ts";
import { toVendorReach } from "./reach.ts";

/** What the filters on a row's facts read; `taskType` null = not known. */
export interface FactFilterInput extends Pick<DecideInput, "policy" | "request" | "providerState" | "governance"> {
  readonly taskType: TaskType | null;
}

export interface FilterInput extends Omit<DecideInput, "classification"> {
  readonly taskType: TaskType;
  readonly domain: Domain;
}

export interface Filtered {
  readonly eligible: readonly Eligible[];
  readonly counts: DecisionCore["candidates"];
}

/** Whether a row stays. A filter that asks nothing is null, so that a plain request costs a few passes, not twelve. */
type Keeps = (model: CatalogModel) => boolean;

/** The reaches of a row's maker; computed once a maker that the table names, and once for all others. */
type ReachOf = (model: CatalogModel) => VendorReach;

function toReachOf(input: FactFilterInput): ReachOf {
  const byVendor = new Map<string, VendorReach>();
  return (model) => {
    const vendor = PARAMETERS.vendorDrivers.has(model.vendor) ? model.vendor : "*";
    const known = byVendor.get(vendor);
    if (known !== undefined) return known;
    const reach = toVendorReach(vendor, input, input.taskType);
    byVendor.set(vendor, reach);
    return reach;
  };
}

/** Ids that are a whole allow list: of the request, or what governance pins. */
const toOnlyIds = ({ request, governance }: Pick<FilterInput, "request" | "governance">): readonly string[] =>
  [request.constraints.allow, governance?.allow ?? []].flatMap((list) => (list.length === 1 ? list : []));

/**
 * Rows with an ability in the domain, and those of an unlinked model when it is the single id that is allowed and the
 * catalogue has a prior to judge it by.
 */
function keepsLinked({ catalog, domain, ...asked }: FilterInput): Keeps {
  const isLinked: Keeps = (model) => model.abilities[domain] !== undefined;
  if (catalog.priors[domain] === undefined) return isLinked;
  const admitted = toOnlyIds(asked).filter((id) => !catalog.models.some((model) => model.id === id && isLinked(model)));
  return admitted.length === 0 ? isLinked : (model) => isLinked(model) || admitted.includes(model.id);
}

/** What a need asks of a row; long context is a length and so belongs to another filter. */
function keepsCapable(needs: readonly Need[]): Keeps | null {
  const wanted = needs.filter((need) => need !== "long-context");
  if (wanted.length === 0) return null;
  return ({ capabilities }) => wanted.every((need) => capabilities[need]);
}

/** Free, batch, floating and router entries count only when some allow list, or a pin, names them by their exact id. */
function keepsKind(input: FactFilterInput): Keeps {
  const named = new Set([
    ...input.policy.allow,
    ...input.request.constraints.allow,
    ...(input.governance?.allow ?? []),
  ]);
  return (model) => model.kind === "model" || named.has(model.id);
}

function keepsAllowed(input: FactFilterInput): Keeps | null {
  const lists = [input.policy.allow, input.request.constraints.allow].filter((list) => list.length > 0).map(toMatcher);
  return lists.length === 0 ? null : (model) => lists.every((matches) => matches(model));
}

function keepsLongEnough({ needs, constraints }: RouteRequest): Keeps | null {
  const wanted = needs.includes("long-context") ? PARAMETERS.longContextTokens : 0;
  const least = Math.max(wanted, constraints.minContextTokens ?? 0);
  return least === 0 ? null : (model) => model.contextTokens >= least;
}

/** A band is a ceiling wherever it stands, so the request can lower the policy's but not lift it. */
function keepsInBand(input: FactFilterInput): Keeps | null {
  const ceiling = PARAMETERS.bandCeilings[toLowerBand(input.policy.band, input.request.band ?? "any")];
  if (ceiling === Number.POSITIVE_INFINITY) return null;
  return (model) => model.prices.promptMicroUsdPerMillion <= ceiling;
}

function keepsUnnamed(patterns: readonly string[]): Keeps | null {
  if (patterns.length === 0) return null;
  const matches = toMatcher(patterns);
  return (model) => !matches(model);
}

function keepsGoverned({ governance }: FactFilterInput): Keeps | null {
  if (governance === null) return null;
  const matches = governance.allow.length === 0 ? () => true : toMatcher(governance.allow);
  const ceiling = governance.maxPromptMicroUsdPerMillion ?? Number.POSITIVE_INFINITY;
  const least = governance.minOutputTokensPerSecond ?? 0;
  return (model) =>
    matches(model) &&
    model.prices.promptMicroUsdPerMillion <= ceiling &&
    (model.speed.outputTokensPerSecond ?? least) >= least;
}

type Filters = Readonly<Record<FilterName, Keeps | null>>;

/** All filters but the one on abilities. */
function toFactFilters(input: FactFilterInput, reachOf: ReachOf): Omit<Filters, "unlinked"> {
  return {
    catalogue: keepsKind(input),
    allow: keepsAllowed(input),
    deny: keepsUnnamed(input.policy.deny),
    exclude: keepsUnnamed(input.request.constraints.exclude),
    capabilities: keepsCapable(input.request.needs),
    min_context: keepsLongEnough(input.request),
    band: keepsInBand(input),
    driver: (model) => reachOf(model).drivers.length > 0,
    provider: (model) => reachOf(model).byProvider.length > 0,
    provider_state: (model) => reachOf(model).open.length > 0,
    governance: keepsGoverned(input),
    // An attempt's cost is known once it is valued: keepAffordable().
    max_usd: null,
  };
}

/** The ability that speaks for a row: its own, else the domain's prior (only an admitted unlinked model comes so far). */
function toAbility(model: CatalogModel, { catalog, domain }: FilterInput): Omit<Eligible, "model" | "reaches"> {
  const ability = model.abilities[domain];
  if (ability !== undefined) {
    const flags = ability.extrapolated ? ["extrapolated_ability"] : [];
    return { theta: ability.theta, thetaSd: ability.sd, score: ability.score, flags };
  }
  const prior = catalog.priors[domain];
  if (prior === undefined) throw new Error(`${model.id} passed the filters without an ability in ${domain}`);
  return { theta: prior.thetaMean, thetaSd: prior.thetaSd, score: null, flags: ["unlinked_ability"] };
}

function toEligible(model: CatalogModel, input: FilterInput, reachOf: ReachOf): Eligible {
  const [best, ...others] = reachOf(model).open;
  if (best === undefined) throw new Error(`${model.id} passed the filters without a reach`);
  return { model, reaches: [best, ...others], ...toAbility(model, input) };
}

interface Sifted<T> {
  readonly left: readonly T[];
  readonly removed: Readonly<Partial<Record<FilterName, number>>>;
}

/** What passes the filters, in their order, and what each removed. Fault no_candidates names the one that left none. */
function sift<T>(rows: readonly T[], modelOf: (row: T) => CatalogModel, filters: Filters): Result<Sifted<T>> {
  const removed: Partial<Record<FilterName, number>> = {};
  let left = rows;
  for (const name of FILTER_NAMES) {
    const keeps = filters[name];
    const kept = keeps === null ? left : left.filter((row) => keeps(modelOf(row)));
    if (kept.length === 0) return fail({ kind: "no_candidates", emptiedBy: name, before: left.length });
    if (kept.length < left.length) removed[name] = left.length - kept.length;
    left = kept;
  }
  return ok({ left, removed });
}

/** Applies the hard filters and counts what each removed. Fault no_candidates names the one that left none. */
export function applyFilters(input: FilterInput): Result<Filtered> {
  const reachOf = toReachOf(input);
  const unlinked = keepsLinked(input);
  const sifted = sift(input.catalog.models, (model) => model, { ...toFactFilters(input, reachOf), unlinked });
  if (!sifted.ok) return sifted;
  const eligible = sifted.value.left.map((model) => toEligible(model, input, reachOf));
  return ok({ eligible, counts: { considered: input.catalog.models.length, removed: sifted.value.removed } });
}

/**
 * The same filters over the rows of a ranking, where an unlinked row stays (it stands behind every linked one).
 * `reachOf` is how a row that passed is run. Fault: no_candidates.
 */
export function applyRankFilters<T extends { readonly entry: { readonly model: CatalogModel } }>(
  rows: readonly T[],
  input: FactFilterInput,
): Result<{ readonly left: readonly T[]; readonly reachOf: (row: T) => Reach | undefined }> {
  const reachOf = toReachOf(input);
  const sifted = sift(rows, ({ entry }) => entry.model, { ...toFactFilters(input, reachOf), unlinked: null });
  return sifted.ok ? ok({ left: sifted.value.left, reachOf: ({ entry }) => reachOf(entry.model).open[0] }) : sifted;
}
