/** Spawns that are alike, counted; money in integer micro-dollars, over those that have a price alone. */
export interface SpawnGroup {
  /** UTC, YYYY-MM-DD. */
  readonly day: string;
  readonly modelId: string;
  readonly category: string;
  readonly mode: string;
  /** `cascade_cheap`, `cascade_premium` or `other`. */
  readonly part: string;
  readonly count: number;
  readonly priced: number;
  readonly taskMicroUsd: number;
  /** What the priced ones were expected to cost on the model that savings are counted against. */
  readonly referenceMicroUsd: number;
}

/** A count and the money of what of it has a price. */
export interface SpawnSum {
  readonly count: number;
  readonly priced: number;
  readonly taskMicroUsd: number;
  readonly referenceMicroUsd: number;
}

export interface SpawnStats {
  readonly all: SpawnSum;
  readonly byModel: ReadonlyMap<string, SpawnSum>;
  readonly byCategory: ReadonlyMap<string, SpawnSum>;
  readonly byMode: ReadonlyMap<string, SpawnSum>;
  /** In the order of days. */
  readonly byDay: ReadonlyMap<string, SpawnSum>;
  readonly cascade: {
    readonly total: number;
    readonly cheapOnly: number;
    readonly withPremium: number;
    /** Saved by a cascade against its strong model always, on average; below 0 where it escalates too often. */
    readonly meanSavedMicroUsd: number;
  };
}

const EMPTY: SpawnSum = { count: 0, priced: 0, taskMicroUsd: 0, referenceMicroUsd: 0 };

const add = (a: SpawnSum, b: SpawnSum): SpawnSum => ({
  count: a.count + b.count,
  priced: a.priced + b.priced,
  taskMicroUsd: a.taskMicroUsd + b.taskMicroUsd,
  referenceMicroUsd: a.referenceMicroUsd + b.referenceMicroUsd,
});

const sum = (groups: readonly SpawnGroup[]): SpawnSum => groups.reduce(add, EMPTY);

function sumBy(groups: readonly SpawnGroup[], keyOf: (group: SpawnGroup) => string): ReadonlyMap<string, SpawnSum> {
  const sums = new Map<string, SpawnSum>();
  for (const group of groups) sums.set(keyOf(group), add(sums.get(keyOf(group)) ?? EMPTY, group));
  return sums;
}

const meanTask = ({ priced, taskMicroUsd }: SpawnSum): number => (priced === 0 ? 0 : taskMicroUsd / priced);

/** A client that names both models of a cascade at once logs both, so its cascades count as escalated. */
function toCascade(groups: readonly SpawnGroup[]): SpawnStats["cascade"] {
  const cheap = sum(groups.filter(({ part }) => part === "cascade_cheap"));
  const strong = sum(groups.filter(({ part }) => part === "cascade_premium"));
  const withPremium = Math.min(cheap.count, strong.count);
  const cheapOnly = cheap.count - withPremium;
  const strongMicroUsd =
    strong.priced > 0 ? meanTask(strong) : meanTask({ ...cheap, taskMicroUsd: cheap.referenceMicroUsd });
  const saved = cheap.count === 0 ? 0 : strongMicroUsd * (cheapOnly / cheap.count) - meanTask(cheap);
  return { total: cheap.count, cheapOnly, withPremium, meanSavedMicroUsd: Math.round(saved) };
}

/** Adds groups up; their order does not matter. */
export function toSpawnStats(groups: readonly SpawnGroup[]): SpawnStats {
  const byDay = [...groups].sort((a, b) => (a.day < b.day ? -1 : 1));
  return {
    all: sum(groups),
    byModel: sumBy(groups, ({ modelId }) => modelId),
    byCategory: sumBy(groups, ({ category }) => category),
    byMode: sumBy(groups, ({ mode }) => mode),
    byDay: sumBy(byDay, ({ day }) => day),
    cascade: toCascade(groups),
  };
}
