import { eq, sql } from "drizzle-orm";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import { statusOf } from "../../../shared/run/job.ts";
import { type GovernanceEventRow, insertEventsQuery } from "./governance-events-store.ts";
import type { Db } from "./open-db.ts";
import { rawStatement } from "./raw-statement.ts";
import type { RunModel } from "./run-row.ts";
import type { RunWrite, Statement } from "./run-write.ts";
import { type runs, runTexts, steps } from "./runs-tables.ts";

/** What a run's new steps need, beside the plan that holds them. */
export interface Expansion {
  /** All words of the run, those of its parts among them. */
  readonly sealedTexts: string;
  /** Every model that the whole plan names, at its price. */
  readonly models: readonly RunModel[];
  /** Why a person has to look before any of them starts; null = nobody has to. */
  readonly gateReason: string | null;
  /** What governance said of them. */
  readonly governanceEvents: readonly GovernanceEventRow[];
}

interface Expanded {
  readonly run: SQLiteUpdateSetSource<typeof runs>;
  readonly more: readonly Statement[];
}

/** Rows for steps that are new; those that were there get their new place. */
function upsertSteps(db: Db, { loaded, advance, nowMs }: Pick<RunWrite, "loaded" | "advance" | "nowMs">): Statement {
  const { runId, tenantId } = loaded.row;
  const rows = advance.run.plan.steps.map(({ stepId, kind }, position) => ({
    ...{ stepId, kind, position },
    state: statusOf(advance.run, stepId).state,
  }));
  return rawStatement(
    db,
    sql`insert into ${steps} (run_id, step_id, tenant_id, state, attempts, enqueued_at_ms, kind, position)
        select ${runId}, value ->> 'stepId', ${tenantId}, value ->> 'state', 0, ${nowMs}, value ->> 'kind', value ->> 'position'
        from json_each(${JSON.stringify(rows)}) where true
        on conflict (run_id, step_id) do update set position = excluded.position`,
  );
}

/** Everything of a run that grows with its plan, for the transaction that settles the step which planned it. */
export function toExpansion(
  db: Db,
  write: Pick<RunWrite, "loaded" | "advance" | "nowMs">,
  expansion: Expansion | undefined,
): Expanded {
  if (expansion === undefined) return { run: {}, more: [] };
  const { runId, settings } = write.loaded.row;
  const { sealedTexts, models, governanceEvents, gateReason } = expansion;
  const gated = { requiresApproval: true, settings: JSON.stringify({ ...settings, gateReason }) };
  return {
    run: { models: JSON.stringify(models), ...(gateReason === null ? {} : gated) },
    more: [
      upsertSteps(db, write),
      db.update(runTexts).set({ sealed: sealedTexts }).where(eq(runTexts.runId, runId)),
      ...(governanceEvents.length === 0 ? [] : [insertEventsQuery(db, governanceEvents)]),
    ],
  };
}
