import { type Fault, toDetail } from "../../shared/base/fault.ts";
import { ok } from "../../shared/base/result.ts";
import { type CollectDeps, type CollectedSource, collectSources } from "../../workers/enricher/collect-sources.ts";
import type { SourcePlan } from "../../workers/enricher/source-plan.ts";
import type { SourceState } from "../../workers/platform/d1/source-states-store.ts";

export interface MemoryWorld {
  readonly deps: CollectDeps;
  readonly states: Map<string, SourceState>;
  readonly bodies: Map<string, Uint8Array<ArrayBuffer>>;
  readonly bugs: string[];
  readonly clock: { nowMs: number };
}

/** Stores in memory and a clock that stands still; requests go out for real. */
export function makeWorld(): MemoryWorld {
  const states = new Map<string, SourceState>();
  const bodies = new Map<string, Uint8Array<ArrayBuffer>>();
  const bugs: string[] = [];
  const clock = { nowMs: Date.UTC(2026, 10, 21) };
  const blank = { release: "", files: [], goodAtMs: null };
  const deps: CollectDeps = {
    fetch: (url, init) => fetch(url, init),
    allowLoopbackHttp: true,
    nowMs: () => clock.nowMs,
    readStates: async () => ok([...states.values()]),
    readBody: async ({ sha256 }) => ok(bodies.get(sha256)?.slice().buffer ?? null),
    saveBody: async ({ sha256, bytes }) => {
      bodies.set(sha256, bytes);
      return ok(undefined);
    },
    saveSuccess: async ({ atMs, ...state }) => {
      const good = { goodAtMs: atMs, triedAtMs: atMs, notBeforeMs: null, faultKind: null, faultDetail: null };
      states.set(state.source, { ...state, ...good });
      return ok(undefined);
    },
    saveFailure: async ({ atMs, ...failure }) => {
      states.set(failure.source, { ...blank, ...states.get(failure.source), ...failure, triedAtMs: atMs });
      return ok(undefined);
    },
    reportBug: (source, thrown) => bugs.push(`${source}: ${thrown instanceof Error ? thrown.name : "?"}`),
  };
  return { deps, states, bodies, bugs, clock };
}

/** What became of one source. */
export async function collectOne(plan: SourcePlan, world: MemoryWorld): Promise<CollectedSource> {
  const collected = await collectSources([plan], world.deps);
  if (!collected.ok) throw new Error(toDetail(collected.fault));
  const [one] = collected.value;
  if (one === undefined) throw new Error("nothing was collected");
  return one;
}

/** State, number of rows, and the kind of fault: what a test looks at first. */
export const brief = ({ state, rows, fault }: CollectedSource): readonly [string, number, Fault["kind"] | null] => [
  state,
  rows.facts.length + rows.listed.length + rows.scores.length,
  fault?.kind ?? null,
];
