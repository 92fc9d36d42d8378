import { median } from "../base/stats.ts";
import type { Catalog, CatalogModel, Domain } from "../catalog/model.ts";
import { PARAMETERS } from "./parameters.ts";

/** Speeds that stand in for unknown ones; `assumed` where the domain has no known speed at all. */
export interface SpeedDefaults {
  readonly timeToFirstTokenS: { readonly value: number; readonly assumed: boolean };
  readonly outputTokensPerSecond: { readonly value: number; readonly assumed: boolean };
}

/** Median of the known speeds of the domain's models, else the assumed figure. */
export function toSpeedDefaults(catalog: Catalog, domain: Domain): SpeedDefaults {
  const inDomain = catalog.models.filter((model) => model.abilities[domain] !== undefined);
  // A typed array sorts by value without a comparator: several times faster over a whole catalogue.
  const known = (read: (model: CatalogModel) => number | null): readonly number[] =>
    Array.from(Float64Array.from(inDomain.map(read).filter((speed) => speed !== null)).sort());
  const orAssumed = (speeds: readonly number[], assumed: number): { value: number; assumed: boolean } =>
    speeds.length === 0 ? { value: assumed, assumed: true } : { value: median(speeds), assumed: false };
  const { assumedTimeToFirstTokenS, assumedOutputTokensPerSecond } = PARAMETERS.time;
  return {
    timeToFirstTokenS: orAssumed(
      known((model) => model.speed.timeToFirstTokenS),
      assumedTimeToFirstTokenS,
    ),
    outputTokensPerSecond: orAssumed(
      known((model) => model.speed.outputTokensPerSecond),
      assumedOutputTokensPerSecond,
    ),
  };
}
