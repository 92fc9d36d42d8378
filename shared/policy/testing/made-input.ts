import type { Catalog, CatalogModel } from "../../catalog/model.ts";
import type { Head, TaskType } from "../../task/labels.ts";
import { COMPLEXITY_LABELS, RISK_LABELS, TASK_TYPE_LABELS } from "../../task/labels.ts";
import type { DecideInput, RouteRequest } from "../decision.ts";
import { PLAIN_REQUEST } from "../decision.ts";
import { defaultPolicy } from "../policy.ts";
import { toClassification, toHead } from "./random-input.ts";

/** What a test says of one row; the rest is plain. Ability holds in all three domains that task types map to. */
export interface MadeRow {
  readonly id: string;
  readonly theta?: number;
  readonly sd?: number;
  readonly usd?: number;
  readonly linked?: boolean;
  readonly over?: Partial<CatalogModel>;
}

export function toRow({ id, theta = 0, sd = 0.1, usd = 0.1, linked = true, over = {} }: MadeRow): CatalogModel {
  const ability = {
    theta,
    sd,
    score: 50 + 25 * theta,
    sources: [],
    benchmarkCount: 1,
    newestDate: null,
    extrapolated: false,
  };
  return {
    id,
    effort: "default",
    name: id,
    vendor: id.slice(0, id.indexOf("/")),
    kind: "model",
    priceTier: "standard",
    prices: {
      promptMicroUsdPerMillion: 1_000_000,
      completionMicroUsdPerMillion: 4_000_000,
      cacheReadMicroUsdPerMillion: null,
      cacheWriteMicroUsdPerMillion: null,
    },
    contextTokens: 200_000,
    maxOutputTokens: null,
    capabilities: { vision: true, tools: true, json: true, reasoning: true },
    abilities: linked ? { agentic_coding: ability, writing: ability, reasoning: ability } : {},
    cost: { microUsd: Math.round(usd * 1e6), basis: "measured", assumedCachePrice: false, source: "made" },
    speed: { outputTokensPerSecond: 100, timeToFirstTokenS: 1 },
    benchmarks: {},
    releaseDate: null,
    ...over,
  };
}

export function toCatalog(rows: readonly MadeRow[]): Catalog {
  return {
    version: "made",
    generatedAt: "2026-01-01T00:00:00Z",
    models: rows.map(toRow),
    priors: { agentic_coding: { thetaMean: 0, thetaSd: 0.5 } },
    attribution: [],
  };
}

export interface MadeTask {
  /** Shares of easy, medium, hard; of low, medium, high risk. */
  readonly complexity?: readonly [number, number, number];
  readonly risk?: readonly [number, number, number];
  readonly type?: TaskType;
  readonly abstained?: readonly Head[];
}

export function toTask({
  complexity = [0.2, 0.6, 0.2],
  risk = [0.9, 0.08, 0.02],
  type = "bugfix",
  abstained = [],
}: MadeTask) {
  const types = TASK_TYPE_LABELS.map((label) => (label === type ? 0.93 : 0.01));
  return toClassification(
    {
      complexity: toHead(COMPLEXITY_LABELS, complexity),
      task_type: toHead(TASK_TYPE_LABELS, types),
      risk: toHead(RISK_LABELS, risk),
    },
    abstained,
  );
}

/** A whole input of named rows and a described task under the default policy. */
export function toInput(rows: readonly MadeRow[], task: MadeTask = {}, over: Partial<DecideInput> = {}): DecideInput {
  return {
    catalog: toCatalog(rows),
    classification: toTask(task),
    policy: defaultPolicy,
    request: PLAIN_REQUEST,
    outcomes: [],
    providerState: { excluded: [], penalties: [] },
    governance: null,
    verifier: null,
    ...over,
  };
}

/** A request that asks only what the test says. */
export function toRequest(
  over: Partial<Omit<RouteRequest, "constraints">> & { readonly constraints?: Partial<RouteRequest["constraints"]> },
): RouteRequest {
  return { ...PLAIN_REQUEST, ...over, constraints: { ...PLAIN_REQUEST.constraints, ...over.constraints } };
}
