import { quantile } from "../../shared/base/stats.ts";
import { toRandom } from "../../shared/policy/testing/random-catalog.ts";
import type { Interval } from "./clopper-pearson.ts";

/** Draws and seed are fixed, so that two runs on the same rows print the same intervals. */
export const BOOTSTRAP_DRAWS = 1000;
const SEED = 17;

/** Row numbers that are drawn together: one list a source, or one a row. */
export type Groups = readonly (readonly number[])[];

/**
 * Groups of a slice. Rows of one source resemble each other, so they are drawn together; a row without a source stands
 * alone. Where one source is all there is, its rows are drawn one by one: the interval then speaks of that source only.
 */
export function toGroups(indexes: readonly number[], sourceOf: (index: number) => string | null): Groups {
  const bySource = new Map<string, number[]>();
  const alone: number[][] = [];
  for (const index of indexes) {
    const source = sourceOf(index);
    const group = source === null ? undefined : bySource.get(source);
    if (group !== undefined) group.push(index);
    else if (source === null) alone.push([index]);
    else bySource.set(source, [index]);
  }
  const groups = [...bySource.values(), ...alone];
  return groups.length === 1 ? indexes.map((index) => [index]) : groups;
}

/** As many groups as there are, drawn with replacement, BOOTSTRAP_DRAWS times; `measure` sees the drawn rows. */
export function bootstrap<T>(groups: Groups, measure: (indexes: readonly number[]) => T): readonly T[] {
  const random = toRandom(SEED);
  return Array.from({ length: BOOTSTRAP_DRAWS }, () => {
    const drawn: number[] = [];
    for (let n = 0; n < groups.length; n += 1) {
      for (const index of groups[Math.floor(random() * groups.length)] ?? []) drawn.push(index);
    }
    return measure(drawn);
  });
}

/** The middle 95 % of finite draws; null when there is none (a figure that no draw could give). */
export function toInterval(draws: readonly number[]): Interval | null {
  const finite = draws.filter(Number.isFinite);
  return finite.length === 0 ? null : { low: quantile(finite, 0.025), high: quantile(finite, 0.975) };
}
