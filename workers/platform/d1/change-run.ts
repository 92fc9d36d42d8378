import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { type LoadedRun, loadRun } from "./run-load.ts";
import type { RunChange } from "./run-row.ts";
import { type RunWrite, saveAdvance } from "./run-write.ts";

/** More than the steps of one run that may settle at once: each of them moves the run once. */
const TRIES = 24;

export type Decided = Omit<RunWrite, "loaded" | "nowMs">;

/**
 * Loads a run, lets `decide` say what happens to it, and writes that; thought anew as often as somebody else was faster.
 * null = nothing is to change. Faults: those of `decide`, not_found, unavailable.
 */
export async function changeRun(
  db: Db,
  { runId, tenantId, nowMs }: { readonly runId: string; readonly tenantId: string | null; readonly nowMs: number },
  decide: (loaded: LoadedRun) => Result<Decided | null>,
): Promise<Result<RunChange>> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const loaded = await loadRun(db, { runId, tenantId });
    if (!loaded.ok) return loaded;
    const decided = decide(loaded.value);
    if (!decided.ok) return decided;
    if (decided.value === null) return ok({ state: loaded.value.row.state, changed: false, released: [] });
    const saved = await saveAdvance(db, { ...decided.value, loaded: loaded.value, nowMs });
    if (!saved.ok) return saved;
    if (saved.value === "moved") continue;
    const { state, released } = decided.value.advance;
    return ok({ state, changed: true, released: released.map((stepId) => ({ runId, stepId })) });
  }
  return fail({ kind: "unavailable", what: "change run", detail: "moved by others every time" });
}
