import { and, eq, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Effort } from "../../../shared/catalog/model.ts";
import type { RESULTS } from "../../../shared/contract/decisions.ts";
import { TASK_TYPE_LABELS, type TaskType } from "../../../shared/task/labels.ts";
import { decisionLocks, decisions } from "./decisions-tables.ts";
import { insertWhere } from "./insert-where.ts";
import type { Db } from "./open-db.ts";
import { outcomes } from "./outcomes-tables.ts";
import { parseStored } from "./parse-stored.ts";
import { tryQuery } from "./try-query.ts";
import { verdicts } from "./verdicts-tables.ts";

/** How a task ended; `y` is 1 or 0 where that speaks for or against the model, else null. */
export interface NewOutcome {
  readonly id: string;
  readonly decisionId: string;
  readonly tenantId: string;
  readonly attempt: number;
  readonly modelId: string;
  readonly effort: Effort;
  readonly taskType: TaskType;
  readonly result: (typeof RESULTS)[number];
  readonly y: 0 | 1 | null;
  readonly rating: number | null;
  readonly costMicroUsd: number | null;
  readonly predictedP: number;
  readonly createdAtMs: number;
  readonly createdBy: string;
}

/**
 * Saves the outcome of a decision's current attempt, closes the decision if it is open and frees its locks, in one
 * transaction. Faults: conflict when that attempt has an outcome, not_found when it is not this tenant's current one.
 */
export async function saveOutcome(db: Db, outcome: NewOutcome): Promise<Result<void>> {
  const { id, decisionId, tenantId, attempt, createdAtMs } = outcome;
  const own: SQL | undefined = and(
    eq(decisions.id, decisionId),
    eq(decisions.tenantId, tenantId),
    eq(decisions.attempt, attempt),
  );
  const current = sql`exists (select 1 from ${decisions} where ${own})`;
  const landed = sql`exists (select 1 from ${outcomes} where ${outcomes.id} = ${id})`;
  const answers = await tryQuery("save outcome", () =>
    db.batch([
      db.run(sql`${insertWhere(outcomes, outcome, current)} on conflict do nothing`),
      db
        .update(decisions)
        .set({ state: "closed", closedAtMs: createdAtMs })
        .where(and(own, eq(decisions.state, "open"), landed)),
      db.delete(decisionLocks).where(and(eq(decisionLocks.decisionId, decisionId), landed)),
      db
        .select({ id: outcomes.id })
        .from(outcomes)
        .where(
          and(eq(outcomes.decisionId, decisionId), eq(outcomes.tenantId, tenantId), eq(outcomes.attempt, attempt)),
        ),
    ]),
  );
  if (!answers.ok) return answers;
  const [stored] = answers.value[3];
  if (stored === undefined) return fail({ kind: "not_found", what: "decision", id: decisionId });
  if (stored.id === id) return ok(undefined);
  const message = `Cannot record a second outcome for attempt ${attempt}: ${stored.id} says how it ended`;
  return fail({ kind: "conflict", message });
}

/** What one finished attempt says about its model. */
export interface OutcomeRow {
  readonly modelId: string;
  readonly taskType: TaskType;
  readonly y: 0 | 1;
  readonly predictedP: number;
  readonly createdAtMs: number;
}

/** Newest observations read for one decision; with a half-life of weeks the older ones weigh next to nothing. */
const OBSERVATION_LIMIT = 2_000;

const observationRows: z.ZodType<OutcomeRow[]> = z.array(
  z.object({
    modelId: z.string(),
    taskType: z.enum(TASK_TYPE_LABELS),
    y: z.union([z.literal(0), z.literal(1)]),
    predictedP: z.number(),
    createdAtMs: z.number(),
  }),
);

/**
 * One observation for each finished attempt since `sinceMs`, newest first, at most 2,000. Where an attempt has both,
 * the outcome stands and its verdict does not count a second time.
 */
export async function listOutcomeObservations(
  db: Db,
  { tenantId, sinceMs }: { readonly tenantId: string; readonly sinceMs: number },
): Promise<Result<readonly OutcomeRow[]>> {
  const rows = await tryQuery("list outcomes", () =>
    db.all(sql`
      select model_id as modelId, task_type as taskType, y, predicted_p as predictedP, created_at_ms as createdAtMs
      from ${outcomes}
      where tenant_id = ${tenantId} and created_at_ms >= ${sinceMs} and y is not null
      union all
      select v.model_id, v.task_type, v.accepted, v.predicted_p, v.created_at_ms
      from ${verdicts} v
      where v.tenant_id = ${tenantId} and v.created_at_ms >= ${sinceMs} and not exists (
        select 1 from ${outcomes} o where o.decision_id = v.decision_id and o.attempt = v.attempt and o.y is not null)
      order by createdAtMs desc, modelId
      limit ${OBSERVATION_LIMIT}`),
  );
  return rows.ok ? parseStored(observationRows, "outcomes", rows.value) : rows;
}
