import { and, eq, gte, lt } from "drizzle-orm";
import type { Advance } from "../../../shared/run/advance.ts";
import { attemptOfStep } from "../../../shared/run/run-attempts.ts";
import { decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import type { LoadedRun } from "./run-load.ts";

/**
 * At a run's end its decision stands at the attempt that was delivered, so that whatever is said of the result is said of the
 * model that made it. No verdict goes with that: a judge sent the task on, and its word is no evidence against anybody.
 */
export function deliveredStatements(db: Db, { row }: LoadedRun, { end }: Pick<Advance, "end">) {
  const { plan, decisionId, tenantId, endedAtMs, settings } = row;
  const [delivered] = end?.resultFrom ?? [];
  if (decisionId === null || endedAtMs !== null || delivered === undefined) return [];
  const attempt = attemptOfStep(plan, delivered, settings.firstAttempt);
  const pick = plan.steps.find(({ stepId }) => stepId === delivered)?.pick ?? null;
  if (attempt === null || pick === null || attempt <= settings.firstAttempt) return [];
  return [
    db
      .update(decisions)
      .set({ attempt, modelId: pick.model })
      .where(
        and(
          eq(decisions.id, decisionId),
          eq(decisions.tenantId, tenantId),
          eq(decisions.state, "open"),
          gte(decisions.attempt, settings.firstAttempt),
          lt(decisions.attempt, attempt),
        ),
      ),
  ];
}
