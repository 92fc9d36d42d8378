import { and, eq, isNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import type { FaultKind } from "../../../shared/base/fault.ts";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { RunKind, RunState } from "../../../shared/run/job.ts";
import { STEP_STATES, type StepState } from "../../../shared/run/step.ts";
import type { Db } from "./open-db.ts";
import { parseStored } from "./parse-stored.ts";
import type { StepKey } from "./run-row.ts";
import { runs, steps } from "./runs-tables.ts";
import { tryQuery } from "./try-query.ts";

export type { StepKey } from "./run-row.ts";

export interface StepRow extends StepKey {
  readonly state: StepState;
  /** Why it failed; null unless `state` is failed. */
  readonly faultKind: string | null;
  readonly attempts: number;
  readonly leaseExpiresAtMs: number | null;
  readonly settledAtMs: number | null;
}

export const isStep = (key: StepKey): SQL | undefined => and(eq(steps.runId, key.runId), eq(steps.stepId, key.stepId));

/** A step nobody holds: ready and due, or running under a lease that ran out. */
export const isClaimable = (nowMs: number): SQL | undefined =>
  or(
    and(eq(steps.state, "ready"), sql`coalesce(${steps.notBeforeMs}, 0) <= ${nowMs}`),
    and(eq(steps.state, "running"), lte(steps.leaseExpiresAtMs, nowMs)),
  );

/** Saves a run with its only step, ready, in one transaction; the message is sent after it and may be lost. */
export async function insertRunWithStep(
  db: Db,
  input: StepKey & { readonly tenantId: string; readonly kind: RunKind; readonly nowMs: number },
): Promise<Result<void>> {
  const { runId, stepId, tenantId, kind, nowMs } = input;
  const saved = await tryQuery("save run", () =>
    db.batch([
      db.insert(runs).values({ id: runId, tenantId, kind, state: "running", createdAtMs: nowMs, updatedAtMs: nowMs }),
      db.insert(steps).values({ runId, stepId, state: "ready", attempts: 0, enqueuedAtMs: nowMs }),
    ]),
  );
  return saved.ok ? ok(undefined) : saved;
}

/** Ends steps that match `where` and, once no step of the run is open, the run: failed if any step failed, else done. */
async function endStep(
  db: Db,
  input: {
    readonly key: StepKey;
    readonly where: SQL | undefined;
    readonly fault: FaultKind | null;
    readonly nowMs: number;
  },
): Promise<Result<boolean>> {
  const { key, fault, nowMs } = input;
  const settled: StepState = fault === null ? "done" : "failed";
  const ofRun = sql`select 1 from ${steps} where ${steps.runId} = ${key.runId}`;
  const [ended, failed]: readonly RunState[] = ["done", "failed"];
  const answers = await tryQuery("settle step", () =>
    db.batch([
      db
        .update(steps)
        .set({ state: settled, faultKind: fault, leaseToken: null, leaseExpiresAtMs: null, settledAtMs: nowMs })
        .where(and(isStep(key), input.where))
        .returning({ stepId: steps.stepId }),
      db
        .update(runs)
        .set({
          state: sql`case when exists (${ofRun} and ${steps.state} = 'failed') then ${failed} else ${ended} end`,
          updatedAtMs: nowMs,
        })
        .where(
          and(
            eq(runs.id, key.runId),
            eq(runs.state, "running"),
            sql`not exists (${ofRun} and ${steps.state} in ('ready', 'running'))`,
          ),
        ),
    ]),
  );
  return answers.ok ? ok(answers.value[0].length === 1) : answers;
}

/** Settles a step that is held under `leaseToken`; `fault` null = done. False when the lease was lost meanwhile. */
export const settleStep = (
  db: Db,
  input: StepKey & { readonly leaseToken: string; readonly fault: FaultKind | null; readonly nowMs: number },
): Promise<Result<boolean>> =>
  endStep(db, {
    key: input,
    where: and(eq(steps.state, "running"), eq(steps.leaseToken, input.leaseToken)),
    fault: input.fault,
    nowMs: input.nowMs,
  });

/**
 * Fails a step whose message was given up. False when it is settled, unknown, or held under a live lease: its holder
 * will settle it, and if the holder dies the sweeper sends it again.
 */
export const markStepDead = (
  db: Db,
  input: StepKey & { readonly fault: FaultKind; readonly nowMs: number },
): Promise<Result<boolean>> =>
  endStep(db, {
    key: input,
    where: and(isNull(steps.settledAtMs), isClaimable(input.nowMs)),
    fault: input.fault,
    nowMs: input.nowMs,
  });

/** One step of the tenant's run. Fault: not_found, the same for an unknown and a foreign run. */
export async function readStep(db: Db, input: StepKey & { readonly tenantId: string }): Promise<Result<StepRow>> {
  const rows = await tryQuery("read step", () =>
    db
      .select({ step: steps })
      .from(steps)
      .innerJoin(runs, eq(runs.id, steps.runId))
      .where(and(isStep(input), eq(runs.tenantId, input.tenantId)))
      .limit(1),
  );
  if (!rows.ok) return rows;
  const step = rows.value[0]?.step;
  if (step === undefined) return fail({ kind: "not_found", what: "run", id: input.runId });
  const state = parseStored(z.enum(STEP_STATES), `state of step ${input.runId}`, step.state);
  if (!state.ok) return state;
  const { runId, stepId, faultKind, attempts, leaseExpiresAtMs, settledAtMs } = step;
  return ok({ runId, stepId, state: state.value, faultKind, attempts, leaseExpiresAtMs, settledAtMs });
}

/** A step that waits, or whose holder died, and how often it was claimed. */
export interface StaleStep extends StepKey {
  readonly attempts: number;
}

/**
 * Marks as sent again, and returns, at most `limit` claimable steps whose last message went out before
 * `sentBeforeMs`: their message was lost or their holder died. Oldest first.
 */
export async function takeStaleSteps(
  db: Db,
  input: { readonly nowMs: number; readonly sentBeforeMs: number; readonly limit: number },
): Promise<Result<readonly StaleStep[]>> {
  const stale = and(isClaimable(input.nowMs), lt(steps.enqueuedAtMs, input.sentBeforeMs));
  return tryQuery("take stale steps", () =>
    db
      .update(steps)
      .set({ enqueuedAtMs: input.nowMs })
      .where(
        sql`rowid in (select rowid from ${steps} where ${stale} order by ${steps.enqueuedAtMs} limit ${input.limit})`,
      )
      .returning({ runId: steps.runId, stepId: steps.stepId, attempts: steps.attempts }),
  );
}
