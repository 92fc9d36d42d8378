import { and, eq, type SQL, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Effort } from "../../../shared/catalog/model.ts";
import type { VERDICT_SOURCES } from "../../../shared/contract/decisions.ts";
import type { TaskType } from "../../../shared/task/labels.ts";
import type { AnsweredBy } from "./attempt-work-store.ts";
import { isOpenAt } from "./decisions-store.ts";
import { decisionLocks, decisions } from "./decisions-tables.ts";
import { attemptOutcomeQuery } from "./governance-events-store.ts";
import type { Db } from "./open-db.ts";
import type { Statement } from "./run-write.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";
import { verdicts } from "./verdicts-tables.ts";

/** A judgement of one attempt and what it makes of the decision. */
export interface NewVerdict {
  readonly id: string;
  readonly decisionId: string;
  readonly tenantId: string;
  readonly attempt: number;
  readonly accepted: boolean;
  readonly source: (typeof VERDICT_SOURCES)[number];
  readonly evidenceSha256: string | null;
  readonly evidenceBytes: number;
  readonly modelId: string;
  readonly effort: Effort;
  readonly taskType: TaskType;
  readonly predictedP: number;
  /** What the attempt cost, by the driver's word or a run's calls; null where nobody knows. */
  readonly costMicroUsd: number | null;
  /** The step of a run that answered; null or left out where no run did. */
  readonly answeredBy?: AnsweredBy | null;
  /** "owner/name" in lower case; null where nobody named it. */
  readonly repository: string | null;
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** Whether the gate still waited for a person; left out = it did not. Such a verdict moves the decision and teaches nothing. */
  readonly isHeld?: boolean;
  /** "open" moves the decision on to attempt + 1; the others end it and free its locks. */
  readonly nextState: "open" | "accepted" | "exhausted";
  /** The model of attempt + 1, by which the decision is found from then on; null when there is none. */
  readonly nextModelId: string | null;
}

const exists = (query: SQL): SQL => sql`exists (${query})`;

/** Verdict, move and locks in one transaction; every later statement depends on our verdict having landed. */
function toStatements(db: Db, verdict: NewVerdict) {
  const { nextState, nextModelId, isHeld = false, ...row } = verdict;
  const decision = { tenantId: verdict.tenantId, id: verdict.decisionId, attempt: verdict.attempt };
  const atAttempt = exists(sql`select 1 from ${decisions} where ${isOpenAt(decision)}`);
  const landed = exists(sql`select 1 from ${verdicts} where ${verdicts.id} = ${verdict.id}`);
  const change =
    nextState === "open"
      ? { attempt: verdict.attempt + 1, ...(nextModelId === null ? {} : { modelId: nextModelId }) }
      : { state: nextState, closedAtMs: verdict.createdAtMs };
  const insert = db
    .insert(verdicts)
    .select(selectRow(verdicts, { ...row, isHeld }, atAttempt))
    .onConflictDoNothing();
  const move = db
    .update(decisions)
    .set(change)
    .where(and(isOpenAt(decision), landed))
    .returning({ id: decisions.id });
  const stored = db
    .select({ id: verdicts.id, accepted: verdicts.accepted })
    .from(verdicts)
    .where(
      and(
        eq(verdicts.decisionId, verdict.decisionId),
        eq(verdicts.tenantId, verdict.tenantId),
        eq(verdicts.attempt, verdict.attempt),
      ),
    );
  const release = db
    .delete(decisionLocks)
    .where(and(eq(decisionLocks.decisionId, verdict.decisionId), nextState === "open" ? sql`0` : landed));
  const standing = db
    .select({ state: decisions.state, attempt: decisions.attempt })
    .from(decisions)
    .where(and(eq(decisions.id, verdict.decisionId), eq(decisions.tenantId, verdict.tenantId)));
  return [insert, move, stored, release, standing] as const;
}

/** The same without its answers, for the batch of a run that takes the verdict; where the attempt is over it changes nothing. */
export function verdictStatements(db: Db, verdict: NewVerdict): readonly Statement[] {
  const [insert, move, , release] = toStatements(db, verdict);
  return [insert, move, release];
}

/** What the role's telemetry keeps of it. */
const toldVerdict = (db: Db, { id, accepted, createdAtMs, answeredBy = null, ...of }: NewVerdict) =>
  attemptOutcomeQuery(db, {
    ...{ tenantId: of.tenantId, decisionId: of.decisionId, attempt: of.attempt, answeredBy },
    ...{ costMicroUsd: of.costMicroUsd, atMs: createdAtMs, outcome: accepted ? "success" : "failure" },
    condition: exists(sql`select 1 from ${verdicts} where ${verdicts.id} = ${id} and not ${verdicts.isHeld}`),
  });

/**
 * Applies a verdict once per (decision, attempt), atomically. Repeating one that says the same changes nothing and
 * answers `applied: false`, as long as what followed from it still stands. Faults: conflict when the attempt was judged
 * otherwise, is not the open decision's current one, or the decision has ended or moved on since.
 */
export async function applyVerdict(db: Db, verdict: NewVerdict): Promise<Result<{ readonly applied: boolean }>> {
  const answers = await tryQuery("apply verdict", () =>
    db.batch([...toStatements(db, verdict), toldVerdict(db, verdict)]),
  );
  if (!answers.ok) return answers;
  const [, moved, [stored], , [decision]] = answers.value;
  if (stored === undefined) {
    const message = `Cannot take a verdict on attempt ${verdict.attempt}: it is not the current attempt of an open decision`;
    return fail({ kind: "conflict", message });
  }
  if (stored.accepted === verdict.accepted) {
    const attempt = verdict.nextState === "open" ? verdict.attempt + 1 : verdict.attempt;
    if (decision?.state === verdict.nextState && decision.attempt === attempt)
      return ok({ applied: moved.length === 1 });
    const now = decision?.state === "open" ? `stands at attempt ${decision.attempt}` : `has ended (${decision?.state})`;
    const message = `Cannot repeat the verdict on attempt ${verdict.attempt}: the decision ${now}`;
    return fail({ kind: "conflict", message });
  }
  const message = `Cannot change the verdict on attempt ${verdict.attempt}: it was ${stored.accepted ? "accepted" : "rejected"} already`;
  return fail({ kind: "conflict", message });
}

export interface VerdictCost {
  readonly attempt: number;
  /** null where nobody told what the attempt cost. */
  readonly costMicroUsd: number | null;
}

/** What the judged attempts of a decision cost, as far as it is known. Faults: unavailable. */
export function readVerdictCosts(
  db: Db,
  { tenantId, decisionId }: Pick<NewVerdict, "tenantId" | "decisionId">,
): Promise<Result<readonly VerdictCost[]>> {
  return tryQuery("read verdict costs", () =>
    db
      .select({ attempt: verdicts.attempt, costMicroUsd: verdicts.costMicroUsd })
      .from(verdicts)
      .where(and(eq(verdicts.decisionId, decisionId), eq(verdicts.tenantId, tenantId))),
  );
}
