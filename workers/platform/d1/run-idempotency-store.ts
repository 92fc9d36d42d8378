import { and, eq, isNull, lte, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { idempotencyKeys } from "./run-doors-tables.ts";
import { tryQuery } from "./try-query.ts";

/** A request that died without a word frees its key after this. */
const WORK_MS = 60_000;
/** How long the first answer is given again. */
const KEPT_MS = 86_400_000;

export interface IdempotencyKey {
  readonly tenantId: string;
  readonly endpoint: string;
  readonly key: string;
  /** Made for this request alone. */
  readonly token: string;
}

export type Idempotency =
  | { readonly kind: "fresh" }
  /** The first request with this key has not been answered yet. */
  | { readonly kind: "running" }
  | { readonly kind: "other_body" }
  | { readonly kind: "replay"; readonly status: number; readonly body: string };

const isKey = ({ tenantId, endpoint, key }: Omit<IdempotencyKey, "token">) =>
  and(eq(idempotencyKeys.tenantId, tenantId), eq(idempotencyKeys.endpoint, endpoint), eq(idempotencyKeys.key, key));

/**
 * Takes a key for this request, unless it is held or answered. `fingerprint` stands for the body. An answer is replayed
 * for a day from the first request on. Fault: unavailable.
 */
export async function beginIdempotency(
  db: Db,
  input: IdempotencyKey & { readonly fingerprint: string; readonly nowMs: number },
): Promise<Result<Idempotency>> {
  const { tenantId, endpoint, key, token, fingerprint, nowMs } = input;
  const row = { tenantId, endpoint, key, token, fingerprint, status: null, body: null, expiresAtMs: nowMs + WORK_MS };
  const isOver = sql`case when ${idempotencyKeys.status} is null then ${idempotencyKeys.expiresAtMs} else ${idempotencyKeys.expiresAtMs} + ${KEPT_MS - WORK_MS} end <= ${nowMs}`;
  const answers = await tryQuery("begin idempotency", () =>
    db.batch([
      db
        .insert(idempotencyKeys)
        .values(row)
        .onConflictDoUpdate({
          target: [idempotencyKeys.tenantId, idempotencyKeys.endpoint, idempotencyKeys.key],
          set: row,
          setWhere: isOver,
        }),
      db.select().from(idempotencyKeys).where(isKey(input)),
    ]),
  );
  if (!answers.ok) return answers;
  const [found] = answers.value[1];
  if (found === undefined) throw new Error("a key that was just taken or held has no row");
  if (found.token === token) return ok({ kind: "fresh" });
  if (found.fingerprint !== fingerprint) return ok({ kind: "other_body" });
  if (found.status === null || found.body === null) return ok({ kind: "running" });
  return ok({ kind: "replay", status: found.status, body: found.body });
}

/** Gives a key back whose request was refused, so that nothing is kept of it. Fault: unavailable. */
export async function endIdempotency(db: Db, input: IdempotencyKey): Promise<Result<void>> {
  const ended = await tryQuery("end idempotency", () =>
    db
      .delete(idempotencyKeys)
      .where(and(isKey(input), eq(idempotencyKeys.token, input.token), isNull(idempotencyKeys.status))),
  );
  return ended.ok ? ok(undefined) : ended;
}

/** Forgets keys whose day is over. Fault: unavailable. */
export async function forgetIdempotency(db: Db, { nowMs }: { readonly nowMs: number }): Promise<Result<void>> {
  const gone = await tryQuery("forget idempotency", () =>
    db.delete(idempotencyKeys).where(lte(idempotencyKeys.expiresAtMs, nowMs - KEPT_MS)),
  );
  return gone.ok ? ok(undefined) : gone;
}
