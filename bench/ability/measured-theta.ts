import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mean, sigmoid } from "../../shared/base/stats.ts";
import { type AbilitiesByRow, type AbilityLines, abilityKey, rateAbilities } from "../../shared/catalog/ability.ts";
import { createResolver } from "../../shared/catalog/aliases.ts";
import { prepareMatrix } from "../../shared/catalog/build.ts";
import { toKnown } from "../../shared/catalog/expectation.ts";
import { EFFORTS, type Effort } from "../../shared/catalog/model.ts";
import type { BenchmarkRow } from "../../shared/catalog/sources/source.ts";
import { spearman } from "./agreement.ts";
import type { LiveSources } from "./live-sources.ts";
import { averageZ } from "./rivals.ts";

const BUDGETS_USD = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.2];
/** Success on a task of unknown difficulty by theta, residual spread integrated: slope and middle of the logistic. */
const SLOPE = 1.46;
const MIDDLE = -0.076;

interface Measured {
  readonly model: string;
  readonly theta: number | null;
  readonly mean_cost: number;
}
interface Point {
  readonly model: string;
  readonly theta: number;
  readonly costUsd: number;
  readonly predicted: number;
  readonly note: string;
}
interface Bench {
  readonly models: readonly (Measured & { readonly theta: number })[];
  readonly displayOf: ReadonlyMap<string, string>;
}

function readBench(folder: string): Bench {
  const read = <T>(file: string): { readonly models: readonly T[] } =>
    JSON.parse(readFileSync(join(folder, "routing-bench", file), "utf8")) as { readonly models: readonly T[] };
  const displays = read<{ readonly model: string; readonly display: string }>("models.swebench.json").models;
  return {
    models: read<Measured>("theta.open.json").models.flatMap((m) =>
      m.theta === null ? [] : [{ ...m, theta: m.theta }],
    ),
    displayOf: new Map(displays.map(({ model, display }) => [model, display])),
  };
}

/** Effort at which the run was made, where its title says it. */
const effortOf = (display: string): Effort | null =>
  EFFORTS.find((effort) => effort !== "default" && new RegExp(`\\b${effort}\\b`).test(display)) ?? null;

interface Variant {
  readonly name: string;
  readonly keep: (row: BenchmarkRow) => boolean;
}
const VARIANTS: readonly Variant[] = [
  { name: "every source", keep: () => true },
  { name: "LiveBench: two newest releases", keep: (r) => r.source !== "livebench" || r.release >= "2025-12" },
  { name: "no key for Artificial Analysis", keep: (r) => r.source !== "artificial_analysis" },
  { name: "no LiveBench", keep: (r) => r.source !== "livebench" },
];

/** Prints abilities against theta measured on SWE-bench Verified, without SWE-bench columns. */
export function printMeasuredTheta(
  folder: string,
  live: LiveSources,
  rating: { readonly lines: AbilityLines; readonly extrapolatedSdFactor: number },
): void {
  const bench = readBench(folder);
  console.log("\nabilities against measured theta, all 24 models (missing = prior), SWE-bench columns left out");
  for (const { name, keep } of VARIANTS) {
    const rows = live.rows.filter((row) => keep(row) && !row.benchmark.startsWith("swe_bench"));
    const { matrix } = prepareMatrix({
      facts: live.facts,
      overrides: [],
      aliases: live.aliases,
      lines: live.lines,
      rows,
    });
    const { abilities } = rateAbilities(matrix, { ...rating, knownOf: toKnown(live.facts) });
    const toPoints = pointsOf(bench, live);
    const asRun = toPoints((id, effort) => thetaAt(abilities, id, effort));
    printPoints(
      `${name}, ours, default effort`,
      toPoints((id) => thetaAt(abilities, id, "default")),
    );
    printPoints(`${name}, ours, effort of the run`, asRun);
    const columns = matrix.columns.map((_, column) => {
      const cells = matrix.rows.flatMap((row) => row.cells.filter((c) => c.column === column).map((c) => ({ row, c })));
      return new Map(cells.map(({ row, c }) => [row.id, c.value] as const));
    });
    const peer = averageZ(columns);
    printPoints(
      `${name}, z averaged (peer)`,
      toPoints((id) => peer.get(id)),
    );
    if (name === "every source") for (const point of asRun) console.log(toLine(point));
  }
}

/** At the effort itself, else at the default. */
function thetaAt(abilities: AbilitiesByRow, id: string, effort: Effort): number | undefined {
  const at = abilities.get(abilityKey(id, effort)) ?? abilities.get(abilityKey(id, "default"));
  return at?.agentic_coding?.theta;
}

const toLine = ({ model, theta, predicted, note }: Point): string =>
  `    ${model.padEnd(34)} theta ${theta.toFixed(2).padStart(5)} ours ${predicted.toFixed(2).padStart(5)} ${note}`;

function pointsOf(
  { models, displayOf }: Bench,
  live: LiveSources,
): (predict: (id: string, effort: Effort) => number | undefined) => readonly Point[] {
  const ids = live.facts.map(({ id, name, releaseDate }) => ({ id, name, released: releaseDate }));
  const resolve = createResolver(ids, live.aliases);
  return (predict) => {
    const listed = live.facts.filter(({ kind }) => kind === "model");
    const prior = mean(listed.flatMap(({ id }) => predict(id, "default") ?? []));
    return models.map(({ model, theta, mean_cost: costUsd }) => {
      const found = resolve(model);
      const effort = effortOf(displayOf.get(model) ?? "");
      const value = "id" in found ? predict(found.id, effort ?? found.effort) : undefined;
      const note = "id" in found ? `${found.id} (${effort ?? found.effort})` : found.reason;
      return { model, theta, costUsd, predicted: value ?? prior, note: value === undefined ? `${note}: prior` : note };
    });
  };
}

function printPoints(label: string, points: readonly Point[]): void {
  const rho = spearman(
    points.map(({ predicted }) => predicted),
    points.map(({ theta }) => theta),
  );
  const best = (pool: readonly Point[], key: "theta" | "predicted"): Point | undefined =>
    pool.reduce<Point | undefined>((a, b) => (a === undefined || b[key] > a[key] ? b : a), undefined);
  const wrong = BUDGETS_USD.flatMap((budget) => {
    const pool = points.filter(({ costUsd }) => costUsd <= budget);
    const [right, named] = [best(pool, "theta"), best(pool, "predicted")];
    return right === named ? [] : [`$${budget} ${named?.model}`];
  });
  const hull = hullOf(points).map(({ model }) => model);
  const misses = wrong.length === 0 ? "" : ` (wrong: ${wrong.join(", ")})`;
  console.log(`  ${label}: rho ${rho.toFixed(3)}, best at budget ${BUDGETS_USD.length - wrong.length}/7${misses}`);
  if (!label.includes("peer")) console.log(`    hull: ${hull.join(", ")}`);
}

/** Upper hull of predicted success over the measured cost of a run, from the cheapest to the best. */
function hullOf(points: readonly Point[]): readonly Point[] {
  const success = ({ predicted }: Point): number => sigmoid(SLOPE * (predicted - MIDDLE));
  const hull: Point[] = [];
  for (const point of [...points].sort((a, b) => a.costUsd - b.costUsd)) {
    const last = hull.at(-1);
    if (last !== undefined && success(point) <= success(last)) continue;
    for (let top = hull.at(-1), under = hull.at(-2); top !== undefined && under !== undefined; ) {
      const gain = (success(point) - success(under)) / (point.costUsd - under.costUsd);
      if ((success(top) - success(under)) / (top.costUsd - under.costUsd) > gain) break;
      hull.pop();
      top = hull.at(-1);
      under = hull.at(-2);
    }
    hull.push(point);
  }
  return hull;
}
