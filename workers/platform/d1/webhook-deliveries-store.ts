import { and, eq, gte, lt, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { tryQuery } from "./try-query.ts";
import { webhookDeliveries } from "./webhooks-tables.ts";

/** A request that took a delivery and did not end within this died with it. */
const WORK_MS = 60_000;
/** Far longer than GitHub delivers again (3 days), and than an event may be old here (7 days). */
const KEPT_MS = 30 * 86_400_000;

export interface DeliveryKey {
  readonly hookId: string;
  readonly deliveryId: string;
  readonly bodySha256: string;
  readonly token: string;
}

/**
 * Whether this request is the one that works on a delivery: neither its id nor its bytes came before, or whoever took it
 * then died over it. Fault: unavailable.
 */
export async function takeDelivery(db: Db, key: DeliveryKey & { readonly nowMs: number }): Promise<Result<boolean>> {
  const { nowMs, ...row } = key;
  const answers = await tryQuery("take delivery", () =>
    db.batch([
      db
        .insert(webhookDeliveries)
        .values({ ...row, isDone: false, receivedAtMs: nowMs })
        .onConflictDoNothing(),
      db
        .update(webhookDeliveries)
        .set({ token: row.token, receivedAtMs: nowMs })
        .where(
          and(
            eq(webhookDeliveries.hookId, row.hookId),
            eq(webhookDeliveries.bodySha256, row.bodySha256),
            eq(webhookDeliveries.isDone, false),
            lt(webhookDeliveries.receivedAtMs, nowMs - WORK_MS),
          ),
        ),
      db
        .select({ token: webhookDeliveries.token })
        .from(webhookDeliveries)
        .where(and(eq(webhookDeliveries.hookId, row.hookId), eq(webhookDeliveries.token, row.token))),
    ]),
  );
  return answers.ok ? ok(answers.value[2].length > 0) : answers;
}

/** Ends the work: done for good, or given back, so that the sender's next try is taken. Fault: unavailable. */
export async function endDelivery(
  db: Db,
  { isDone, ...key }: Pick<DeliveryKey, "hookId" | "token"> & { readonly isDone: boolean },
): Promise<Result<void>> {
  const own = and(eq(webhookDeliveries.hookId, key.hookId), eq(webhookDeliveries.token, key.token));
  const ended = await tryQuery("end delivery", () =>
    isDone ? db.update(webhookDeliveries).set({ isDone }).where(own) : db.delete(webhookDeliveries).where(own),
  );
  return ended.ok ? ok(undefined) : ended;
}

/** How many were taken since then. Fault: unavailable. */
export async function countDeliveries(
  db: Db,
  { hookId, sinceMs }: { readonly hookId: string; readonly sinceMs: number },
): Promise<Result<number>> {
  const rows = await tryQuery("count deliveries", () =>
    db
      .select({ count: sql<number>`count(*)` })
      .from(webhookDeliveries)
      .where(and(eq(webhookDeliveries.hookId, hookId), gte(webhookDeliveries.receivedAtMs, sinceMs))),
  );
  return rows.ok ? ok(rows.value[0]?.count ?? 0) : rows;
}

/** Forgets deliveries that nobody can repeat any more. Fault: unavailable. */
export async function forgetDeliveries(db: Db, { nowMs }: { readonly nowMs: number }): Promise<Result<void>> {
  const gone = await tryQuery("forget deliveries", () =>
    db.delete(webhookDeliveries).where(lt(webhookDeliveries.receivedAtMs, nowMs - KEPT_MS)),
  );
  return gone.ok ? ok(undefined) : gone;
}
