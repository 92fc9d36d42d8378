import { eq } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { readWaitingSteps } from "./run-claim-store.ts";
import type { RunChange } from "./run-row.ts";
import { runs } from "./runs-tables.ts";
import { tryQuery } from "./try-query.ts";

/** A run that is ended from outside may leave the places of all its steps, and its own to another run. */
const HANDED_ON = 8;

/**
 * A change that ended a run or a step apart from its holder, with the steps of the same tenant that may take the places it
 * freed among what it released. Where those cannot be read the change stands all the same: the sweeper sends them again.
 */
export async function withFreedPlaces(
  db: Db,
  changed: Result<RunChange>,
  { runId, nowMs }: { readonly runId: string; readonly nowMs: number },
): Promise<Result<RunChange>> {
  if (!changed.ok || !changed.value.changed) return changed;
  const rows = await tryQuery("read tenant of run", () =>
    db.select({ tenantId: runs.tenantId }).from(runs).where(eq(runs.id, runId)),
  );
  const tenantId = rows.ok ? rows.value[0]?.tenantId : undefined;
  if (tenantId === undefined) return changed;
  const waiting = await readWaitingSteps(db, { tenantId, nowMs, limit: HANDED_ON });
  if (!waiting.ok) return changed;
  const { released } = changed.value;
  const isNew = (step: { readonly runId: string; readonly stepId: string }): boolean =>
    !released.some((one) => one.runId === step.runId && one.stepId === step.stepId);
  return ok({ ...changed.value, released: [...released, ...waiting.value.filter(isNew)] });
}
