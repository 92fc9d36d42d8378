import { and, desc, eq, gte, inArray, type SQL, sql } from "drizzle-orm";
import * as z from "zod";
import { ok, type Result } from "../../../shared/base/result.ts";
import { BAD_EVENT_KINDS } from "../../../shared/policy/verifier-quality.ts";
import type { ScoredOutcome } from "../../../shared/run/escalate.ts";
import { ANSWERED_STATES, attemptOfStep } from "../../../shared/run/run-attempts.ts";
import { attemptEvents } from "./attempt-events-tables.ts";
import { judgeScores } from "./judge-scores-tables.ts";
import type { Db } from "./open-db.ts";
import { outcomes } from "./outcomes-tables.ts";
import { parseStored } from "./parse-stored.ts";
import { rawStatement } from "./raw-statement.ts";
import type { LoadedRun } from "./run-load.ts";
import { calls } from "./run-money-tables.ts";
import type { Statement } from "./run-write.ts";
import { tryQuery } from "./try-query.ts";
import { verdicts } from "./verdicts-tables.ts";

/** Newest pairs read for one judgement: ten times what a cell needs, and few enough for one short query. */
const PAIR_LIMIT = 1_000;

/** Newest scores of a cell that are looked at for them, so that one whose truth rarely comes out stays cheap to read. */
const SCAN_LIMIT = 3_000;

/** The model that answered a step, by the rule of shared/run/run-attempts.ts: of its calls the last that did not fail. */
const answererOf = (runId: string, stepId: string): SQL<string> =>
  sql`(select ${calls.model} from ${calls} where ${calls.runId} = ${runId} and ${calls.stepId} = ${stepId}
       and ${calls.failure} is null and ${inArray(calls.state, [...ANSWERED_STATES])} order by ${calls.attempt} desc limit 1)`;

/** The answer that a check is about, and what was expected of it; null for a step that checks nothing. */
function toJudged({ row }: LoadedRun, stepId: string) {
  const planned = row.plan.steps.find((step) => step.stepId === stepId);
  const [answerId] = planned?.dependsOn ?? [];
  if (planned === undefined || planned.escalation === null || answerId === undefined) return null;
  const attempt = attemptOfStep(row.plan, stepId, row.settings.firstAttempt);
  return { answerId, prior: planned.escalation.prior, attempt };
}

/**
 * The statement that keeps a readable score, for the batch that settles its step: once, however often that is delivered.
 * Empty where the task has no type, so that no cell would hold it.
 */
export function scoreStatements(
  db: Db,
  loaded: LoadedRun,
  said: { readonly stepId: string; readonly score: number; readonly judgeModel: string; readonly nowMs: number },
): readonly Statement[] {
  const { runId, tenantId, decisionId, settings } = loaded.row;
  const judged = toJudged(loaded, said.stepId);
  if (judged === null || settings.taskType === null) return [];
  const { answerId, prior, attempt } = judged;
  const author = answererOf(runId, answerId);
  return [
    rawStatement(
      db,
      sql`insert into ${judgeScores} (run_id, step_id, tenant_id, decision_id, attempt, task_type, author_model,
            judge_model, score, prior, created_at_ms)
          select ${runId}, ${said.stepId}, ${tenantId}, ${decisionId}, ${attempt}, ${settings.taskType}, ${author},
            ${said.judgeModel}, ${said.score}, ${prior}, ${said.nowMs}
          where ${author} is not null
          on conflict do nothing`,
    ),
  ];
}

/** One cell of scores: whose answers of which kind of task one judge scored, for one tenant. */
export interface ScoreCell {
  readonly tenantId: string;
  readonly taskType: string;
  /** The judged answer, by which its author is found. */
  readonly runId: string;
  readonly answerId: string;
  readonly judgeModel: string;
  readonly sinceMs: number;
}

const ofAttempt = (table: typeof attemptEvents | typeof outcomes | typeof verdicts): SQL =>
  sql`${table.tenantId} = ${judgeScores.tenantId} and ${table.decisionId} = ${judgeScores.decisionId} and ${table.attempt} = ${judgeScores.attempt} and ${table.createdAtMs} >= ${judgeScores.createdAtMs}`;

const bad = sql.join(
  BAD_EVENT_KINDS.map((kind) => sql`${kind}`),
  sql`, `,
);

/**
 * Whether the judged answer was right, by what was said of its attempt after the score: what became of the change, else
 * the outcome, else a verdict by CI or a person. A judge's own word is no truth. null = not known.
 */
const truth = sql<number | null>`coalesce(
  (select 0 from ${attemptEvents} where ${ofAttempt(attemptEvents)} and ${attemptEvents.kind} in (${bad}) limit 1),
  (select 1 from ${attemptEvents} where ${ofAttempt(attemptEvents)} and ${attemptEvents.kind} = 'stands' limit 1),
  (select ${outcomes.y} from ${outcomes} where ${ofAttempt(outcomes)} and ${outcomes.y} is not null limit 1),
  (select ${verdicts.accepted} from ${verdicts} where ${ofAttempt(verdicts)} and ${verdicts.source} in ('ci', 'person') limit 1))`;

/** Several runs may try one attempt; what is said of it later is said of the newest answer. */
const isNewest = sql`not exists (select 1 from ${judgeScores} as later
  where later.decision_id = ${judgeScores.decisionId} and later.attempt = ${judgeScores.attempt}
    and (later.created_at_ms > ${judgeScores.createdAtMs}
      or (later.created_at_ms = ${judgeScores.createdAtMs} and later.run_id > ${judgeScores.runId})))`;

const pairSchema: z.ZodType<Omit<ScoredOutcome, "right">> = z.object({
  score: z.int().min(1).max(10),
  prior: z.number().min(0).max(1),
});

/** The newest scores of a cell. */
const newestOf = (cell: ScoreCell): SQL =>
  sql`select rowid from ${judgeScores} where ${and(
    eq(judgeScores.tenantId, cell.tenantId),
    eq(judgeScores.taskType, cell.taskType),
    eq(judgeScores.authorModel, answererOf(cell.runId, cell.answerId)),
    eq(judgeScores.judgeModel, cell.judgeModel),
    gte(judgeScores.createdAtMs, cell.sinceMs),
  )} order by ${judgeScores.createdAtMs} desc limit ${SCAN_LIMIT}`;

/** The newest pairs of a cell, at most PAIR_LIMIT of the newest SCAN_LIMIT scores. Faults: unavailable, malformed_data. */
export async function readScorePairs(db: Db, cell: ScoreCell): Promise<Result<readonly ScoredOutcome[]>> {
  const rows = await tryQuery("read score pairs", () =>
    db
      .select({ score: judgeScores.score, prior: judgeScores.prior, right: truth })
      .from(judgeScores)
      .where(and(sql`${judgeScores}.rowid in (${newestOf(cell)})`, isNewest, sql`${truth} is not null`))
      .orderBy(desc(judgeScores.createdAtMs))
      .limit(PAIR_LIMIT),
  );
  if (!rows.ok) return rows;
  const pairs: ScoredOutcome[] = [];
  for (const { right, ...row } of rows.value) {
    const pair = parseStored(pairSchema, "judge score", row);
    if (!pair.ok) return pair;
    pairs.push({ ...pair.value, right: right === 1 });
  }
  return ok(pairs);
}
