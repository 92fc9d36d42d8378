import { and, asc, desc, eq, gt, isNotNull, sql } from "drizzle-orm";
import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { LEDGER_STATES } from "../../../shared/run/budget.ts";
import { RUN_KINDS, RUN_STATES, type RunState } from "../../../shared/run/job.ts";
import { FAILURE_CLASSES } from "../../../shared/run/model-call.ts";
import type { PlannedStep, StepPick } from "../../../shared/run/step.ts";
import type { Db } from "./open-db.ts";
import { parseStored, parseStoredJson } from "./parse-stored.ts";
import { loadRun, type StoredStep, toStepStatus } from "./run-load.ts";
import { budgets, calls } from "./run-money-tables.ts";
import type { RunCallRow, RunEventRow, RunRow, RunStepRow, RunSummary } from "./run-row.ts";
import { runEvents, runs } from "./runs-tables.ts";
import { storedEventDataSchema, storedFindingSchema } from "./stored-run.ts";
import { tryQuery } from "./try-query.ts";

interface OfTenant {
  readonly tenantId: string;
  readonly runId: string;
}

const missing = (runId: string) => fail({ kind: "not_found", what: "run", id: runId });

/** One run of the tenant. Fault: not_found, the same for an unknown and a foreign id. */
export async function readRun(db: Db, input: OfTenant): Promise<Result<RunRow>> {
  const loaded = await loadRun(db, input);
  return loaded.ok ? ok(loaded.value.row) : loaded;
}

const summarySchema = z.object({ kind: z.enum(RUN_KINDS), state: z.enum(RUN_STATES) });

/** A tenant's runs, newest first; `before` is the last one of the page before. Probes are no runs. */
export async function listRuns(
  db: Db,
  input: {
    readonly tenantId: string;
    readonly before: { readonly createdAtMs: number; readonly runId: string } | null;
    readonly limit: number;
    readonly state: RunState | null;
  },
): Promise<Result<readonly RunSummary[]>> {
  const { before, state } = input;
  const rows = await tryQuery("list runs", () =>
    db
      .select({ run: runs, budget: budgets })
      .from(runs)
      .innerJoin(budgets, eq(budgets.scope, sql`'run:' || ${runs.id}`))
      .where(
        and(
          eq(runs.tenantId, input.tenantId),
          isNotNull(runs.plan),
          before === null
            ? undefined
            : sql`(${runs.createdAtMs}, ${runs.id}) < (${before.createdAtMs}, ${before.runId})`,
          state === null ? undefined : eq(runs.state, state),
        ),
      )
      .orderBy(desc(runs.createdAtMs), desc(runs.id))
      .limit(input.limit),
  );
  if (!rows.ok) return rows;
  const summaries: RunSummary[] = [];
  for (const { run, budget } of rows.value) {
    const { id: runId, decisionId, taskId, createdAtMs, updatedAtMs, endedAtMs } = run;
    const enums = parseStored(summarySchema, `run ${runId}`, { kind: run.kind, state: run.state });
    if (!enums.ok) return enums;
    const { capMicroUsd, spentMicroUsd, overrunMicroUsd } = budget;
    const money = { capMicroUsd, spentMicroUsd: spentMicroUsd + overrunMicroUsd };
    summaries.push({ runId, ...enums.value, decisionId, taskId, createdAtMs, updatedAtMs, endedAtMs, ...money });
  }
  return ok(summaries);
}

const callSchema = z.object({ state: z.enum(LEDGER_STATES), failure: z.enum(FAILURE_CLASSES).nullable() });

type StoredCall = typeof calls.$inferSelect;

/** Fault: malformed_data. */
export function toCallRow(call: StoredCall): Result<RunCallRow> {
  const { state, failure, runId: _, leaseToken: __, keyScope: ___, dayScope: ____, ...rest } = call;
  const enums = parseStored(callSchema, `call ${call.callId}`, { state, failure });
  return enums.ok ? ok({ ...rest, ...enums.value }) : enums;
}

/** Calls in the order they were made; those of one step that began at the same time by their number. */
export const CALL_ORDER = [asc(calls.startedAtMs), asc(calls.stepId), asc(calls.attempt)] as const;

const selectCalls = (db: Db, runId: string) =>
  db
    .select()
    .from(calls)
    .where(eq(calls.runId, runId))
    .orderBy(...CALL_ORDER);

/** Whoever was asked last, else whoever is to be. */
function toPick(planned: PlannedStep | undefined, made: readonly StoredCall[]): StepPick | null {
  const last = made.at(-1);
  const picks = planned === undefined || planned.pick === null ? [] : [planned.pick, ...planned.fallbacks];
  return picks[last?.pick ?? 0] ?? null;
}

function toStepRow(step: StoredStep, planned: PlannedStep, made: readonly StoredCall[]): Result<RunStepRow> {
  const status = toStepStatus(step);
  if (!status.ok) return status;
  const finding =
    step.finding === null ? ok(null) : parseStoredJson(storedFindingSchema, `finding of ${step.stepId}`, step.finding);
  if (!finding.ok) return finding;
  const { stepId, position, attempts, faultKind, outputKey, outputBytes, startedAtMs, settledAtMs } = step;
  return ok({
    ...{ stepId, position, kind: planned.kind, status: status.value, claims: attempts, failure: faultKind },
    ...{ pick: toPick(planned, made), finding: finding.value, outputKey, outputBytes, startedAtMs, settledAtMs },
    costMicroUsd: made.reduce((sum, call) => sum + call.settledMicroUsd + call.overrunMicroUsd, 0),
    calls: made.filter(({ state }) => state !== "released").length,
  });
}

/** The steps of a run in plan order. Faults: not_found, malformed_data. */
export async function readRunSteps(db: Db, input: OfTenant): Promise<Result<readonly RunStepRow[]>> {
  const loaded = await loadRun(db, input);
  if (!loaded.ok) return loaded;
  const made = await tryQuery("read calls of run", () => selectCalls(db, input.runId));
  if (!made.ok) return made;
  const rows: RunStepRow[] = [];
  for (const step of loaded.value.steps) {
    const planned = loaded.value.row.plan.steps.find(({ stepId }) => stepId === step.stepId);
    if (planned === undefined) continue;
    const ofStep = made.value.filter(({ stepId }) => stepId === step.stepId);
    const row = toStepRow(step, planned, ofStep);
    if (!row.ok) return row;
    rows.push(row.value);
  }
  return ok(rows);
}

const ownRun = (db: Db, { tenantId, runId }: OfTenant) =>
  db
    .select({ id: runs.id, models: runs.models })
    .from(runs)
    .where(and(eq(runs.id, runId), eq(runs.tenantId, tenantId), isNotNull(runs.plan)));

/** Every provider call of a run, in the order they were made. Faults: not_found, malformed_data. */
export async function readRunCalls(db: Db, input: OfTenant): Promise<Result<readonly RunCallRow[]>> {
  const rows = await tryQuery("read calls of run", () => db.batch([ownRun(db, input), selectCalls(db, input.runId)]));
  if (!rows.ok) return rows;
  if (rows.value[0].length === 0) return missing(input.runId);
  const made: RunCallRow[] = [];
  for (const call of rows.value[1]) {
    const row = toCallRow(call);
    if (!row.ok) return row;
    made.push(row.value);
  }
  return ok(made);
}

/** Events after number `after`, oldest first. Faults: not_found, malformed_data. */
export async function readRunEvents(
  db: Db,
  input: OfTenant & { readonly after: number; readonly limit: number },
): Promise<Result<readonly RunEventRow[]>> {
  const events = db
    .select()
    .from(runEvents)
    .where(and(eq(runEvents.runId, input.runId), gt(runEvents.seq, input.after)))
    .orderBy(asc(runEvents.seq))
    .limit(input.limit);
  const rows = await tryQuery("read events of run", () => db.batch([ownRun(db, input), events]));
  if (!rows.ok) return rows;
  if (rows.value[0].length === 0) return missing(input.runId);
  const found: RunEventRow[] = [];
  for (const { seq, atMs, kind, stepId, data } of rows.value[1]) {
    const parsed = parseStoredJson(storedEventDataSchema, `event ${input.runId}/${seq}`, data);
    if (!parsed.ok) return parsed;
    found.push({ seq, atMs, kind, stepId, data: parsed.value });
  }
  return ok(found);
}
