import { and, eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Advance } from "../../../shared/run/advance.ts";
import type { RunState } from "../../../shared/run/job.ts";
import { RUN_LIMITS } from "../../../shared/run/run-limits.ts";
import { isFinalState, type StepStatus } from "../../../shared/run/step.ts";
import type { Db } from "./open-db.ts";
import { rawStatement } from "./raw-statement.ts";
import { deliveredStatements } from "./run-decision.ts";
import type { LoadedRun } from "./run-load.ts";
import { calls } from "./run-money-tables.ts";
import type { RunEventRow } from "./run-row.ts";
import { runEvents, runs, steps } from "./runs-tables.ts";
import { tryQuery } from "./try-query.ts";

export type Statement = BatchItem<"sqlite">;
export type NewEvent = Pick<RunEventRow, "kind" | "stepId" | "data"> & {
  /** Told only if this call is still open before the change: what it costs is booked, and told, once. */
  readonly ofOpenCall?: string;
};

/** How long texts live after the end, so that a late retry of a callback or a look at the run still finds them. */
const TEXTS_GRACE_MS = 3_600_000;

/** What a change of a run writes beside what advance() says. */
export interface RunWrite {
  readonly loaded: LoadedRun;
  readonly advance: Advance;
  readonly nowMs: number;
  /** Told before what advance() brought. */
  readonly events: readonly NewEvent[];
  readonly run?: SQLiteUpdateSetSource<typeof runs>;
  readonly step?: { readonly stepId: string; readonly set: SQLiteUpdateSetSource<typeof steps> };
  /** Other statements of the same transaction. */
  readonly more?: readonly Statement[];
}

function toStepEvent(stepId: string, status: StepStatus): NewEvent {
  const { state, skipped, escalate, whole } = status;
  const why = skipped === null ? {} : { reason: skipped.kind };
  const check = escalate === null ? {} : { escalate };
  return { kind: `step_${state}`, stepId, data: { ...why, ...check, ...(whole ? {} : { whole }) } };
}

/** Events of a change, those of steps in plan order, that of the run last. */
export function toEvents({ changes, state, end }: Advance, before: RunState | null): readonly NewEvent[] {
  const ofSteps = changes
    .filter(({ status }) => status.state !== "waiting")
    .map(({ stepId, status }) => toStepEvent(stepId, status));
  if (state === before) return ofSteps;
  return [...ofSteps, { kind: `run_${state}`, stepId: null, data: end === null ? {} : { complete: end.complete } }];
}

/**
 * One statement for all events: `from` is the number of the first that is told, whatever is left out before it. A number
 * that is taken fails the whole batch, which is how a change that was thought too early is found out.
 */
export function insertEvents(
  db: Db,
  input: { runId: string; from: number; atMs: number; events: readonly NewEvent[] },
) {
  const rows = input.events.map(({ kind, stepId, data, ofOpenCall = null }) => ({
    kind,
    stepId,
    data: JSON.stringify(data),
    ofOpenCall,
  }));
  return rawStatement(
    db,
    sql`insert into ${runEvents} (run_id, seq, at_ms, kind, step_id, data)
        select ${input.runId}, ${input.from} - 1 + row_number() over (order by key), ${input.atMs}, value ->> 'kind', value ->> 'stepId', value ->> 'data'
        from json_each(${JSON.stringify(rows)})
        where value ->> 'ofOpenCall' is null
          or exists (select 1 from ${calls} where ${calls.callId} = value ->> 'ofOpenCall' and ${calls.state} = 'reserved')`,
  );
}

const isWait = (state: RunState): state is keyof typeof RUN_LIMITS.waits => state in RUN_LIMITS.waits;

/** When the run's state ends by itself, and when what it holds is erased. */
function toTimes({ row }: LoadedRun, state: RunState, nowMs: number) {
  const none = { deadlineAtMs: null, waitUntilMs: null };
  if (isWait(state)) {
    const stays = state === row.state && row.waitUntilMs !== null;
    return { ...none, waitUntilMs: stays ? row.waitUntilMs : nowMs + RUN_LIMITS.waits[state] };
  }
  if (state === "running") return { ...none, deadlineAtMs: row.deadlineAtMs ?? nowMs + row.settings.runTimeoutMs };
  if (row.endedAtMs !== null) return none;
  const { retentionMs, storeText } = row.settings;
  const eraseResultsAtMs = nowMs + retentionMs;
  const eraseTextsAtMs = storeText ? eraseResultsAtMs : nowMs + TEXTS_GRACE_MS;
  return { ...none, endedAtMs: nowMs, eraseTextsAtMs, eraseResultsAtMs };
}

function updateSteps(db: Db, { loaded: { row }, advance: { changes }, nowMs }: RunWrite) {
  const rows = changes.map(({ stepId, status }) => ({
    stepId,
    ...status,
    skipped: status.skipped === null ? null : JSON.stringify(status.skipped),
    isReady: status.state === "ready",
    isFinal: isFinalState(status.state),
  }));
  return rawStatement(
    db,
    sql`update ${steps} set
          state = now_is.value ->> 'state', skipped = now_is.value ->> 'skipped',
          escalate = now_is.value ->> 'escalate', whole = now_is.value ->> 'whole',
          lease_token = null, lease_expires_at_ms = null, not_before_ms = null,
          enqueued_at_ms = case when now_is.value ->> 'isReady' then ${nowMs} else enqueued_at_ms end,
          settled_at_ms = case when now_is.value ->> 'isFinal' then ${nowMs} else null end
        from json_each(${JSON.stringify(rows)}) as now_is
        where ${steps}.run_id = ${row.runId} and ${steps}.step_id = now_is.value ->> 'stepId'`,
  );
}

function toStatements(db: Db, write: RunWrite, events: readonly NewEvent[]): [Statement, ...Statement[]] {
  const { loaded, advance, nowMs } = write;
  const { runId, version } = loaded.row;
  const isReplanned = advance.run.plan !== loaded.row.plan;
  const update = {
    ...toTimes(loaded, advance.state, nowMs),
    ...(isReplanned ? { plan: JSON.stringify(advance.run.plan) } : {}),
    ...write.run,
    state: advance.state,
    version: version + events.length,
    updatedAtMs: nowMs,
  };
  return [
    insertEvents(db, { runId, from: version + 1, atMs: nowMs, events }),
    db.update(runs).set(update).where(eq(runs.id, runId)),
    ...(advance.changes.length > 0 ? [updateSteps(db, write)] : []),
    ...(write.step === undefined
      ? []
      : [
          db
            .update(steps)
            .set(write.step.set)
            .where(and(eq(steps.runId, runId), eq(steps.stepId, write.step.stepId))),
        ]),
    ...deliveredStatements(db, loaded, advance),
    ...(write.more ?? []),
  ];
}

/**
 * Writes a change in one transaction, if the run still stands as it was loaded. `moved` = somebody else changed it
 * meanwhile, so that the change has to be thought anew. Fault: unavailable.
 */
export async function saveAdvance(db: Db, write: RunWrite): Promise<Result<"saved" | "moved">> {
  const { row } = write.loaded;
  const events = [...write.events, ...toEvents(write.advance, row.state)];
  if (events.length === 0) throw new Error("a change of a run without an event");
  const saved = await tryQuery("change run", () => db.batch(toStatements(db, write, events)));
  if (saved.ok) return ok("saved");
  const version = await readVersion(db, row.runId);
  return version.ok && version.value !== row.version ? ok("moved") : saved;
}

async function readVersion(db: Db, runId: string): Promise<Result<number | undefined>> {
  const rows = await tryQuery("read version of run", () =>
    db.select({ version: runs.version }).from(runs).where(eq(runs.id, runId)),
  );
  return rows.ok ? ok(rows.value[0]?.version) : rows;
}
