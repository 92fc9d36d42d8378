import { and, eq, ne, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import { holds } from "./decisions-store.ts";
import { decisionLocks, decisions } from "./decisions-tables.ts";
import type { Db } from "./open-db.ts";
import { rawStatement } from "./raw-statement.ts";
import { tryQuery } from "./try-query.ts";

export interface MovedTask {
  readonly tenantId: string;
  readonly decisionId: string;
  /** The id that the task has from now on, and the lock that goes with it. */
  readonly taskId: string;
  readonly lockKey: string;
}

/**
 * Holds an open decision under another id of its task, and lets go of the one before. Nothing changes where the decision
 * has ended, or another one has the new id already. Fault: unavailable.
 */
export async function moveTask(db: Db, { tenantId, decisionId, taskId, lockKey }: MovedTask): Promise<Result<void>> {
  const isOpen = and(eq(decisions.id, decisionId), eq(decisions.tenantId, tenantId), eq(decisions.state, "open"));
  const isHeld = holds(lockKey, decisionId);
  const moved = await tryQuery("move task", () =>
    db.batch([
      rawStatement(
        db,
        sql`insert into ${decisionLocks} (lock_key, decision_id) select ${lockKey}, ${decisionId} from ${decisions} where ${isOpen} on conflict do nothing`,
      ),
      db
        .delete(decisionLocks)
        .where(and(eq(decisionLocks.decisionId, decisionId), ne(decisionLocks.lockKey, lockKey), isHeld)),
      db.update(decisions).set({ taskId }).where(and(isOpen, isHeld)),
    ]),
  );
  return moved.ok ? ok(undefined) : moved;
}
