import { and, count, eq, gte, lt, or } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { tryQuery } from "./try-query.ts";
import { webhookDeliveries } from "./webhooks-tables.ts";

/** A request that took a delivery and did not end within this died with it. */
const WORK_MS = 60_000;

export interface DeliveryKey {
  readonly hookId: string;
  readonly deliveryId: string;
  readonly bodySha256: string;
  readonly token: string;
}

/** `done`: it came before; `busy`: another request works on it, and may yet die over it. */
export type Taken = "ours" | "done" | "busy";

/**
 * Whether this request is the one that works on a delivery: neither its id nor its bytes came before, or whoever took it
 * then died over it. Fault: unavailable.
 */
export async function takeDelivery(db: Db, key: DeliveryKey & { readonly nowMs: number }): Promise<Result<Taken>> {
  const { nowMs, ...row } = key;
  const isSame = or(eq(webhookDeliveries.deliveryId, row.deliveryId), eq(webhookDeliveries.bodySha256, row.bodySha256));
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
        .select({ token: webhookDeliveries.token, isDone: webhookDeliveries.isDone })
        .from(webhookDeliveries)
        .where(and(eq(webhookDeliveries.hookId, row.hookId), isSame)),
    ]),
  );
  if (!answers.ok) return answers;
  const [, , same] = answers.value;
  if (same.some(({ token }) => token === row.token)) return ok("ours");
  return ok(same.some(({ isDone }) => isDone) ? "done" : "busy");
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

export interface DeliveryCounts {
  readonly taken: number;
  readonly failed: number;
  /** Still to be done. */
  readonly waiting: number;
}

/** How many were taken since then, and how they fare. Fault: unavailable. */
export async function countDeliveries(
  db: Db,
  { hookId, sinceMs }: { readonly hookId: string; readonly sinceMs: number },
): Promise<Result<DeliveryCounts>> {
  const { failure, work } = webhookDeliveries;
  const rows = await tryQuery("count deliveries", () =>
    db
      .select({ taken: count(), failed: count(failure), waiting: count(work) })
      .from(webhookDeliveries)
      .where(and(eq(webhookDeliveries.hookId, hookId), gte(webhookDeliveries.receivedAtMs, sinceMs))),
  );
  return rows.ok ? ok(rows.value[0] ?? { taken: 0, failed: 0, waiting: 0 }) : rows;
}
