import type { Ability, Catalog, CatalogModel, Domain } from "../../shared/catalog/model.ts";
import { DOMAINS } from "../../shared/catalog/model.ts";
import parametersJson from "../../shared/data/parameters.json" with { type: "json" };
import { toRow } from "../../shared/policy/testing/made-input.ts";
import type { BenchModel } from "./bench-models.ts";

/**
 * Every model has a maker of its own, whom the tables do not know: all are reached by the same driver, so that no
 * preference of the policy decides, and no two count as one model for having the same ability.
 */
export const toModelId = (index: number, { name }: BenchModel): string => `pool-${index}/${name}`;

/** The coding ability as measured; elsewhere the same number, extrapolated, with the sd that the catalogue gives such. */
function toAbility({ theta, se }: BenchModel, domain: Domain): Ability {
  const extrapolated = domain !== "agentic_coding";
  return {
    theta,
    sd: extrapolated ? se * parametersJson.extrapolatedSdFactor.value : se,
    score: 50 + 25 * theta,
    sources: ["bench"],
    benchmarkCount: 1,
    newestDate: null,
    extrapolated,
  };
}

function toCatalogRow(model: BenchModel, index: number): CatalogModel {
  return toRow({
    id: toModelId(index, model),
    over: {
      name: model.name,
      abilities: Object.fromEntries(DOMAINS.map((domain) => [domain, toAbility(model, domain)])),
      cost: {
        microUsd: Math.round(model.meanCostUsd * 1e6),
        basis: "measured",
        assumedCachePrice: false,
        source: "bench",
      },
      // Nothing is known of their speed, so the time is one assumed figure for all and only money tells them apart.
      speed: { outputTokensPerSecond: null, timeToFirstTokenS: null },
    },
  });
}

/** A catalogue made of the pool alone: one row a model, in the pool's order. */
export function toPoolCatalog(models: readonly BenchModel[]): Catalog {
  return {
    version: "bench-pool",
    generatedAt: "2026-01-01T00:00:00Z",
    models: models.map(toCatalogRow),
    priors: {},
    attribution: [],
  };
}
