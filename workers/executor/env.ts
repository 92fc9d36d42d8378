import type { StepMessage } from "../../shared/run/step.ts";
import { randomBytes } from "../platform/crypto.ts";
import { openDb } from "../platform/d1/open-db.ts";
import { claimStep, markStepDead, settleStep, takeStaleSteps } from "../platform/d1/runs-store.ts";
import { ID_RANDOM_BYTES, newId } from "../platform/ids.ts";
import { sendSteps } from "../platform/queue.ts";
import type { AdvanceDeps } from "./advance-run.ts";
import type { BuryDeps } from "./bury-step.ts";
import type { SweepDeps } from "./sweep.ts";

export interface ExecutorEnv {
  readonly DB: D1Database;
  readonly RUN_QUEUE: Queue<StepMessage>;
}

/** Where the platform puts messages that were retried too often (wrangler.toml: dead_letter_queue). */
export const DEAD_LETTER_QUEUE = "spawnpoint-runs-dead";

/** Short, so that a dead holder's step is free again soon. */
const LEASE_MS = 30_000;

export function toDeps(env: ExecutorEnv): AdvanceDeps & BuryDeps & SweepDeps {
  const db = openDb(env.DB);
  const nowMs = (): number => Date.now();
  return {
    nowMs,
    claimStep: async (step) => {
      const leaseToken = newId("lease", { nowMs: nowMs(), random: randomBytes(ID_RANDOM_BYTES) });
      const claimed = await claimStep(db, { ...step, leaseToken, leaseMs: LEASE_MS, nowMs: nowMs() });
      if (!claimed.ok) return claimed;
      return { ok: true, value: claimed.value === null ? null : { leaseToken } };
    },
    settleStep: (step) => settleStep(db, { ...step, nowMs: nowMs() }),
    markStepDead: (step) => markStepDead(db, { ...step, nowMs: nowMs() }),
    takeStaleSteps: (input) => takeStaleSteps(db, input),
    sendSteps: (messages) => sendSteps(env.RUN_QUEUE, messages),
  };
}
