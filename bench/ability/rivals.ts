import { mean, standardDeviation } from "../../shared/base/stats.ts";
import type { Scores } from "./agreement.ts";

/**
 * The field's usual composite: each column's z-scores over whoever stands on it, averaged per model, mapped to 0..100
 * by the normal distribution.
 */
export function averageZ(columns: readonly Scores[]): Scores {
  const zs = new Map<string, number[]>();
  for (const column of columns) {
    const values = [...column.values()];
    const [centre, spread] = [mean(values), standardDeviation(values)];
    for (const [id, value] of column) zs.set(id, [...(zs.get(id) ?? []), (value - centre) / (spread || 1)]);
  }
  return new Map([...zs].map(([id, list]) => [id, 100 * normalCdf(mean(list))]));
}

/** Abramowitz and Stegun 26.2.17, error below 7.5e-8. */
function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * poly;
  return z > 0 ? 1 - tail : tail;
}

const ITERATIONS = 300;
/** Every model draws one game with the average model, so that one that only won stays finite. */
const DRAWS = 1;

/** Bradley-Terry: on each column that two models share, the higher value is a won game; log strengths. */
export function bradleyTerry(columns: readonly Scores[]): Scores {
  const ids = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const at = new Map(ids.map((id, i) => [id, i]));
  const games = ids.map(() => new Float64Array(ids.length));
  const wins = new Float64Array(ids.length).fill(DRAWS / 2);
  for (const column of columns) {
    const entries = [...column].map(([id, value]) => ({ i: at.get(id) ?? 0, value }));
    for (const a of entries)
      for (const b of entries) {
        if (a.i === b.i) continue;
        const row = games[a.i];
        if (row !== undefined) row[b.i] = (row[b.i] ?? 0) + 1;
        wins[a.i] = (wins[a.i] ?? 0) + (a.value > b.value ? 1 : a.value === b.value ? 0.5 : 0);
      }
  }
  let strengths = new Float64Array(ids.length).fill(1);
  for (let n = 0; n < ITERATIONS; n++)
    strengths = strengths.map((own, i) => {
      let expected = DRAWS / (own + 1);
      games[i]?.forEach((count, j) => {
        if (count > 0) expected += count / (own + (strengths[j] ?? 1));
      });
      return (wins[i] ?? 0) / expected;
    });
  return new Map(ids.map((id, i) => [id, Math.log(strengths[i] ?? 1)]));
}
