import { mean, standardDeviation } from "../../shared/base/stats.ts";
import { abilityKey, rateAbilities } from "../../shared/catalog/ability.ts";
import { createResolver } from "../../shared/catalog/aliases.ts";
import { prepareMatrix } from "../../shared/catalog/build.ts";
import { toKnown } from "../../shared/catalog/expectation.ts";
import { readLiveSources } from "../ability/live-sources.ts";
import type { BenchModel } from "../routing/bench-models.ts";

/**
 * The pool as the catalogue knows it without ever seeing the benchmark it is scored on: abilities of the live sources,
 * SWE-bench columns left out; what it does not rate has the mean and spread of what it does. Costs stay those measured.
 */
export function toLivePrior(folder: string, models: readonly BenchModel[]): readonly BenchModel[] {
  const live = readLiveSources(folder);
  const rows = live.rows.filter(({ benchmark }) => !benchmark.startsWith("swe_bench"));
  const { facts, aliases, lines, extrapolatedSdFactor } = live;
  const { matrix } = prepareMatrix({ facts, overrides: [], aliases, lines, rows });
  const { abilities } = rateAbilities(matrix, { lines, extrapolatedSdFactor, knownOf: toKnown(facts) });
  const resolve = createResolver(
    facts.map(({ id, name, releaseDate }) => ({ id, name, released: releaseDate })),
    aliases,
  );
  const listed = facts.filter(({ kind }) => kind === "model");
  const thetas = listed.flatMap(({ id }) => abilities.get(abilityKey(id, "default"))?.agentic_coding?.theta ?? []);
  const unrated = { theta: mean(thetas), se: standardDeviation(thetas) };
  return models.map((model) => {
    const found = resolve(model.name);
    if (!("id" in found)) return { ...model, ...unrated };
    const row = abilities.get(abilityKey(found.id, found.effort)) ?? abilities.get(abilityKey(found.id, "default"));
    const ability = row?.agentic_coding;
    return ability === undefined ? { ...model, ...unrated } : { ...model, theta: ability.theta, se: ability.sd };
  });
}
