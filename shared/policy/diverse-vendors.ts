import type { Scored } from "./rank-list.ts";

/** The first of each maker, in order, and then the rest in order, until there are `count`. */
function spread(scored: readonly Scored[], count: number): readonly Scored[] {
  const seen = new Set<string>();
  const firsts = scored.filter(({ entry }) => {
    const isFirst = seen.size < count && !seen.has(entry.model.vendor);
    if (isFirst) seen.add(entry.model.vendor);
    return isFirst;
  });
  const taken = new Set(firsts);
  return [...firsts, ...scored.filter((one) => !taken.has(one))].slice(0, count);
}

/** The best `count` of a ranking by as many makers as there are; unlinked rows only where linked ones run out. */
export function toDiverseVendors(ranked: readonly Scored[], count: number): readonly Scored[] {
  if (count === 1) return ranked.slice(0, 1);
  const linked = spread(
    ranked.filter(({ entry }) => entry.linked),
    count,
  );
  const unlinked = ranked.filter(({ entry }) => !entry.linked);
  return [...linked, ...spread(unlinked, count - linked.length)];
}
