import type { Db } from "../platform/d1/open-db.ts";
import type { RunDeps } from "./run-deps.ts";
import { readRouteState } from "./world.ts";

/** Lock keys are digests, so nothing is ever held under this one. */
const NO_LOCK = "";

/** Binds what the doors of runs read to the database. */
export const bindRun = ({ db, nowMs }: { readonly db: Db; readonly nowMs: () => number }): RunDeps => ({
  readWorld: async (tenantId) => {
    const state = await readRouteState(db, { tenantId, lockKey: NO_LOCK, nowMs: nowMs() });
    return state.ok ? state.value.readWorld() : state;
  },
});
