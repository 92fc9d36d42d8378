import { carryRows, type SeenRow } from "../../shared/catalog/carry-rows.ts";
import type { SnapshotBasis } from "../../shared/catalog/guards.ts";
import { mergeFacts } from "../../shared/catalog/merge-facts.ts";
import { REFRESH_LIMITS } from "../../shared/catalog/refresh-limits.ts";
import type { SpeedRow } from "../../shared/catalog/sources/artificial-analysis.ts";
import type { ModelFacts } from "../../shared/catalog/sources/model-facts.ts";
import type { BenchmarkRow, Reject } from "../../shared/catalog/sources/source.ts";
import type { CollectedSource } from "./collect-sources.ts";

/** Everything a catalogue is made from. */
export interface Gathered {
  readonly facts: readonly ModelFacts[];
  readonly rows: readonly SeenRow[];
  readonly carriedCount: number;
  readonly speeds: readonly SpeedRow[];
  readonly rejected: readonly Reject[];
  readonly basis: SnapshotBasis;
}

/** Why there is nothing to make a catalogue from; null = there is. */
export function findGap(collected: readonly CollectedSource[]): string | null {
  const asked = collected.filter(({ state }) => state !== "off");
  if (asked.length === 0) return "every source is off by configuration";
  if (!asked.some(({ state }) => state === "fresh")) return `none of ${asked.length} sources could be read`;
  const hasList = asked.some(({ rows }) => rows.listed.length + rows.facts.length > 0);
  return hasList ? null : "no source gave a list of models";
}

/** What the sources said, with the scores of earlier days (`earlier`) that they show no more. `today` is an ISO day. */
export function gatherInputs(
  collected: readonly CollectedSource[],
  { earlier, today }: { readonly earlier: readonly SeenRow[]; readonly today: string },
): Gathered {
  const listed = collected.flatMap(({ rows }) => rows.listed);
  const second = collected.flatMap(({ rows }) => rows.facts);
  const fresh = collected.flatMap(({ rows }) => rows.scores);
  const { rows, carriedCount } = carryRows(fresh, earlier, { today, maxDays: REFRESH_LIMITS.carry.maxDays });
  const sources = new Set(rows.map(({ source }) => source));
  if (listed.length > 0) sources.add("openrouter");
  if (second.length > 0) sources.add("models_dev");
  return {
    facts: mergeFacts(listed, second),
    rows,
    carriedCount,
    speeds: collected.flatMap((one) => one.rows.speeds),
    rejected: collected.flatMap(({ source, rejected }) =>
      rejected.map((reject) => ({ ...reject, place: `${source}: ${reject.place}` })),
    ),
    basis: { sources: [...sources].sort(), editions: toEditions(fresh) },
  };
}

function toEditions(rows: readonly BenchmarkRow[]): SnapshotBasis["editions"] {
  const bySource = new Map<string, Set<string>>();
  for (const { source, release } of rows) bySource.set(source, (bySource.get(source) ?? new Set()).add(release));
  return Object.fromEntries([...bySource].map(([source, editions]) => [source, [...editions].sort()]));
}
