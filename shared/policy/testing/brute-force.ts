import type { CatalogModel } from "../../catalog/model.ts";
import data from "../../data/parameters.json" with { type: "json" };
import type { DecideInput } from "../decision.ts";

/**
 * The rule written a second time, straight from its formulas and row by row, with nothing shared with decide() but the
 * data file. Slow and plain on purpose: it is what decide() is checked against. Single mode only.
 */
export interface BruteForcePick {
  readonly model: string;
  readonly effort: string;
  readonly driver: string;
  readonly provider: string;
  readonly p: number;
  readonly c: number;
  readonly u: number;
  /** Every row that passed the hard filters and the floor. */
  readonly open: number;
}

const EFFORT_ORDER = ["default", "none", "minimal", "low", "medium", "high", "xhigh", "max"];
const LABELS = ["easy", "medium", "hard"] as const;
const CEILINGS = { low: 1e6, medium: 5e6, high: 2e7, any: 1e300 };

const names = (patterns: readonly string[], row: CatalogModel): boolean =>
  patterns.some((pattern) => pattern === row.id || pattern === `${row.id.split("/")[0]}/*`);

function domainOf(input: DecideInput): "agentic_coding" | "writing" | "reasoning" {
  const type = input.classification.task_type.label;
  if (type === "design" || type === "docs") return "writing";
  return type === "exploration" ? "reasoning" : "agentic_coding";
}

type Route = { driver: string; provider: string; bonus: number; penalty: number };

function routesOf(input: DecideInput, row: CatalogModel): Route[] {
  const { policy, request, providerState } = input;
  const tables = new Map(Object.entries<string | string[]>(data.vendorDrivers));
  const providers = new Map(Object.entries<string | string[]>(data.driverProviders));
  const bonuses = new Map(Object.entries(policy.driverPreference[input.classification.task_type.label] ?? {}));
  const routes: Route[] = [];
  for (const driver of tables.get(row.vendor) ?? tables.get("*") ?? []) {
    if (!policy.drivers.some((name) => name === driver)) continue;
    if (request.constraints.driver !== null && request.constraints.driver !== driver) continue;
    for (const provider of providers.get(driver) ?? []) {
      if (!policy.providers.includes(provider)) continue;
      if (request.constraints.provider !== null && request.constraints.provider !== provider) continue;
      if (providerState.excluded.some((state) => state.provider === provider)) continue;
      const penalty = providerState.penalties.find((state) => state.provider === provider)?.microUsd ?? 0;
      routes.push({ driver, provider, bonus: Math.min(0.1, bonuses.get(driver) ?? 0), penalty });
    }
  }
  const top = Math.max(...routes.map((route) => route.bonus));
  const liked = routes.filter((route) => route.bonus === top);
  const least = Math.min(...liked.map((route) => route.penalty));
  return liked.filter((route) => route.penalty === least);
}

function passes(input: DecideInput, row: CatalogModel): boolean {
  const { policy, request, governance, catalog } = input;
  const domain = domainOf(input);
  const { allow, exclude, minContextTokens } = request.constraints;
  const pins = governance?.allow ?? [];
  if (row.kind !== "model" && ![allow, policy.allow, pins].some((list) => list.includes(row.id))) return false;
  if (policy.allow.length > 0 && !names(policy.allow, row)) return false;
  if (allow.length > 0 && !names(allow, row)) return false;
  if (names(policy.deny, row) || names(exclude, row)) return false;
  if (!row.abilities[domain]) {
    const linkedElsewhere = catalog.models.some((other) => other.id === row.id && other.abilities[domain]);
    const isOnly = [allow, pins].some((list) => list.length === 1 && list[0] === row.id);
    if (!isOnly || linkedElsewhere || !catalog.priors[domain]) return false;
  }
  if (request.needs.includes("vision") && !row.capabilities.vision) return false;
  if (request.needs.includes("tools") && !row.capabilities.tools) return false;
  if (request.needs.includes("json") && !row.capabilities.json) return false;
  if (request.needs.includes("long-context") && row.contextTokens < 200_000) return false;
  if (minContextTokens !== null && row.contextTokens < minContextTokens) return false;
  if (row.prices.promptMicroUsdPerMillion > CEILINGS[policy.band]) return false;
  if (request.band !== null && row.prices.promptMicroUsdPerMillion > CEILINGS[request.band]) return false;
  if (routesOf(input, row).length === 0) return false;
  if (governance === null) return true;
  if (governance.allow.length > 0 && !names(governance.allow, row)) return false;
  const { minOutputTokensPerSecond: least } = governance;
  const speed = row.speed.outputTokensPerSecond;
  if (least !== null && speed !== null && speed < least) return false;
  return row.prices.promptMicroUsdPerMillion <= (governance.maxPromptMicroUsdPerMillion ?? 1e300);
}

function middle(values: (number | null | undefined)[]): number | undefined {
  const known = values.filter((value) => typeof value === "number").sort((a, b) => a - b);
  const half = known.length / 2;
  if (known.length % 2 === 1) return known[Math.floor(half)];
  return known.length === 0 ? undefined : ((known[half - 1] ?? 0) + (known[half] ?? 0)) / 2;
}

function valueOfTask({ policy, request }: DecideInput): number {
  const presets = { frugal: 1, balanced: 5, quality: 20 };
  if (request.valueMicroUsd !== null) return request.valueMicroUsd / 1e6;
  if (request.preset !== null) return presets[request.preset];
  return policy.valueMicroUsd === null ? presets[policy.preset] : policy.valueMicroUsd / 1e6;
}

function costOf(input: DecideInput, row: CatalogModel, penalty: number): number {
  const { classification, policy, catalog } = input;
  const type = classification.task_type.label;
  const { easy, medium, hard } = classification.complexity.probabilities;
  const harder = easy * Math.exp(0.3 * -0.41) + medium * Math.exp(0.3 * 0.13) + hard * Math.exp(0.3 * 1.01);
  const kind = type === "docs" || type === "test" || type === "exploration" ? 0.6 : 1;
  const peers = catalog.models.filter((other) => other.abilities[domainOf(input)]);
  const wait = row.speed.timeToFirstTokenS ?? middle(peers.map((peer) => peer.speed.timeToFirstTokenS)) ?? 2;
  const speed = row.speed.outputTokensPerSecond ?? middle(peers.map((peer) => peer.speed.outputTokensPerSecond)) ?? 60;
  const talk = { default: 1, none: 0.4, minimal: 0.4, low: 0.55, medium: 1, high: 1.8, xhigh: 2.5, max: 3 }[row.effort];
  const minutes = (wait + (10_000 * talk * kind * harder) / speed) / 60;
  const perMinute = policy.usdPerMinute.byTaskType[type] ?? policy.usdPerMinute.default;
  return (row.cost.microUsd * kind * harder + penalty) / 1e6 + perMinute * minutes;
}

function successOf(input: DecideInput, row: CatalogModel, bonus: number): { p: number; worth: number } {
  const { classification, catalog, outcomes, request } = input;
  const domain = domainOf(input);
  const ability = row.abilities[domain];
  const prior = catalog.priors[domain];
  const theta = ability ? ability.theta - ability.sd : (prior?.thetaMean ?? 0) - (prior?.thetaSd ?? 0);
  const curve = (a: number, mu: number): number => 1 / (1 + Math.exp(-a * (theta - mu)));
  const byLabel = { easy: curve(1.53, -0.52), medium: curve(1.64, 0.065), hard: curve(1.71, 1) };
  const shares = classification.complexity.probabilities;
  const blind = classification.abstained_heads.includes("complexity");
  const raw = blind ? curve(1.46, -0.076) : LABELS.reduce((sum, k) => sum + shares[k] * byLabel[k], 0);
  const seen = outcomes.find((sum) => sum.modelId === row.id) ?? { residual: 0, weight: 0 };
  const doubted = Math.abs(seen.residual) - data.outcomes.doubtSds * Math.sqrt(raw * (1 - raw) * seen.weight);
  const learned = doubted <= 0 ? 0 : (doubted / (10 + seen.weight)) * (seen.residual < 0 ? -1 : 1);
  const p = Math.min(0.99, Math.max(0.01, (raw + learned) * (1 + bonus)));
  if (blind) return { p, worth: p };
  const weights = request.valueMicroUsd === null ? { easy: 0.3, medium: 1, hard: 3 } : { easy: 1, medium: 1, hard: 1 };
  const scaled = (k: "easy" | "medium" | "hard"): number => Math.min(0.99, Math.max(0.01, (byLabel[k] * p) / raw));
  return { p, worth: LABELS.reduce((sum, k) => sum + shares[k] * weights[k] * scaled(k), 0) };
}

/** The pick of the rule, or null when the hard filters leave nothing. */
export function bruteForce(input: DecideInput): BruteForcePick | null {
  const { classification, policy } = input;
  let rows = input.catalog.models
    .filter((row) => passes(input, row))
    .map((row) => {
      const route = routesOf(input, row)[0] ?? { driver: "", provider: "", bonus: 0, penalty: 0 };
      const { p, worth } = successOf(input, row, route.bonus);
      const c = costOf(input, row, route.penalty);
      return {
        model: row.id,
        effort: row.effort,
        driver: route.driver,
        provider: route.provider,
        p,
        c,
        u: valueOfTask(input) * worth - c,
      };
    });
  const { risk } = classification;
  const risky =
    (risk.label === "high" && !classification.abstained_heads.includes("risk")) ||
    (classification.high_risk_probability ?? risk.probabilities.high) >= data.floor.highRiskProbability;
  const hard = classification.complexity.label === "hard" && !classification.abstained_heads.includes("complexity");
  if (policy.floor.enabled && (risky || hard)) {
    const d = Math.min(hard ? policy.floor.hardMargin : 1, risky ? policy.floor.highRiskMargin : 1);
    const best = Math.max(...rows.map((row) => row.p));
    rows = rows.filter((row) => row.p >= best - d);
  }
  const before = (a: (typeof rows)[number], b: (typeof rows)[number]): boolean => {
    if (a.c !== b.c) return a.c < b.c;
    if (a.model !== b.model) return a.model < b.model;
    return EFFORT_ORDER.indexOf(a.effort) < EFFORT_ORDER.indexOf(b.effort);
  };
  const sorted = [...rows].sort((a, b) => (before(a, b) ? -1 : 1));
  let bar = -1;
  let pick: (typeof rows)[number] | null = null;
  for (const row of sorted) {
    if (bar >= 0 && row.p <= bar + 0.04) continue;
    bar = row.p;
    // Going up in (C, id, effort), so an equal U never displaces the one before.
    if (pick === null || row.u > pick.u) pick = row;
  }
  return pick === null ? null : { ...pick, open: rows.length };
}
