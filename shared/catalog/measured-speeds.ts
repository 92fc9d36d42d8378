import { mean, roundTo } from "../base/stats.ts";
import { abilityKey } from "./ability.ts";
import type { Effort, Speed } from "./model.ts";
import type { RowResolver } from "./resolve-rows.ts";
import type { SpeedRow } from "./sources/artificial-analysis.ts";

/**
 * Speed by (id, effort) from rows that stand under names. An effort without a row of its own has the mean output speed
 * of the id's others, since effort changes how much is written and not how fast; the wait for the first token grows
 * with effort, so it is never borrowed. Rows that no rule places are left out.
 */
export function measuredSpeeds(rows: readonly SpeedRow[], resolve: RowResolver): (id: string, effort: Effort) => Speed {
  const byRow = new Map<string, SpeedRow[]>();
  const byId = new Map<string, SpeedRow[]>();
  const add = (map: Map<string, SpeedRow[]>, key: string, row: SpeedRow): void => {
    map.set(key, [...(map.get(key) ?? []), row]);
  };
  for (const row of rows) {
    const resolution = resolve(row.name, row.source);
    if (!("id" in resolution)) continue;
    add(byRow, abilityKey(resolution.id, resolution.effort), row);
    add(byId, resolution.id, row);
  }
  return (id, effort) => {
    const own = byRow.get(abilityKey(id, effort)) ?? [];
    const outputTokensPerSecond = meanOf(own, "outputTokensPerSecond");
    return {
      outputTokensPerSecond: outputTokensPerSecond ?? meanOf(byId.get(id) ?? [], "outputTokensPerSecond"),
      timeToFirstTokenS: meanOf(own, "timeToFirstTokenS"),
    };
  };
}

function meanOf(rows: readonly SpeedRow[], key: keyof Speed): number | null {
  const known = rows.map((row) => row[key]).filter((value) => value !== null);
  return known.length === 0 ? null : roundTo(mean(known), 2);
}
