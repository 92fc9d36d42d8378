import { and, eq, isNull, type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import { type Advance, startRun } from "../../../shared/run/advance.ts";
import type { Plan, RunKind } from "../../../shared/run/job.ts";
import { RUN_LIMITS } from "../../../shared/run/run-limits.ts";
import { type GovernanceEventRow, insertEventsQuery } from "./governance-events-store.ts";
import type { Db } from "./open-db.ts";
import { rawStatement } from "./raw-statement.ts";
import { idempotencyKeys } from "./run-doors-tables.ts";
import { dayScope, keyScope, runScope } from "./run-load.ts";
import { toReset } from "./run-money-store.ts";
import { budgets } from "./run-money-tables.ts";
import type { RunModel, RunSettings, StepKey } from "./run-row.ts";
import { type NewEvent, toEvents } from "./run-write.ts";
import { runEvents, runs, runTexts, steps } from "./runs-tables.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

/** How long an accepted run may wait for its turn before it expires; its own time starts with its first step. */
const QUEUE_WAIT_MS = 86_400_000;

export interface NewRun {
  readonly runId: string;
  readonly tenantId: string;
  readonly keyId: string | null;
  readonly kind: RunKind;
  readonly decisionId: string | null;
  readonly taskId: string | null;
  readonly plan: Plan;
  readonly settings: RunSettings;
  readonly requiresApproval: boolean;
  /** What lifts the gate from the start: the decision was approved before; null or left out = nothing yet. */
  readonly approval?: { readonly id: string; readonly approvedBy: string } | null;
  /** Every model that the plan names, fallbacks included, where a price is known. */
  readonly models: readonly RunModel[];
  readonly sealedTexts: string;
  readonly taskSha256: string;
  readonly taskBytes: number;
  readonly capMicroUsd: number;
  /** null = no cap of that kind. */
  readonly keyCapMicroUsd: number | null;
  readonly dayCapMicroUsd: number | null;
  /** The request's key, begun by beginIdempotency(), and the answer to replay. */
  readonly idempotency: {
    readonly endpoint: string;
    readonly key: string;
    readonly token: string;
    readonly status: number;
    readonly body: string;
  } | null;
  /** What governance said of its steps. */
  readonly governanceEvents?: readonly GovernanceEventRow[];
  readonly nowMs: number;
}

export type Acceptance =
  | { readonly kind: "accepted"; readonly released: readonly StepKey[] }
  /** Another request holds the idempotency key by now; nothing was saved. */
  | { readonly kind: "lost_key" };

/** What the run begins with; the same for its row, its steps, its events and the queue. */
const begin = ({ plan, requiresApproval, approval = null }: NewRun): Advance =>
  startRun(plan, { requiresApproval: requiresApproval && approval === null });

function toStored(run: NewRun): typeof runs.$inferInsert & Required<typeof runs.$inferSelect> {
  const { runId, plan, settings, models, nowMs } = run;
  const { state } = begin(run);
  const { approval = null } = run;
  const isWaiting = state === "awaiting_approval" || state === "awaiting_verdict";
  return {
    ...{ id: runId, tenantId: run.tenantId, kind: run.kind, state, keyId: run.keyId },
    ...{ decisionId: run.decisionId, taskId: run.taskId, taskSha256: run.taskSha256, taskBytes: run.taskBytes },
    ...{ plan: JSON.stringify(plan), settings: JSON.stringify(settings), models: JSON.stringify(models) },
    ...{ requiresApproval: run.requiresApproval, approvalId: approval?.id ?? null },
    ...{ approvedBy: approval?.approvedBy ?? null, approvedAtMs: approval === null ? null : nowMs },
    ...{ dayCapMicroUsd: run.dayCapMicroUsd, hasKeyCap: run.keyCapMicroUsd !== null && run.keyId !== null },
    ...{ createdAtMs: nowMs, updatedAtMs: nowMs, startedAtMs: null, endedAtMs: null, version: 0 },
    deadlineAtMs: isWaiting ? null : nowMs + QUEUE_WAIT_MS,
    waitUntilMs: isWaiting ? nowMs + RUN_LIMITS.waits[state] : null,
    ...{ eraseTextsAtMs: null, eraseResultsAtMs: null, erasedAtMs: null },
  };
}

/** Steps as rows, where the run was saved. */
function insertSteps(db: Db, run: NewRun, isSaved: SQL) {
  const { plan, runId, tenantId, nowMs } = run;
  const { steps: statuses } = begin(run).run;
  const rows = plan.steps.map(({ stepId, kind }, position) => ({
    ...{ stepId, kind, position },
    state: statuses.get(stepId)?.state,
  }));
  return rawStatement(
    db,
    sql`insert into ${steps} (run_id, step_id, tenant_id, state, attempts, enqueued_at_ms, kind, position)
        select ${runId}, value ->> 'stepId', ${tenantId}, value ->> 'state', 0, ${nowMs}, value ->> 'kind', value ->> 'position'
        from json_each(${JSON.stringify(rows)}) where ${isSaved}`,
  );
}

function insertEvents(db: Db, run: NewRun, isSaved: SQL) {
  const started = begin(run);
  const accepted: NewEvent = { kind: "run_accepted", stepId: null, data: { kind: run.kind, cap: run.capMicroUsd } };
  const approved: readonly NewEvent[] =
    run.approval == null ? [] : [{ kind: "approved", stepId: null, data: { approvalId: run.approval.id } }];
  const events = [accepted, ...approved, ...toEvents(started, null)].map(({ kind, stepId, data }, i) => ({
    ...{ seq: i + 1, kind, stepId },
    data: JSON.stringify(data),
  }));
  const inserted = rawStatement(
    db,
    sql`insert into ${runEvents} (run_id, seq, at_ms, kind, step_id, data)
        select ${run.runId}, value ->> 'seq', ${run.nowMs}, value ->> 'kind', value ->> 'stepId', value ->> 'data'
        from json_each(${JSON.stringify(events)}) where ${isSaved}`,
  );
  return { inserted, count: events.length };
}

/** The caps that the run falls under. Those of its key and of the day are the policy's of now: they follow the last run. */
function insertBudgets(db: Db, run: NewRun, isSaved: SQL) {
  const { runId, tenantId, keyId, keyCapMicroUsd, dayCapMicroUsd, nowMs } = run;
  const blank = { spentMicroUsd: 0, reservedMicroUsd: 0, overrunMicroUsd: 0, frozen: false };
  const own = { ...blank, scope: runScope(runId), capMicroUsd: run.capMicroUsd };
  const shared = (scope: string, capMicroUsd: number) =>
    db
      .insert(budgets)
      .select(selectRow(budgets, { ...blank, scope, capMicroUsd }, isSaved))
      .onConflictDoUpdate({ target: budgets.scope, set: toReset(capMicroUsd) });
  return [
    db.insert(budgets).select(selectRow(budgets, own, isSaved)),
    ...(keyCapMicroUsd === null || keyId === null ? [] : [shared(keyScope(keyId), keyCapMicroUsd)]),
    ...(dayCapMicroUsd === null ? [] : [shared(dayScope(tenantId, nowMs), dayCapMicroUsd)]),
  ];
}

/**
 * Saves a run whole, in one transaction: row, steps, sealed texts, caps, first events and the answer under its idempotency
 * key. Only then may anybody be told that it was accepted; messages are sent after it and may be lost. Fault: unavailable.
 */
export async function acceptRun(db: Db, run: NewRun): Promise<Result<Acceptance>> {
  const { runId, tenantId, idempotency } = run;
  const own =
    idempotency === null
      ? undefined
      : and(
          eq(idempotencyKeys.tenantId, tenantId),
          eq(idempotencyKeys.endpoint, idempotency.endpoint),
          eq(idempotencyKeys.key, idempotency.key),
          eq(idempotencyKeys.token, idempotency.token),
          isNull(idempotencyKeys.status),
        );
  const mayLand = own === undefined ? sql`1` : sql`exists (select 1 from ${idempotencyKeys} where ${own})`;
  const isSaved = sql`exists (select 1 from ${runs} where ${runs.id} = ${runId})`;
  const events = insertEvents(db, run, isSaved);
  const stored = { ...toStored(run), version: events.count };
  const texts = { runId, sealed: run.sealedTexts };
  const saved = await tryQuery("accept run", () =>
    db.batch([
      db.insert(runs).select(selectRow(runs, stored, mayLand)),
      insertSteps(db, run, isSaved),
      db.insert(runTexts).select(selectRow(runTexts, texts, isSaved)),
      events.inserted,
      db.select({ id: runs.id }).from(runs).where(eq(runs.id, runId)),
      ...insertBudgets(db, run, isSaved),
      ...(run.governanceEvents === undefined ? [] : [insertEventsQuery(db, run.governanceEvents, isSaved)]),
      ...(idempotency === null
        ? []
        : [
            db
              .update(idempotencyKeys)
              .set({ status: idempotency.status, body: idempotency.body })
              .where(and(own, isSaved)),
          ]),
    ]),
  );
  if (!saved.ok) return saved;
  if (saved.value[4].length === 0) return ok({ kind: "lost_key" });
  const { released } = begin(run);
  return ok({ kind: "accepted", released: released.map((stepId) => ({ runId, stepId })) });
}
