import { and, desc, eq, inArray, isNotNull } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import { type AttemptWork, answerStepOf, toAttemptWork } from "../../../shared/run/run-attempts.ts";
import type { Db } from "./open-db.ts";
import { parseStoredJson } from "./parse-stored.ts";
import { calls } from "./run-money-tables.ts";
import { CALL_ORDER, toCallRow } from "./run-read-store.ts";
import { runs } from "./runs-tables.ts";
import { storedPlanSchema, storedSettingsSchema } from "./stored-run.ts";
import { tryQuery } from "./try-query.ts";

/** Runs of one decision that are looked at, newest first: an attempt is rarely done twice. */
const RUN_LIMIT = 5;

/** A step of a run whose answer an attempt came to. */
export interface AnsweredBy {
  readonly runId: string;
  readonly stepId: string;
}

/** null where parts were left unmerged: no one step answered. */
export interface StoredAttemptWork extends AttemptWork {
  readonly answeredBy: AnsweredBy | null;
}

interface OfAttempt {
  readonly tenantId: string;
  readonly decisionId: string;
  readonly attempt: number;
}

function toQueries(db: Db, { tenantId, decisionId }: OfAttempt) {
  const ofDecision = and(eq(runs.decisionId, decisionId), eq(runs.tenantId, tenantId), isNotNull(runs.plan));
  const newestFirst = [desc(runs.createdAtMs), desc(runs.id)] as const;
  const newest = db
    .select({ id: runs.id, plan: runs.plan, settings: runs.settings })
    .from(runs)
    .where(ofDecision)
    .orderBy(...newestFirst)
    .limit(RUN_LIMIT);
  const ids = db
    .select({ id: runs.id })
    .from(runs)
    .where(ofDecision)
    .orderBy(...newestFirst)
    .limit(RUN_LIMIT);
  const made = db
    .select()
    .from(calls)
    .where(inArray(calls.runId, ids))
    .orderBy(...CALL_ORDER);
  return [newest, made] as const;
}

/**
 * Who did an attempt of a decision and what it cost, of the newest run that did it; null where none did, so that a
 * driver of the caller's own was at work. Faults: unavailable, malformed_data.
 */
export async function readAttemptWork(db: Db, input: OfAttempt): Promise<Result<StoredAttemptWork | null>> {
  const answers = await tryQuery("read attempt's work", () => db.batch(toQueries(db, input)));
  if (!answers.ok) return answers;
  const [found, made] = answers.value;
  for (const { id, ...run } of found) {
    const plan = parseStoredJson(storedPlanSchema, `run ${id}: plan`, run.plan ?? "");
    if (!plan.ok) return plan;
    const settings = parseStoredJson(storedSettingsSchema, `run ${id}: settings`, run.settings ?? "");
    if (!settings.ok) return settings;
    const rows = [];
    for (const call of made.filter(({ runId }) => runId === id)) {
      const row = toCallRow(call);
      if (!row.ok) return row;
      rows.push(row.value);
    }
    const { firstAttempt } = settings.value;
    const at = { attempt: input.attempt, firstAttempt };
    const work = toAttemptWork(plan.value, rows, at);
    const stepId = answerStepOf(plan.value, at);
    if (work !== null) return ok({ ...work, answeredBy: stepId === null ? null : { runId: id, stepId } });
  }
  return ok(null);
}
