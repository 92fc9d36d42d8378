/** Mean cost of a task in USD and share of tasks solved. */
export interface Point {
  readonly costUsd: number;
  readonly solved: number;
}

/** The upper concave hull of points, cheapest first: what mixing two of them at random can buy. */
export function toUpperHull<P extends Point>(points: readonly P[]): readonly P[] {
  const hull: P[] = [];
  for (const point of [...points].sort((a, b) => a.costUsd - b.costUsd || b.solved - a.solved)) {
    if (point.solved <= (hull.at(-1)?.solved ?? Number.NEGATIVE_INFINITY)) continue;
    for (let b = hull.at(-1), a = hull.at(-2); a && b; b = hull.at(-1), a = hull.at(-2)) {
      const isBent =
        (b.solved - a.solved) * (point.costUsd - b.costUsd) > (point.solved - b.solved) * (b.costUsd - a.costUsd);
      if (isBent) break;
      hull.pop();
    }
    hull.push(point);
  }
  return hull;
}

/**
 * Share that the mix of hull models solves at the same mean cost. Below the cheapest model the mix leaves tasks undone;
 * above the best one it has nothing dearer to add.
 */
export function mixAt(hull: readonly Point[], costUsd: number): number {
  const above = hull.findIndex((point) => point.costUsd >= costUsd);
  const high = hull[above === -1 ? hull.length - 1 : above];
  if (high === undefined) throw new Error("an empty hull has no mix");
  if (above === -1) return high.solved;
  const low = hull[above - 1] ?? { costUsd: 0, solved: 0 };
  if (high.costUsd === low.costUsd) return high.solved;
  return low.solved + ((high.solved - low.solved) * (costUsd - low.costUsd)) / (high.costUsd - low.costUsd);
}

/** Least mean cost at which the mix solves `solved`; null where no mix does. */
export function costOfMix(hull: readonly Point[], solved: number): number | null {
  const above = hull.findIndex((point) => point.solved >= solved);
  const high = hull[above];
  if (high === undefined) return null;
  const low = hull[above - 1];
  if (low === undefined) return high.costUsd;
  return low.costUsd + ((high.costUsd - low.costUsd) * (solved - low.solved)) / (high.solved - low.solved);
}
