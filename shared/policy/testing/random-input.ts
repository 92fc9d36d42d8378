import type { Catalog } from "../../catalog/model.ts";
import type { Classification, HeadClassification } from "../../task/classification.ts";
import type { Head, TaskType } from "../../task/labels.ts";
import { COMPLEXITY_LABELS, HEADS, RISK_LABELS, TASK_TYPE_LABELS } from "../../task/labels.ts";
import type { DecideInput, GovernanceConstraints, OutcomeSum, ProviderState, RouteRequest } from "../decision.ts";
import type { OutcomeObservation } from "../outcomes.ts";
import { sumOutcomes } from "../outcomes.ts";
import type { Policy } from "../policy.ts";
import { BANDS, DRIVERS, defaultPolicy, NEEDS, PRESETS, PROVIDERS } from "../policy.ts";
import type { Random } from "./random-catalog.ts";
import { between, chance, oneFrom, randomCatalog, VENDORS } from "./random-catalog.ts";

/** A distribution over `labels`, often peaked; the label is its first largest. */
function randomHead<L extends string>(random: Random, labels: readonly L[]): HeadClassification<L> {
  const raw = labels.map(() => random() ** 3 + 0.001);
  const total = raw.reduce((a, b) => a + b, 0);
  return toHead(
    labels,
    raw.map((x) => x / total),
  );
}

/** The head answer of a distribution given in label order. */
export function toHead<L extends string>(labels: readonly L[], shares: readonly number[]): HeadClassification<L> {
  const confidence = Math.max(...shares);
  const label = labels[shares.indexOf(confidence)];
  if (label === undefined) throw new Error("a distribution needs as many shares as labels");
  // One entry a label, so the record is total.
  const probabilities = Object.fromEntries(labels.map((name, k) => [name, shares[k] ?? 0])) as Record<L, number>;
  return { label, confidence, probabilities };
}

/** A classification from three heads; everything that decide() does not read is constant. */
export function toClassification(
  heads: Pick<Classification, "complexity" | "task_type" | "risk">,
  abstained: readonly Head[] = [],
): Classification {
  return {
    ...heads,
    complexity_sub: { reasoning_depth: 0.5, scope_breadth: 0.5, domain_knowledge: 0.5, spec_completeness: 0.5 },
    risk_sub: { security_surface: 0.5, data_sensitivity: 0.5, production_exposure: 0.5, reversal_cost: 0.5 },
    overall_confidence: Math.min(heads.complexity.confidence, heads.task_type.confidence, heads.risk.confidence),
    abstained: abstained.length > 0,
    abstained_heads: abstained,
    out_of_scope: null,
    high_risk_probability: null,
    category: null,
    engine: "onnx",
    model: { name: "made", version: "0", sha256: "0".repeat(64) },
    tokens: 20,
    truncated: false,
  };
}

export function randomClassification(random: Random): Classification {
  const heads = {
    complexity: randomHead(random, COMPLEXITY_LABELS),
    task_type: randomHead(random, TASK_TYPE_LABELS),
    risk: randomHead(random, RISK_LABELS),
  };
  return toClassification(
    heads,
    HEADS.filter(() => chance(random, 0.15)),
  );
}

function randomPatterns(random: Random, catalog: Catalog, most: number): readonly string[] {
  return Array.from({ length: Math.floor(random() * (most + 1)) }, () =>
    chance(random, 0.5) ? `${oneFrom(random, VENDORS)}/*` : oneFrom(random, catalog.models).id,
  );
}

const sometimes = <T>(random: Random, p: number, make: () => T): T | null => (chance(random, p) ? make() : null);

export function randomRequest(random: Random, catalog: Catalog): RouteRequest {
  return {
    band: sometimes(random, 0.2, () => oneFrom(random, BANDS)),
    valueMicroUsd: sometimes(random, 0.2, () => Math.round(10 ** between(random, 4, 8))),
    maxMicroUsd: null,
    preset: sometimes(random, 0.3, () => oneFrom(random, PRESETS)),
    mode: null,
    verifier: null,
    needs: NEEDS.filter(() => chance(random, 0.07)),
    constraints: {
      allow: sometimes(random, 0.15, () => randomPatterns(random, catalog, 3)) ?? [],
      exclude: sometimes(random, 0.2, () => randomPatterns(random, catalog, 2)) ?? [],
      minContextTokens: sometimes(random, 0.1, () => 150_000),
      driver: sometimes(random, 0.07, () => oneFrom(random, DRIVERS)),
      provider: sometimes(random, 0.07, () => oneFrom(random, PROVIDERS)),
    },
  };
}

export function randomPolicy(random: Random, catalog: Catalog): Policy {
  return {
    ...defaultPolicy,
    preset: oneFrom(random, PRESETS),
    valueMicroUsd: sometimes(random, 0.2, () => Math.round(10 ** between(random, 5, 8))),
    band: chance(random, 0.8) ? "any" : oneFrom(random, BANDS),
    allow: sometimes(random, 0.1, () => randomPatterns(random, catalog, 4)) ?? [],
    deny: sometimes(random, 0.2, () => randomPatterns(random, catalog, 2)) ?? [],
    drivers: chance(random, 0.7) ? DRIVERS : DRIVERS.filter((driver) => driver === "api" || chance(random, 0.5)),
    providers: chance(random, 0.8)
      ? PROVIDERS
      : PROVIDERS.filter((name) => name === "openrouter" || chance(random, 0.5)),
    floor: { enabled: chance(random, 0.8), hardMargin: 0.05, highRiskMargin: oneFrom(random, [0.02, 0.1]) },
    driverPreference: { design: { claude: 0.05, grok: 0.03 }, refactor: { opencode: 0.08 }, bugfix: { codex: 0.1 } },
  };
}

function randomObservation(random: Random, catalog: Catalog, taskType: TaskType): OutcomeObservation {
  return {
    modelId: oneFrom(random, catalog.models).id,
    taskType,
    y: chance(random, 0.5) ? 1 : 0,
    predictedP: between(random, 0.05, 0.95),
    weight: random(),
  };
}

/** Sums of up to eleven observations of one task type. */
export function randomOutcomes(random: Random, catalog: Catalog): readonly OutcomeSum[] {
  const taskType = oneFrom(random, TASK_TYPE_LABELS);
  const count = Math.floor(random() * 12);
  return sumOutcomes(
    Array.from({ length: count }, () => randomObservation(random, catalog, taskType)),
    taskType,
  );
}

function randomProviderState(random: Random): ProviderState {
  return {
    excluded: PROVIDERS.filter(() => chance(random, 0.05)).map((provider) => ({ provider, reason: "circuit open" })),
    penalties: PROVIDERS.filter(() => chance(random, 0.1)).map((provider) => ({
      provider,
      microUsd: 50_000,
      reason: "rate limited lately",
    })),
  };
}

function randomGovernance(random: Random, catalog: Catalog): GovernanceConstraints {
  return {
    role: "made",
    allow: randomPatterns(random, catalog, 3),
    maxPromptMicroUsdPerMillion: sometimes(random, 0.5, () => 5_000_000),
    minOutputTokensPerSecond: sometimes(random, 0.3, () => 40),
  };
}

/** A whole input without a verifier, over a catalogue of `size` rows. */
export function randomInput(random: Random, size: number): DecideInput {
  const catalog = randomCatalog(random, size);
  return {
    catalog,
    classification: randomClassification(random),
    policy: randomPolicy(random, catalog),
    request: randomRequest(random, catalog),
    outcomes: randomOutcomes(random, catalog),
    providerState: randomProviderState(random),
    governance: sometimes(random, 0.1, () => randomGovernance(random, catalog)),
    verifier: null,
  };
}
