import { and, desc, eq, gte, isNotNull, ne, not, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Effort } from "../../../shared/catalog/model.ts";
import type { RESULTS } from "../../../shared/contract/decisions.ts";
import { PARAMETERS } from "../../../shared/policy/parameters.ts";
import { BAD_EVENT_KINDS } from "../../../shared/policy/verifier-quality.ts";
import { TASK_TYPE_LABELS, type TaskType } from "../../../shared/task/labels.ts";
import { attemptEvents } from "./attempt-events-tables.ts";
import type { AnsweredBy } from "./attempt-work-store.ts";
import { decisionLocks, decisions } from "./decisions-tables.ts";
import { shareRatingQuery } from "./feedback-community-store.ts";
import { attemptOutcomeQuery } from "./governance-events-store.ts";
import type { Db } from "./open-db.ts";
import { outcomes } from "./outcomes-tables.ts";
import { parseStored } from "./parse-stored.ts";
import { selectRow } from "./select-row.ts";
import { toStoredTags } from "./stored-tags.ts";
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
  /** The step of a run that answered; null or left out where no run did. */
  readonly answeredBy?: AnsweredBy | null;
  readonly predictedP: number;
  readonly tags: readonly string[];
  /** Whether the tenant shares its outcomes with the community. */
  readonly isShared: boolean;
  readonly createdAtMs: number;
  readonly createdBy: string;
}

/** The statement that shares an outcome with the community; none where the tenant does not, or nothing is learned. */
function shareOutcomeQuery(db: Db, outcome: NewOutcome, landed: SQL) {
  const { taskType, y, result, isShared } = outcome;
  const shared = {
    ...outcome,
    category: PARAMETERS.categories.byTaskType[taskType],
    y: y ?? 0,
    rating: outcome.rating ?? (result === "success" ? 5 : 1),
    instanceSha256: null,
  };
  return shareRatingQuery(db, shared, isShared && y !== null ? landed : sql`false`);
}

/** What a role's telemetry keeps of it. */
const toldOutcomeQuery = (db: Db, { y, createdAtMs, answeredBy = null, ...of }: NewOutcome, landed: SQL) =>
  attemptOutcomeQuery(db, {
    ...{ tenantId: of.tenantId, decisionId: of.decisionId, attempt: of.attempt, answeredBy },
    ...{ costMicroUsd: of.costMicroUsd, atMs: createdAtMs, outcome: y === 1 ? "success" : "failure" },
    condition: y === null ? sql`0` : landed,
  });

/**
 * Saves the outcome of a decision's current attempt, closes the decision if it is open and frees its locks, in one
 * transaction. Faults: conflict when that attempt has an outcome or a verdict has moved the decision on meanwhile,
 * not_found for an unknown or foreign decision.
 */
export async function saveOutcome(db: Db, outcome: NewOutcome): Promise<Result<void>> {
  const { id, decisionId, tenantId, attempt, createdAtMs } = outcome;
  const ofTenant = and(eq(decisions.id, decisionId), eq(decisions.tenantId, tenantId));
  const own = and(ofTenant, eq(decisions.attempt, attempt));
  const current = sql`exists (select 1 from ${decisions} where ${own})`;
  const landed = sql`exists (select 1 from ${outcomes} where ${outcomes.id} = ${id})`;
  const answers = await tryQuery("save outcome", () =>
    db.batch([
      db
        .insert(outcomes)
        .select(selectRow(outcomes, { ...outcome, tags: JSON.stringify(outcome.tags) }, current))
        .onConflictDoNothing(),
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
      db.select({ attempt: decisions.attempt }).from(decisions).where(ofTenant),
      shareOutcomeQuery(db, outcome, landed),
      toldOutcomeQuery(db, outcome, landed),
    ]),
  );
  if (!answers.ok) return answers;
  const [, , , [stored], [decision]] = answers.value;
  if (decision === undefined) return fail({ kind: "not_found", what: "decision", id: decisionId });
  if (stored === undefined) {
    const message = `Cannot record an outcome of attempt ${attempt}: the decision stands at attempt ${decision.attempt} now`;
    return fail({ kind: "conflict", message });
  }
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
  readonly tags: readonly string[];
  readonly createdAtMs: number;
}

/** Newest observations read for one decision; with a half-life of weeks the older ones weigh next to nothing. */
const OBSERVATION_LIMIT = 2_000;

const observationSchema: z.ZodType<OutcomeRow> = z.object({
  modelId: z.string(),
  taskType: z.enum(TASK_TYPE_LABELS),
  y: z.union([z.literal(0), z.literal(1)]),
  predictedP: z.number(),
  tags: z.array(z.string()),
  createdAtMs: z.number(),
});

/** What became of the change later has the last word: an accepted one that was undone was not right, a rejected one that stands was. */
const withEvents = (table: typeof outcomes | typeof verdicts, said: SQL): SQL<number> => {
  const bad = sql.join(
    BAD_EVENT_KINDS.map((kind) => sql`${kind}`),
    sql`, `,
  );
  const of = sql`select 1 from ${attemptEvents} where ${attemptEvents.tenantId} = ${table.tenantId} and ${attemptEvents.decisionId} = ${table.decisionId} and ${attemptEvents.attempt} = ${table.attempt}`;
  return sql`(case when exists (${of} and ${attemptEvents.kind} in (${bad})) then 0
    when exists (${of} and ${attemptEvents.kind} = 'stands') then 1 else ${said} end)`;
};

/**
 * The two queries of a tenant's observations since `sinceMs`, for a batch; `toObservationRows` puts their rows together.
 * Where an attempt has both an outcome and a verdict, the outcome stands and the verdict does not count again. A judge's
 * verdict moves the decision on, but is no evidence of what the answer was worth; nor is one on an attempt that nobody had
 * approved, for there was no answer.
 */
export function observationQueries(
  db: Db,
  { tenantId, sinceMs }: { readonly tenantId: string; readonly sinceMs: number },
) {
  const hasOutcome = sql`exists (select 1 from ${outcomes} where ${outcomes.decisionId} = ${verdicts.decisionId} and ${outcomes.attempt} = ${verdicts.attempt} and ${outcomes.y} is not null)`;
  const ofOutcomes = db
    .select({
      modelId: outcomes.modelId,
      taskType: outcomes.taskType,
      y: withEvents(outcomes, sql`${outcomes.y}`),
      predictedP: outcomes.predictedP,
      tags: outcomes.tags,
      createdAtMs: outcomes.createdAtMs,
    })
    .from(outcomes)
    .where(and(eq(outcomes.tenantId, tenantId), gte(outcomes.createdAtMs, sinceMs), isNotNull(outcomes.y)))
    .orderBy(desc(outcomes.createdAtMs), outcomes.id)
    .limit(OBSERVATION_LIMIT);
  const ofVerdicts = db
    .select({
      modelId: verdicts.modelId,
      taskType: verdicts.taskType,
      y: withEvents(verdicts, sql`${verdicts.accepted}`),
      predictedP: verdicts.predictedP,
      tags: sql<string>`'[]'`,
      createdAtMs: verdicts.createdAtMs,
    })
    .from(verdicts)
    .where(
      and(
        eq(verdicts.tenantId, tenantId),
        gte(verdicts.createdAtMs, sinceMs),
        ne(verdicts.source, "judge"),
        eq(verdicts.isHeld, false),
        not(hasOutcome),
      ),
    )
    .orderBy(desc(verdicts.createdAtMs), verdicts.id)
    .limit(OBSERVATION_LIMIT);
  return [ofOutcomes, ofVerdicts] as const;
}

type ObservationValue = Omit<OutcomeRow, "y" | "taskType" | "tags"> & {
  readonly taskType: string;
  readonly tags: string;
  readonly y: number | boolean | null;
};

/** Rows of both queries as observations, newest first, at most 2,000. Fault: malformed_data. */
export function toObservationRows(values: readonly ObservationValue[]): Result<readonly OutcomeRow[]> {
  const newest = values
    .map((value) => ({ ...value, y: Number(value.y) }))
    .sort((a, b) => b.createdAtMs - a.createdAtMs)
    .slice(0, OBSERVATION_LIMIT);
  const rows: OutcomeRow[] = [];
  for (const value of newest) {
    const tags = toStoredTags(value.tags);
    if (!tags.ok) return tags;
    const row = parseStored(observationSchema, "outcomes", { ...value, tags: tags.value });
    if (!row.ok) return row;
    rows.push(row.value);
  }
  return ok(rows);
}
