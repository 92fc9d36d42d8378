import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mean, standardDeviation } from "../../shared/base/stats.ts";
import { prepareMatrix } from "../../shared/catalog/build.ts";
import { mediumTaskCost } from "../../shared/catalog/cost.ts";
import parameters from "../../shared/data/parameters.json" with { type: "json" };
import { readKeptPage } from "./kept-page.ts";
import type { LiveSources } from "./live-sources.ts";

interface Compared {
  /** Measured mean cost of solving one issue. */
  readonly run: number;
  readonly profile: number;
  readonly aider: number | undefined;
  readonly index: number | undefined;
}

/** Prints how far the costs that sources state, and the token profile, are from the measured cost of an issue. */
export function printRunCosts(folder: string, live: LiveSources): void {
  const { facts, resolve, resolved } = prepareMatrix({ ...live, overrides: [] });
  const factsOf = new Map(facts.map((entry) => [entry.id, entry]));
  const aider = new Map<string, number>();
  for (const { row, resolution } of resolved)
    if (row.benchmark === "aider_polyglot" && row.costUsdPerTask !== null) aider.set(resolution.id, row.costUsdPerTask);
  const index = new Map<string, number>();
  for (const { name, indexRunUsd } of readKeptPage(folder)) {
    const found = resolve(name, "artificial_analysis");
    if ("id" in found && indexRunUsd !== null) index.set(found.id, indexRunUsd);
  }
  const { models } = JSON.parse(readFileSync(join(folder, "routing-bench/theta.open.json"), "utf8")) as {
    readonly models: readonly { readonly model: string; readonly mean_cost: number }[];
  };
  const points = models.flatMap(({ model, mean_cost: run }): Compared[] => {
    const found = resolve(model, "");
    const entry = "id" in found ? factsOf.get(found.id) : undefined;
    if (entry === undefined) return [];
    const profile = mediumTaskCost(entry.prices, "default", parameters).microUsd / 1e6;
    return [{ run, profile, aider: aider.get(entry.id), index: index.get(entry.id) }];
  });
  console.log("\nmeasured cost of an issue over a stated cost: standard deviation of the log ratio (a scale is free)");
  console.log(`  token profile x list price: n ${points.length}, ${spreadOf(points, "profile")}`);
  for (const key of ["aider", "index"] as const) {
    const both = points.filter((point) => point[key] !== undefined);
    const name = key === "aider" ? "a case of Aider's polyglot board" : "a run of the intelligence index";
    console.log(
      `  ${name}: n ${both.length}, ${spreadOf(both, key)}; token profile on the same ${spreadOf(both, "profile")}`,
    );
  }
}

function spreadOf(points: readonly Compared[], key: Exclude<keyof Compared, "run">): string {
  const logs = points.map((point) => Math.log(point.run / (point[key] ?? Number.NaN)));
  return `${standardDeviation(logs).toFixed(2)} (mean ${mean(logs).toFixed(2)})`;
}
