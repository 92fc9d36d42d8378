import { and, asc, eq, type InferSelectModel } from "drizzle-orm";
import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Budget } from "../../../shared/run/budget.ts";
import { RUN_KINDS, RUN_STATES, type RunSnapshot } from "../../../shared/run/job.ts";
import { STEP_STATES, type StepStatus } from "../../../shared/run/step.ts";
import type { Db } from "./open-db.ts";
import { parseStored, parseStoredJson } from "./parse-stored.ts";
import { budgets } from "./run-money-tables.ts";
import type { RunRow } from "./run-row.ts";
import { runs, steps } from "./runs-tables.ts";
import { storedPlanSchema, storedSettingsSchema, storedSkipSchema } from "./stored-run.ts";
import { tryQuery } from "./try-query.ts";

export type StoredStep = InferSelectModel<typeof steps>;
export type StoredBudget = InferSelectModel<typeof budgets>;
type StoredRun = InferSelectModel<typeof runs>;

export const runScope = (runId: string): string => `run:${runId}`;
export const keyScope = (keyId: string): string => `key:${keyId}`;
const DAY_CHARS = "2026-01-01".length;
/** Of the day, in UTC, that a time falls on. */
export const dayScope = (tenantId: string, atMs: number): string =>
  `day:${tenantId}:${new Date(atMs).toISOString().slice(0, DAY_CHARS)}`;

/** A run with its steps, as they stood at `row.version`. */
export interface LoadedRun {
  readonly row: RunRow;
  readonly steps: readonly StoredStep[];
  readonly snapshot: RunSnapshot;
}

export const toBudget = (scope: Budget["scope"], row: StoredBudget): Budget => {
  const { capMicroUsd, spentMicroUsd, reservedMicroUsd, overrunMicroUsd, frozen } = row;
  return { scope, capMicroUsd, spentMicroUsd, reservedMicroUsd, overrunMicroUsd, frozen };
};

const enumsSchema = z.object({ kind: z.enum(RUN_KINDS), state: z.enum(RUN_STATES) });

/** A stored run; `budget` is its own cap's row. Fault: malformed_data, also for a probe, which has no plan. */
export function toRunRow(run: StoredRun, budget: StoredBudget | undefined): Result<RunRow> {
  const what = `run ${run.id}`;
  const enums = parseStored(enumsSchema, what, { kind: run.kind, state: run.state });
  if (!enums.ok) return enums;
  const plan = parseStoredJson(storedPlanSchema, `${what}: plan`, run.plan ?? "");
  if (!plan.ok) return plan;
  const settings = parseStoredJson(storedSettingsSchema, `${what}: settings`, run.settings ?? "");
  if (!settings.ok) return settings;
  if (budget === undefined) return fail({ kind: "malformed_data", what, detail: "no budget" });
  const { id, taskSha256, taskBytes, models: _, eraseTextsAtMs: __, eraseResultsAtMs: ___, ...rest } = run;
  return ok({
    ...rest,
    ...enums.value,
    runId: id,
    plan: plan.value,
    settings: settings.value,
    taskSha256: taskSha256 ?? "",
    taskBytes: taskBytes ?? 0,
    budget: toBudget({ kind: "run", runId: id }, budget),
  });
}

/** Fault: malformed_data. */
export function toStepStatus(step: StoredStep): Result<StepStatus> {
  const what = `step ${step.runId}/${step.stepId}`;
  const state = parseStored(z.enum(STEP_STATES), what, step.state);
  if (!state.ok) return state;
  const skipped = step.skipped === null ? ok(null) : parseStoredJson(storedSkipSchema, what, step.skipped);
  if (!skipped.ok) return skipped;
  return ok({ state: state.value, skipped: skipped.value, escalate: step.escalate, whole: step.whole });
}

/** Faults: malformed_data. */
export function toLoadedRun(
  run: StoredRun,
  rows: { readonly steps: readonly StoredStep[]; readonly budget: StoredBudget | undefined },
): Result<LoadedRun> {
  const row = toRunRow(run, rows.budget);
  if (!row.ok) return row;
  const statuses = new Map<string, StepStatus>();
  for (const step of rows.steps) {
    const status = toStepStatus(step);
    if (!status.ok) return status;
    statuses.set(step.stepId, status.value);
  }
  return ok({ row: row.value, steps: rows.steps, snapshot: { plan: row.value.plan, steps: statuses } });
}

/** The three reads that a loaded run is made of, for a batch. */
export const runQueries = (db: Db, runId: string, tenantId: string | null) =>
  [
    db
      .select()
      .from(runs)
      .where(and(eq(runs.id, runId), tenantId === null ? undefined : eq(runs.tenantId, tenantId))),
    db.select().from(steps).where(eq(steps.runId, runId)).orderBy(asc(steps.position)),
    db
      .select()
      .from(budgets)
      .where(eq(budgets.scope, runScope(runId))),
  ] as const;

/** One moment of a run. `tenantId` null = whoever's it is. Faults: not_found, unavailable, malformed_data. */
export async function loadRun(
  db: Db,
  { runId, tenantId }: { readonly runId: string; readonly tenantId: string | null },
): Promise<Result<LoadedRun>> {
  const rows = await tryQuery("load run", () => db.batch(runQueries(db, runId, tenantId)));
  if (!rows.ok) return rows;
  const [[run], stepRows, [budget]] = rows.value;
  // A probe is no run that anybody asked for.
  if (run === undefined || run.plan === null) return fail({ kind: "not_found", what: "run", id: runId });
  return toLoadedRun(run, { steps: stepRows, budget });
}
