import { and, eq, isNull, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { AttemptEventKind } from "../../../shared/policy/verifier-quality.ts";
import { attemptEvents } from "./attempt-events-tables.ts";
import { decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { rawStatement } from "./raw-statement.ts";
import { tryQuery } from "./try-query.ts";
import { verdicts } from "./verdicts-tables.ts";

/** What became of an attempt's change, as a tracker or a caller tells it. */
export interface NewAttemptEvent {
  readonly id: string;
  readonly tenantId: string;
  readonly decisionId: string;
  /** null = where the decision stands. */
  readonly attempt: number | null;
  /** "owner/name"; kept in lower case, since GitHub's names mean the same in either. null = that of the attempt's verdict. */
  readonly repository: string | null;
  readonly kind: AttemptEventKind;
  readonly createdAtMs: number;
  readonly createdBy: string;
}

/** The event lands on an attempt that the decision has reached; a verdict that named no repository takes the event's. */
function toStatements(db: Db, event: NewAttemptEvent) {
  const { id, tenantId, decisionId, kind, createdAtMs, createdBy } = event;
  const own = and(eq(decisions.id, decisionId), eq(decisions.tenantId, tenantId));
  const attempt = event.attempt === null ? sql`${decisions.attempt}` : sql`${event.attempt}`;
  const verdictOfIt = sql`${verdicts.tenantId} = ${tenantId} and ${verdicts.decisionId} = ${decisionId}`;
  const known = sql`(select ${verdicts.repository} from ${verdicts} where ${verdictOfIt} and ${verdicts.attempt} = ${attempt})`;
  return [
    rawStatement(
      db,
      sql`insert into ${attemptEvents} (id, decision_id, tenant_id, attempt, kind, repository, created_at_ms, created_by)
          select ${id}, ${decisionId}, ${tenantId}, ${attempt}, ${kind}, coalesce(${event.repository}, ${known}),
            ${createdAtMs}, ${createdBy}
          from ${decisions} where ${own} and ${attempt} <= ${decisions.attempt}
          on conflict do nothing`,
    ),
    db
      .update(verdicts)
      .set({ repository: event.repository })
      .where(
        and(
          verdictOfIt,
          isNull(verdicts.repository),
          sql`${verdicts.attempt} = (select ${attemptEvents.attempt} from ${attemptEvents} where ${attemptEvents.id} = ${id})`,
        ),
      ),
    db.select({ attempt: decisions.attempt }).from(decisions).where(own),
    db.select({ id: attemptEvents.id }).from(attemptEvents).where(eq(attemptEvents.id, id)),
  ] as const;
}

/**
 * Keeps what became of an attempt, once a kind: told again it changes nothing and answers `recorded: false`. Faults:
 * not_found for an unknown or foreign decision, conflict for an attempt that it has not reached, unavailable.
 */
export async function noteRepositoryEvent(
  db: Db,
  told: NewAttemptEvent,
): Promise<Result<{ readonly attempt: number; readonly recorded: boolean }>> {
  const event = { ...told, repository: told.repository?.toLowerCase() ?? null };
  const answers = await tryQuery("note attempt event", () => db.batch(toStatements(db, event)));
  if (!answers.ok) return answers;
  const [, , [decision], [landed]] = answers.value;
  if (decision === undefined) return fail({ kind: "not_found", what: "decision", id: event.decisionId });
  const attempt = event.attempt ?? decision.attempt;
  if (attempt > decision.attempt) {
    const message = `Cannot take an event of attempt ${attempt}: the decision stands at attempt ${decision.attempt}`;
    return fail({ kind: "conflict", message });
  }
  return ok({ attempt, recorded: landed !== undefined });
}
