import { and, asc, desc, eq, gt, lt, or, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { COMPLEXITY_TIERS, DISPATCH_MODES, EFFORT_HINTS } from "../../../shared/policy/governance/routing-file.ts";
import type { GovernanceEvent } from "../../../shared/policy/governance/telemetry.ts";
import { governanceEvents } from "./governance-tables.ts";
import type { Db } from "./open-db.ts";
import { parseStored } from "./parse-stored.ts";
import { rawStatement } from "./raw-statement.ts";
import { tryQuery } from "./try-query.ts";

export const EVENT_SOURCES = ["decision", "step", "ask"] as const;

/** An event as it is kept. */
export interface GovernanceEventRow extends GovernanceEvent {
  readonly id: string;
  readonly tenantId: string;
  readonly source: (typeof EVENT_SOURCES)[number];
  /** Of the last change. */
  readonly updatedAtMs: number;
}

export const rowSchema: z.ZodType<GovernanceEventRow> = z.object({
  id: z.string(),
  tenantId: z.string(),
  source: z.enum(EVENT_SOURCES),
  atMs: z.int(),
  updatedAtMs: z.int(),
  governanceVersion: z.string(),
  agent: z.string().nullable(),
  role: z.string(),
  tier: z.enum(COMPLEXITY_TIERS).nullable(),
  effectiveTier: z.enum(COMPLEXITY_TIERS).nullable(),
  mode: z.enum(DISPATCH_MODES),
  modelAsked: z.string(),
  modelUsed: z.string().nullable(),
  attempt: z.int().nullable(),
  capped: z.boolean(),
  waitingApproval: z.boolean(),
  hint: z.enum(EFFORT_HINTS),
  hintHonoured: z.boolean().nullable(),
  decisionId: z.string().nullable(),
  runId: z.string().nullable(),
  stepId: z.string().nullable(),
  outcome: z.enum(["success", "failure"]).nullable(),
  costMicroUsd: z.int().nullable(),
});

const COLUMNS: readonly (readonly [keyof GovernanceEventRow, string])[] = [
  ["id", "id"],
  ["tenantId", "tenant_id"],
  ["source", "source"],
  ["atMs", "at_ms"],
  ["updatedAtMs", "updated_at_ms"],
  ["governanceVersion", "governance_version"],
  ["agent", "agent"],
  ["role", "role"],
  ["tier", "tier"],
  ["effectiveTier", "effective_tier"],
  ["mode", "mode"],
  ["modelAsked", "model_asked"],
  ["modelUsed", "model_used"],
  ["attempt", "attempt"],
  ["capped", "capped"],
  ["waitingApproval", "waiting_approval"],
  ["hint", "hint"],
  ["hintHonoured", "hint_honoured"],
  ["decisionId", "decision_id"],
  ["runId", "run_id"],
  ["stepId", "step_id"],
  ["outcome", "outcome"],
  ["costMicroUsd", "cost_micro_usd"],
];

/** One statement that writes any number of rows, where `condition` holds inside the same transaction. */
export function insertEventsQuery(db: Db, rows: readonly GovernanceEventRow[], condition: SQL = sql`1`) {
  const names = sql.raw(COLUMNS.map(([, column]) => column).join(", "));
  const values = sql.raw(COLUMNS.map(([key]) => `value ->> '${key}'`).join(", "));
  return rawStatement(
    db,
    sql`insert into ${governanceEvents} (${names})
        select ${values} from json_each(${JSON.stringify(rows)}) where ${condition} on conflict do nothing`,
  );
}

/** Fault: unavailable. */
export async function saveGovernanceEvents(db: Db, rows: readonly GovernanceEventRow[]): Promise<Result<void>> {
  const saved = await tryQuery("save governance events", () => db.batch([insertEventsQuery(db, rows)]));
  return saved.ok ? ok(undefined) : saved;
}

/** What somebody said of an attempt of a decision, where `condition` holds. */
interface AttemptOutcome {
  readonly tenantId: string;
  readonly decisionId: string;
  readonly attempt: number;
  /** The step of a run that answered; null = no run did the attempt. */
  readonly answeredBy: { readonly runId: string; readonly stepId: string } | null;
  readonly outcome: "success" | "failure";
  readonly costMicroUsd: number | null;
  readonly atMs: number;
  readonly condition: SQL;
}

/**
 * What an attempt came to, as a statement of the batch that says so; the last word stands. It is told of the step that
 * answered, whose cost the books know better, else of the decision, whose row is of the model that was decided: its later
 * attempts do not count.
 */
export function attemptOutcomeQuery(db: Db, { tenantId, outcome, costMicroUsd, atMs, ...said }: AttemptOutcome) {
  const { id, runId, stepId, source } = governanceEvents;
  const steps = db
    .select({ id })
    .from(governanceEvents)
    .where(and(eq(runId, said.answeredBy?.runId ?? ""), eq(stepId, said.answeredBy?.stepId ?? "")));
  const isDecision = and(
    eq(source, "decision"),
    eq(governanceEvents.decisionId, said.decisionId),
    sql`not exists ${steps}`,
    said.attempt === 0 ? sql`1` : sql`0`,
  );
  const cost = sql`case when ${source} = 'decision' then coalesce(${costMicroUsd}, ${governanceEvents.costMicroUsd}) else ${governanceEvents.costMicroUsd} end`;
  return db
    .update(governanceEvents)
    .set({ outcome, updatedAtMs: atMs, costMicroUsd: cost })
    .where(and(eq(governanceEvents.tenantId, tenantId), or(sql`${id} in ${steps}`, isDecision), said.condition));
}

/** How a step of a run ended; `model` null = nobody answered. */
export interface StepOutcome {
  readonly runId: string;
  readonly stepId: string;
  readonly outcome: "success" | "failure" | null;
  readonly waitingApproval: boolean;
  /** `standIns`: how many of the step's models were passed over before the one that answered. */
  readonly used: { readonly model: string; readonly standIns: number } | null;
  readonly costMicroUsd: number;
  readonly atMs: number;
}

/** The same of a step. Costs of its calls add up; a step that waited and was approved goes on in its row. */
export function stepOutcomeQuery(db: Db, { runId, stepId, outcome, waitingApproval, used, ...said }: StepOutcome) {
  return db
    .update(governanceEvents)
    .set({
      ...{ outcome, updatedAtMs: said.atMs },
      // That it had to wait is what the report counts, however soon somebody approved.
      ...(waitingApproval ? { waitingApproval } : {}),
      costMicroUsd: sql`coalesce(${governanceEvents.costMicroUsd}, 0) + ${said.costMicroUsd}`,
      ...(used === null ? {} : { modelUsed: used.model, attempt: sql`${governanceEvents.attempt} + ${used.standIns}` }),
    })
    .where(and(eq(governanceEvents.runId, runId), eq(governanceEvents.stepId, stepId)));
}

/** What a check said of a step's answer. */
export const judgedStepQuery = (
  db: Db,
  {
    runId,
    stepId,
    outcome,
    atMs,
  }: Pick<StepOutcome, "runId" | "stepId" | "atMs"> & { readonly outcome: "success" | "failure" },
) =>
  db
    .update(governanceEvents)
    .set({ outcome, updatedAtMs: atMs })
    .where(and(eq(governanceEvents.runId, runId), eq(governanceEvents.stepId, stepId)));

/** Fault: malformed_data. */
function toRows(rows: readonly unknown[]): Result<readonly GovernanceEventRow[]> {
  return parseStored(z.array(rowSchema), "governance events", rows);
}

/** The tenant's newest events since a time, newest first. Faults: unavailable, malformed_data. */
export async function readGovernanceEvents(
  db: Db,
  { tenantId, sinceMs, limit }: { readonly tenantId: string; readonly sinceMs: number; readonly limit: number },
): Promise<Result<readonly GovernanceEventRow[]>> {
  const { tenantId: tenant, atMs } = governanceEvents;
  const rows = await tryQuery("read governance events", () =>
    db
      .select()
      .from(governanceEvents)
      .where(and(eq(tenant, tenantId), gt(atMs, sinceMs)))
      .orderBy(desc(atMs), governanceEvents.id)
      .limit(limit),
  );
  return rows.ok ? toRows(rows.value) : rows;
}

/** A place in the order of change. */
export interface EventCursor {
  readonly updatedAtMs: number;
  readonly id: string;
}

/** The tenant's events behind a place, in the order of their last change. Faults: unavailable, malformed_data. */
export async function exportGovernanceEvents(
  db: Db,
  { tenantId, after, limit }: { readonly tenantId: string; readonly after: EventCursor | null; readonly limit: number },
): Promise<Result<readonly GovernanceEventRow[]>> {
  const { tenantId: tenant, updatedAtMs, id } = governanceEvents;
  const behind =
    after === null
      ? undefined
      : or(gt(updatedAtMs, after.updatedAtMs), and(eq(updatedAtMs, after.updatedAtMs), gt(id, after.id)));
  const rows = await tryQuery("export governance events", () =>
    db
      .select()
      .from(governanceEvents)
      .where(and(eq(tenant, tenantId), behind))
      .orderBy(asc(updatedAtMs), asc(id))
      .limit(limit),
  );
  return rows.ok ? toRows(rows.value) : rows;
}

/** Erases what is older than is kept, a bounded number at a time. Fault: unavailable. */
export async function forgetGovernanceEvents(
  db: Db,
  { beforeMs, limit }: { readonly beforeMs: number; readonly limit: number },
): Promise<Result<void>> {
  const { id, atMs } = governanceEvents;
  const old = db.select({ id }).from(governanceEvents).where(lt(atMs, beforeMs)).limit(limit);
  const erased = await tryQuery("forget governance events", () =>
    db.delete(governanceEvents).where(sql`${id} in ${old}`),
  );
  return erased.ok ? ok(undefined) : erased;
}
