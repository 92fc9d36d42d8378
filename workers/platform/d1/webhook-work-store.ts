import { and, eq, gte, isNotNull, lte, type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { tryQuery } from "./try-query.ts";
import type { DeliveryKey } from "./webhook-deliveries-store.ts";
import { webhookDeliveries } from "./webhooks-tables.ts";

/** Far longer than a decision takes; a holder that died is followed by another after it. */
export const DELIVERY_LEASE_MS = 60_000;
/** Its holders keep dying, or what it needs has been away for many sweeps. */
export const MOST_CLAIMS = 20;

const over = { isDone: true, work: null, leaseExpiresAtMs: null } as const;
const isOpen = (nowMs: number): SQL | undefined =>
  and(isNotNull(webhookDeliveries.work), sql`coalesce(${webhookDeliveries.leaseExpiresAtMs}, 0) <= ${nowMs}`);

/**
 * Keeps what a delivery asks for until it is done, in one transaction; `false` = it came before, under its id or by its
 * bytes. One that failed for good is taken again. Fault: unavailable.
 */
export async function keepDelivery(
  db: Db,
  { nowMs, ...key }: DeliveryKey & { readonly work: string; readonly nowMs: number },
): Promise<Result<boolean>> {
  const fresh = { token: key.token, work: key.work, isDone: false, attempts: 0, enqueuedAtMs: nowMs, failure: null };
  const isSame = and(eq(webhookDeliveries.hookId, key.hookId), eq(webhookDeliveries.bodySha256, key.bodySha256));
  const answers = await tryQuery("keep delivery", () =>
    db.batch([
      db
        .insert(webhookDeliveries)
        .values({ ...key, ...fresh, receivedAtMs: nowMs })
        .onConflictDoNothing(),
      db
        .update(webhookDeliveries)
        .set({ ...fresh, receivedAtMs: nowMs })
        .where(and(isSame, isNotNull(webhookDeliveries.failure))),
      db
        .select({ token: webhookDeliveries.token })
        .from(webhookDeliveries)
        .where(eq(webhookDeliveries.token, key.token)),
    ]),
  );
  return answers.ok ? ok(answers.value[2].length > 0) : answers;
}

/** What is to be done of a delivery; sealed under its token. */
export interface DeliveryWork {
  readonly hookId: string;
  readonly work: string;
  /** When it came: its age is that of then. */
  readonly receivedAtMs: number;
}

/** Takes a delivery that is to be carried out and that nobody holds; null = there is nothing to do. Fault: unavailable. */
export async function claimDelivery(
  db: Db,
  { token, nowMs }: { readonly token: string; readonly nowMs: number },
): Promise<Result<DeliveryWork | null>> {
  const rows = await tryQuery("claim delivery", () =>
    db
      .update(webhookDeliveries)
      .set({ leaseExpiresAtMs: nowMs + DELIVERY_LEASE_MS, attempts: sql`${webhookDeliveries.attempts} + 1` })
      .where(and(eq(webhookDeliveries.token, token), isOpen(nowMs)))
      .returning({
        hookId: webhookDeliveries.hookId,
        work: webhookDeliveries.work,
        receivedAtMs: webhookDeliveries.receivedAtMs,
      }),
  );
  if (!rows.ok) return rows;
  const [row] = rows.value;
  return ok(row === undefined || row.work === null ? null : { ...row, work: row.work });
}

/** How the work on a delivery ended. `ignored` leaves nothing behind; `again` leaves it to another try. */
export type DeliveryEnd = "done" | "ignored" | "again" | { readonly failure: string };

/** Fault: unavailable. */
export async function settleDelivery(
  db: Db,
  { token, end }: { readonly token: string; readonly end: DeliveryEnd },
): Promise<Result<void>> {
  const own = eq(webhookDeliveries.token, token);
  const set = end === "again" ? { leaseExpiresAtMs: null } : typeof end === "object" ? { ...over, ...end } : over;
  const settled = await tryQuery("settle delivery", () =>
    end === "ignored" ? db.delete(webhookDeliveries).where(own) : db.update(webhookDeliveries).set(set).where(own),
  );
  return settled.ok ? ok(undefined) : settled;
}

/** Whether deliveries of the same hook that came before this one are still to be done. Fault: unavailable. */
export async function hasEarlierDelivery(db: Db, { token }: { readonly token: string }): Promise<Result<boolean>> {
  const rows = await tryQuery("find earlier delivery", () =>
    db
      .select({ token: webhookDeliveries.token })
      .from(webhookDeliveries)
      .where(
        and(
          isNotNull(webhookDeliveries.work),
          sql`exists (select 1 from ${webhookDeliveries} as own where own.token = ${token}
            and own.hook_id = ${webhookDeliveries}.hook_id and own.received_at_ms > ${webhookDeliveries}.received_at_ms)`,
        ),
      )
      .limit(1),
  );
  return rows.ok ? ok(rows.value.length > 0) : rows;
}

/** Gives up what was claimed too often; marks as sent again, and returns, what lost its message. Fault: unavailable. */
export async function takeStaleDeliveries(
  db: Db,
  input: { readonly nowMs: number; readonly sentBeforeMs: number; readonly limit: number },
): Promise<Result<readonly string[]>> {
  const stale = and(isOpen(input.nowMs), lte(webhookDeliveries.enqueuedAtMs, input.sentBeforeMs));
  const answers = await tryQuery("take stale deliveries", () =>
    db.batch([
      db
        .update(webhookDeliveries)
        .set({ ...over, failure: "dead_letter" })
        .where(and(stale, gte(webhookDeliveries.attempts, MOST_CLAIMS))),
      db
        .update(webhookDeliveries)
        .set({ enqueuedAtMs: input.nowMs })
        .where(sql`rowid in (select rowid from ${webhookDeliveries} where ${stale} limit ${input.limit})`)
        .returning({ token: webhookDeliveries.token }),
    ]),
  );
  return answers.ok ? ok(answers.value[1].map(({ token }) => token)) : answers;
}
