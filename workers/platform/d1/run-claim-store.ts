import { and, eq, gt, ne, or, type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { parseStoredJson } from "./parse-stored.ts";
import { rawStatement } from "./raw-statement.ts";
import { type LoadedRun, runQueries, toLoadedRun } from "./run-load.ts";
import { bookUnknown } from "./run-money-store.ts";
import { calls } from "./run-money-tables.ts";
import { toCallRow } from "./run-read-store.ts";
import type { RunCallRow, RunModel, StepKey } from "./run-row.ts";
import { isClaimable, isStep } from "./runs-store.ts";
import { runEvents, runs, runTexts, steps } from "./runs-tables.ts";
import { storedModelsSchema } from "./stored-run.ts";
import { tryQuery } from "./try-query.ts";

export interface Claim extends StepKey {
  readonly leaseToken: string;
  readonly leaseMs: number;
  /** What one tenant may have going at once, over all its runs. */
  readonly runsPerTenant: number;
  readonly stepsPerTenant: number;
  readonly nowMs: number;
}

export type Claimed =
  | {
      readonly kind: "claimed";
      readonly loaded: LoadedRun;
      readonly models: readonly RunModel[];
      /** Of this step, in order. */
      readonly calls: readonly RunCallRow[];
      /** null = erased. */
      readonly sealedTexts: string | null;
    }
  /** A probe has no plan: it only shows that the consumer answers. */
  | { readonly kind: "probe" }
  /** It failed a moment ago and is to be tried again then. */
  | { readonly kind: "early"; readonly waitMs: number }
  /** The tenant has as much going as it may; a step that ends hands its place on. */
  | { readonly kind: "busy" }
  /** Settled, held by another, canceled or unknown. */
  | { readonly kind: "nothing" };

/**
 * Whether the tenant has a place for this step. Telling of an end, and a probe, take none; a run that has started keeps
 * its place until it ends or waits for somebody.
 */
function hasPlace({ runId, runsPerTenant, stepsPerTenant, nowMs }: Claim): SQL {
  const moving = sql`(select count(*) from steps as other where other.tenant_id = ${steps}.tenant_id and other.state = 'running' and other.lease_expires_at_ms > ${nowMs} and other.kind not in ('deliver', 'probe'))`;
  const started = sql`(select count(*) from runs as other where other.tenant_id = ${steps}.tenant_id and other.state = 'running' and other.started_at_ms is not null and other.plan is not null and other.id <> ${runId})`;
  const isStarted = sql`exists (select 1 from runs as own where own.id = ${runId} and own.started_at_ms is not null)`;
  return sql`(${steps.kind} in ('deliver', 'probe') or (${moving} < ${stepsPerTenant} and (${isStarted} or ${started} < ${runsPerTenant})))`;
}

const holds = ({ runId, stepId, leaseToken }: StepKey & { readonly leaseToken: string }): SQL =>
  sql`exists (select 1 from ${steps} where ${steps.runId} = ${runId} and ${steps.stepId} = ${stepId} and ${steps.leaseToken} = ${leaseToken})`;

/** Everything that taking a step changes; each statement after the first holds only if that one took it. */
function toStatements(db: Db, claim: Claim) {
  const { runId, stepId, leaseToken, nowMs } = claim;
  const isHeld = holds(claim);
  const orphans = sql`${calls.runId} = ${runId} and ${calls.stepId} = ${stepId} and ${calls.leaseToken} <> ${leaseToken} and ${isHeld}`;
  const timeoutMs = sql`(${runs.settings} ->> 'runTimeoutMs')`;
  return [
    db
      .update(steps)
      .set({
        ...{ state: "running", leaseToken, leaseExpiresAtMs: nowMs + claim.leaseMs },
        attempts: sql`${steps.attempts} + 1`,
        startedAtMs: sql`coalesce(${steps.startedAtMs}, ${nowMs})`,
        notBeforeMs: null,
      })
      .where(and(isStep(claim), isClaimable(nowMs), hasPlace(claim))),
    db
      .update(runs)
      .set({
        version: sql`${runs.version} + 1`,
        updatedAtMs: nowMs,
        startedAtMs: sql`coalesce(${runs.startedAtMs}, ${nowMs})`,
        deadlineAtMs: sql`case when ${runs.startedAtMs} is null then ${nowMs} + ${timeoutMs} else ${runs.deadlineAtMs} end`,
      })
      .where(and(eq(runs.id, runId), isHeld)),
    rawStatement(
      db,
      sql`insert into ${runEvents} (run_id, seq, at_ms, kind, step_id, data)
          select id, version, ${nowMs}, 'step_started', ${stepId}, '{}' from ${runs} where ${runs.id} = ${runId} and ${isHeld}`,
    ),
    ...bookUnknown(db, { where: orphans, nowMs }),
  ] as const;
}

/**
 * Takes a step under a lease, if nobody holds it and its tenant has a place, and brings all that doing it needs, in one
 * transaction. Calls that a dead holder left open are booked at their reservations. Faults: unavailable, malformed_data.
 */
export async function claimRunStep(db: Db, claim: Claim): Promise<Result<Claimed>> {
  const { runId, stepId, nowMs } = claim;
  const [take, move, tell, ...book] = toStatements(db, claim);
  const answers = await tryQuery("claim step", () =>
    db.batch([
      take,
      move,
      tell,
      ...runQueries(db, runId, null),
      db
        .select()
        .from(calls)
        .where(and(eq(calls.runId, runId), eq(calls.stepId, stepId)))
        .orderBy(calls.attempt),
      db.select({ sealed: runTexts.sealed }).from(runTexts).where(eq(runTexts.runId, runId)),
      ...book,
    ]),
  );
  if (!answers.ok) return answers;
  const [, , , [run], stepRows, [budget], made, [texts]] = answers.value;
  const own = stepRows.find((step) => step.stepId === stepId);
  if (run === undefined || own === undefined) return ok({ kind: "nothing" });
  if (own.leaseToken !== claim.leaseToken) {
    if (own.state !== "ready") return ok({ kind: "nothing" });
    const waitMs = (own.notBeforeMs ?? 0) - nowMs;
    return ok(waitMs > 0 ? { kind: "early", waitMs } : { kind: "busy" });
  }
  if (run.plan === null) return ok({ kind: "probe" });
  const loaded = toLoadedRun(run, { steps: stepRows, budget });
  if (!loaded.ok) return loaded;
  const models = parseStoredJson(storedModelsSchema, `models of run ${runId}`, run.models ?? "");
  if (!models.ok) return models;
  const rows: RunCallRow[] = [];
  for (const call of made) {
    const row = toCallRow(call);
    if (!row.ok) return row;
    rows.push(row.value);
  }
  const sealedTexts = texts?.sealed ?? null;
  return ok({ kind: "claimed", loaded: loaded.value, models: models.value, calls: rows, sealedTexts });
}

/** Whether the lease still stands; with `leaseMs` it is made to last that long from now. Fault: unavailable. */
export async function holdLease(
  db: Db,
  input: StepKey & { readonly leaseToken: string; readonly leaseMs: number | null; readonly nowMs: number },
): Promise<Result<boolean>> {
  const { leaseMs, nowMs } = input;
  const mine = and(isStep(input), eq(steps.leaseToken, input.leaseToken), eq(steps.state, "running"));
  const rows = await tryQuery("hold lease", async () =>
    leaseMs === null
      ? db.select({ id: steps.stepId }).from(steps).where(mine)
      : db
          .update(steps)
          .set({ leaseExpiresAtMs: nowMs + leaseMs })
          .where(mine)
          .returning({ id: steps.stepId }),
  );
  return rows.ok ? ok(rows.value.length > 0) : rows;
}

/**
 * Steps of a tenant that wait for a place, oldest first: whoever frees one hands it on. Those of runs that have started
 * come first, so that what was begun ends. Fault: unavailable.
 */
export async function readWaitingSteps(
  db: Db,
  input: { readonly tenantId: string; readonly nowMs: number; readonly limit: number },
): Promise<Result<readonly StepKey[]>> {
  return tryQuery("read waiting steps", () =>
    db
      .select({ runId: steps.runId, stepId: steps.stepId })
      .from(steps)
      .innerJoin(runs, eq(runs.id, steps.runId))
      .where(
        and(
          eq(steps.tenantId, input.tenantId),
          eq(steps.state, "ready"),
          ne(steps.kind, "probe"),
          or(sql`${steps.notBeforeMs} is null`, gt(sql`${input.nowMs}`, steps.notBeforeMs)),
        ),
      )
      .orderBy(sql`${runs.startedAtMs} is null`, steps.enqueuedAtMs)
      .limit(input.limit),
  );
}
