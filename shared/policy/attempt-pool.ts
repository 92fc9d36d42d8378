import type { Candidate } from "./candidate.ts";
import { compareByCost, compareByUtility, toModelKeys } from "./candidate.ts";
import type { Choice } from "./choose.ts";
import { PARAMETERS } from "./parameters.ts";

/** The first of each model in `ranked`, at most `count`; models with a key in `taken` are passed over. */
export function firstOfEachModel(
  ranked: readonly Candidate[],
  count: number,
  taken: ReadonlySet<string>,
): readonly Candidate[] {
  const seen = new Set(taken);
  const first: Candidate[] = [];
  for (const candidate of ranked) {
    if (first.length >= count) break;
    const keys = toModelKeys(candidate);
    if (keys.some((key) => seen.has(key))) continue;
    for (const key of keys) seen.add(key);
    first.push(candidate);
  }
  return first;
}

/**
 * What a search over several attempts looks at, cheapest first: the kept candidates (the cheapest and the worthiest where they are many) and a few that
 * choose() dropped as near ties, for a tie is useless alone and useful as a second try: those that save most when tried
 * before the pick (P x its C - their C), and the worthiest, to try after it. Bounded, so the search stays far under
 * a millisecond for any catalogue.
 */
export function toAttemptPool(candidates: readonly Candidate[], { pick, kept }: Choice): readonly Candidate[] {
  const { searchKept, searchExtra } = PARAMETERS.cascade;
  const half = Math.ceil(searchKept / 2);
  const worthiest = new Set([...kept].sort(compareByUtility).slice(0, half));
  const core = kept.length <= searchKept ? kept : kept.filter((member, i) => i < half || worthiest.has(member));
  const taken = new Set(kept.flatMap(toModelKeys));
  const saving = (c: Candidate): number => c.success * pick.totalUsd - c.totalUsd;
  const before = firstOfEachModel(
    candidates.filter((c) => saving(c) > 0).sort((a, b) => saving(b) - saving(a) || compareByCost(a, b)),
    Math.ceil(searchExtra / 2),
    taken,
  );
  const after = firstOfEachModel(
    [...candidates].sort(compareByUtility),
    Math.floor(searchExtra / 2),
    new Set([...taken, ...before.flatMap(toModelKeys)]),
  );
  return [...core, ...before, ...after].sort(compareByCost);
}
