import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mean, roundTo } from "../shared/base/stats.ts";
import type { AbilityLine, AbilityLines } from "../shared/catalog/ability.ts";
import { createResolver } from "../shared/catalog/aliases.ts";
import { prepareMatrix } from "../shared/catalog/build.ts";
import { toKnown } from "../shared/catalog/expectation.ts";
import { fitFactor } from "../shared/catalog/factor.ts";
import type { Anchors } from "../shared/catalog/linked-part.ts";
import { dataFolderOf, readCatalogueSources } from "./read-catalogue-sources.ts";
import { hasSavedPayloads } from "./read-saved-payloads.ts";

/**
 * Fits theta = intercept + slope x factor on the models whose theta was measured, prints what it found and stores
 * only the line and its errors: the measured rows themselves may not be redistributed.
 * Run: node scripts/fit-ability-lines.ts [--data FOLDER] [--dry]
 */
interface Measured {
  readonly model: string;
  readonly theta: number;
  readonly se: number;
}
interface Point {
  readonly name: string;
  readonly g: number;
  readonly sd: number;
  readonly theta: number;
  readonly se: number;
}

/** Rows of this model in the measured data contradict its published result by 40 points. */
const KNOWN_WRONG = /claude-3-7-sonnet/;
const OUT = join(import.meta.dirname, "../shared/data/ability-lines.json");

function main(argv: readonly string[]): void {
  const folder = dataFolderOf(argv);
  if (!hasSavedPayloads(folder)) {
    console.error(`Cannot fit: no saved payloads under ${folder} (--data names their folder)`);
    process.exitCode = 1;
    return;
  }
  const held = JSON.parse(readFileSync(OUT, "utf8")) as AbilityLines;
  const points = toPoints(folder, held.anchors);
  const { line, looErrors } = fitLine(points);
  for (const p of [...points].sort((a, b) => b.theta - a.theta)) {
    const predicted = line.intercept + line.slope * p.g;
    console.log(
      `${p.name.padEnd(34)} theta ${p.theta.toFixed(2)} line ${predicted.toFixed(2)} g ${p.g.toFixed(2)} sd(g) ${p.sd.toFixed(2)}`,
    );
  }
  console.log({
    ...line,
    rho: roundTo(
      spearman(
        points.map((p) => p.g),
        points.map((p) => p.theta),
      ),
      3,
    ),
    looMax: roundTo(Math.max(...looErrors.map(Math.abs)), 2),
  });
  if (argv.includes("--dry")) return;
  writeFileSync(OUT, `${JSON.stringify({ ...held, agentic_coding: line }, null, 2)}\n`);
}

function toPoints(folder: string, anchors: Anchors): Point[] {
  const { input } = readCatalogueSources(folder);
  const { facts, matrix } = prepareMatrix(input);
  const fit = fitFactor(matrix, { domain: "agentic_coding", anchors, knownOf: toKnown(facts) });
  if (fit === null) throw new Error("no benchmark holds both anchor models");
  const ids = [...new Set([...facts.map((f) => f.id), ...matrix.rows.map((row) => row.id)])];
  const released = new Map(facts.map((f) => [f.id, f.releaseDate]));
  const resolve = createResolver(
    ids.map((id) => ({ id, released: released.get(id) ?? null })),
    input.aliases,
  );
  const file = JSON.parse(readFileSync(join(folder, "routing-bench/theta.open.json"), "utf8")) as {
    models: Measured[];
  };
  return file.models.flatMap((m) => {
    if (KNOWN_WRONG.test(m.model)) return [];
    const found = resolve(m.model);
    if (!("id" in found)) {
      console.log(`unresolved: ${m.model} (${found.reason})`);
      return [];
    }
    // The measured runs used each model's usual setting; where only other efforts have rows, `default` is their level.
    const score =
      fit.scores.find((s) => s.id === found.id && s.effort === found.effort) ??
      fit.scores.find((s) => s.id === found.id);
    if (score === undefined) console.log(`no factor: ${m.model} -> ${found.id}`);
    return score === undefined ? [] : [{ name: `${m.model}`, g: score.g, sd: score.sd, theta: m.theta, se: m.se }];
  });
}

function fitLine(points: readonly Point[]): { readonly line: AbilityLine; readonly looErrors: readonly number[] } {
  const all = leastSquares(points);
  const looErrors = points.map((p) => {
    const line = leastSquares(points.filter((other) => other !== p));
    return p.theta - line.intercept - line.slope * p.g;
  });
  const looRmse = Math.sqrt(mean(looErrors.map((e) => e ** 2)));
  const own = Math.max(0, looRmse ** 2 - mean(points.map((p) => p.se ** 2)));
  const predicted = mean(points.map((p) => (all.slope * p.sd) ** 2));
  return {
    line: {
      slope: roundTo(all.slope, 4),
      intercept: roundTo(all.intercept, 4),
      looRmse: roundTo(looRmse, 4),
      sdScale: roundTo(Math.sqrt(own / predicted), 4),
      n: points.length,
    },
    looErrors,
  };
}

function leastSquares(points: readonly Point[]): { readonly slope: number; readonly intercept: number } {
  const mx = mean(points.map((p) => p.g));
  const my = mean(points.map((p) => p.theta));
  const slope = mean(points.map((p) => (p.g - mx) * (p.theta - my))) / mean(points.map((p) => (p.g - mx) ** 2));
  return { slope, intercept: my - slope * mx };
}

function spearman(a: readonly number[], b: readonly number[]): number {
  const ranks = (x: readonly number[]): number[] =>
    x.map((v) => x.filter((w) => w < v).length + (x.filter((w) => w === v).length - 1) / 2);
  const [ra, rb] = [ranks(a), ranks(b)];
  const m = (a.length - 1) / 2;
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((s, v, i) => s + (v - m) * ((y[i] ?? 0) - m), 0);
  return dot(ra, rb) / Math.sqrt(dot(ra, ra) * dot(rb, rb));
}

main(process.argv.slice(2));
