import type { Candidate } from "./candidate.ts";
import { compareByCost, compareByUtility } from "./candidate.ts";
import { PARAMETERS } from "./parameters.ts";

export interface Choice {
  readonly pick: Candidate;
  /** Cheapest first; each succeeds more often than the one before by more than the noise. */
  readonly kept: readonly Candidate[];
  /** The concave cost-worth hull of `kept`, cheapest first. */
  readonly hull: readonly Candidate[];
}

/** Going up in cost, keeps a candidate if it is the first or beats the best P kept so far by more than the noise of an ability. */
export function keepAboveNoise(candidates: readonly Candidate[]): readonly Candidate[] {
  const kept: Candidate[] = [];
  let best = Number.NEGATIVE_INFINITY;
  for (const candidate of [...candidates].sort(compareByCost)) {
    if (kept.length > 0 && candidate.success <= best + PARAMETERS.noiseP) continue;
    kept.push(candidate);
    best = candidate.success;
  }
  return kept;
}

/** Whether b lies on or under the line from a to c. */
function isUnder(a: Candidate, b: Candidate, c: Candidate): boolean {
  return (b.worth - a.worth) * (c.totalUsd - a.totalUsd) <= (c.worth - a.worth) * (b.totalUsd - a.totalUsd);
}

/**
 * Upper concave hull in (C, worth) of candidates sorted by cost, from the cheapest to the worthiest. Worth, not P, is
 * the axis: V x worth - C is linear in it, so for every V > 0 a best candidate is a corner of this hull.
 */
export function toHull(byCost: readonly Candidate[]): readonly Candidate[] {
  const hull: Candidate[] = [];
  for (const candidate of byCost) {
    const top = hull.at(-1);
    if (top !== undefined && candidate.worth <= top.worth) continue;
    if (top !== undefined && top.totalUsd === candidate.totalUsd) hull.pop();
    for (let b = hull.at(-1), a = hull.at(-2); a && b && isUnder(a, b, candidate); b = hull.at(-1), a = hull.at(-2))
      hull.pop();
    hull.push(candidate);
  }
  return hull;
}

/** The best candidate by the total order (U desc, C asc, id asc, effort) over those kept. Throws on an empty list: a bug. */
export function choose(candidates: readonly Candidate[]): Choice {
  const kept = keepAboveNoise(candidates);
  const [pick] = [...kept].sort(compareByUtility);
  if (pick === undefined) throw new Error("choose() was called without candidates");
  return { pick, kept, hull: toHull(kept) };
}
