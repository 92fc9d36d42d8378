import type { Fault } from "../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../shared/base/result.ts";
import type { Reject } from "../../shared/catalog/sources/source.ts";
import type { SourceState } from "../platform/d1/source-states-store.ts";
import { readLastGood } from "./read-last-good.ts";
import { NO_ROWS, type SourcePlan, type SourceRows } from "./source-plan.ts";
import { type TryFreshDeps, tryFresh } from "./try-fresh.ts";

export interface CollectDeps extends TryFreshDeps {
  readonly readStates: () => Promise<Result<readonly SourceState[]>>;
  /** Told of a bug: by which source, and what was thrown. */
  readonly reportBug: (source: string, thrown: unknown) => void;
}

/** What one source gave this time. */
export interface CollectedSource {
  readonly source: string;
  /**
   * fresh: asked and answered. stale: failed, rows of the last good bodies. failed: nothing in hand. off: not asked; it has
   * rows only where somebody imported them.
   */
  readonly state: "fresh" | "stale" | "failed" | "off";
  readonly release: string;
  readonly rows: SourceRows;
  readonly rejected: readonly Reject[];
  /** Age of the rows; null without any. */
  readonly ageMs: number | null;
  /** Why it is not fresh; on a fresh one, why its bodies could not be kept. */
  readonly fault: Fault | null;
  /** Why it is off. */
  readonly off: string | null;
}

/** At most this many sources at a time: their bodies share the isolate's memory. */
const LANES = 3;

/**
 * Asks every source, each for itself: whatever becomes of one, the others are asked and read. A source that fails
 * gives the rows of its last good bodies, with their age; only bodies that parse become the last good ones. In the
 * order of `plans`. Fault: unavailable or malformed_data when the stored states cannot be read, and nothing is asked.
 */
export async function collectSources(
  plans: readonly SourcePlan[],
  deps: CollectDeps,
): Promise<Result<readonly CollectedSource[]>> {
  const states = await deps.readStates();
  if (!states.ok) return states;
  const bySource = new Map(states.value.map((state) => [state.source, state]));
  const collected: CollectedSource[] = [];
  const queue = [...plans.entries()];
  const runLane = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const [position, plan] = one;
      collected[position] = await collectOne(plan, bySource.get(plan.source) ?? null, deps);
    }
  };
  await Promise.all(Array.from({ length: LANES }, runLane));
  return ok(collected);
}

async function collectOne(plan: SourcePlan, state: SourceState | null, deps: CollectDeps): Promise<CollectedSource> {
  const { source, release } = plan;
  const blank = { source, release, rows: NO_ROWS, rejected: [], ageMs: null, fault: null, off: null };
  const atMs = deps.nowMs();
  const guard = { source, reportBug: deps.reportBug };
  if (plan.off !== null) {
    const off = { ...blank, state: "off", off: plan.off } as const;
    if (plan.isImported !== true) return off;
    const kept = await guarded(guard, () => readLastGood({ plan, state }, deps));
    if (!kept.ok) return { ...off, state: "failed", fault: kept.fault };
    if (kept.value === null) return off;
    return { ...off, ...kept.value.reading, release: kept.value.release, ageMs: atMs - kept.value.goodAtMs };
  }
  const tried = await guarded(guard, () => tryFresh({ plan, state, atMs }, deps));
  if (tried.ok) return { ...blank, ...tried.value, state: "fresh", ageMs: 0 };
  const { fault } = tried;
  const kept = await guarded(guard, () => readLastGood({ plan, state }, deps));
  if (!kept.ok || kept.value === null) return { ...blank, state: "failed", fault };
  const { reading, goodAtMs } = kept.value;
  return { ...blank, ...reading, release: kept.value.release, state: "stale", ageMs: atMs - goodAtMs, fault };
}

/** A bug in one source's code is reported and takes that source alone. */
async function guarded<T>(
  { source, reportBug }: Pick<CollectDeps, "reportBug"> & { readonly source: string },
  run: () => Promise<Result<T>>,
): Promise<Result<T>> {
  try {
    return await run();
  } catch (thrown) {
    reportBug(source, thrown);
    return fail({ kind: "unavailable", what: `source ${source}`, detail: "a bug, see the log" });
  }
}
