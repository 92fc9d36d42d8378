import { and, eq, isNotNull } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { tryQuery } from "./try-query.ts";
import {
  trackerPulls,
  trackerRepositories,
  trackerThreads,
  webhookDays,
  webhookDeliveries,
  webhookHooks,
  webhookRuns,
} from "./webhooks-tables.ts";

export type HookKind = "github" | "standard";

/** A hook as it is stored; `settings` and `shown` are JSON, `sealed` opens with the master secret alone. */
export interface HookRow {
  readonly id: string;
  readonly tenantId: string;
  readonly kind: string;
  readonly settings: string;
  readonly sealed: string;
  readonly shown: string;
  readonly savedBy: string;
  readonly savedAtMs: number;
  readonly installationToken: string | null;
  readonly tokenExpiresAtMs: number | null;
}

type OfTenant = Pick<HookRow, "tenantId"> & { readonly kind: HookKind };

const isOf = ({ tenantId, kind }: OfTenant) => and(eq(webhookHooks.tenantId, tenantId), eq(webhookHooks.kind, kind));

/**
 * Saves, or replaces, a tenant's hook of a kind; one that is there keeps its id. What the tracker refused is due again:
 * it may have been the credential. Answers the ids of those issues. Fault: unavailable.
 */
export async function saveHook(
  db: Db,
  hook: Omit<HookRow, "installationToken" | "tokenExpiresAtMs" | "kind"> & { readonly kind: HookKind },
): Promise<Result<readonly string[]>> {
  const { id: _, ...set } = { ...hook, installationToken: null, tokenExpiresAtMs: null };
  const saved = await tryQuery("save hook", () =>
    db.batch([
      db
        .insert(webhookHooks)
        .values({ id: hook.id, ...set })
        .onConflictDoUpdate({ target: [webhookHooks.tenantId, webhookHooks.kind], set }),
      db
        .update(trackerThreads)
        .set({ failure: null, attempts: 0, notBeforeMs: 0, enqueuedAtMs: 0 })
        .where(and(eq(trackerThreads.hookId, hook.id), isNotNull(trackerThreads.failure)))
        .returning({ id: trackerThreads.id }),
    ]),
  );
  return saved.ok ? ok(saved.value[1].map(({ id }) => id)) : saved;
}

/** The tenant's hook of a kind; null = none. Fault: unavailable. */
export async function readHookOfTenant(db: Db, of: OfTenant): Promise<Result<HookRow | null>> {
  const rows = await tryQuery("read hook", () => db.select().from(webhookHooks).where(isOf(of)).limit(1));
  return rows.ok ? ok(rows.value[0] ?? null) : rows;
}

/** A hook by the id that its deliveries carry, or its issues' rows; null = none. Fault: unavailable. */
export async function readHook(db: Db, { id }: Pick<HookRow, "id">): Promise<Result<HookRow | null>> {
  const rows = await tryQuery("read hook", () =>
    db.select().from(webhookHooks).where(eq(webhookHooks.id, id)).limit(1),
  );
  return rows.ok ? ok(rows.value[0] ?? null) : rows;
}

/** Forgets a hook with all that came through it; decisions and runs stay. Fault: unavailable. */
export async function deleteHook(db: Db, { id }: Pick<HookRow, "id">): Promise<Result<void>> {
  const gone = await tryQuery("delete hook", () =>
    db.batch([
      db.delete(webhookHooks).where(eq(webhookHooks.id, id)),
      db.delete(trackerThreads).where(eq(trackerThreads.hookId, id)),
      db.delete(webhookDeliveries).where(eq(webhookDeliveries.hookId, id)),
      db.delete(webhookDays).where(eq(webhookDays.hookId, id)),
      db.delete(webhookRuns).where(eq(webhookRuns.hookId, id)),
      db.delete(trackerPulls).where(eq(trackerPulls.hookId, id)),
      db.delete(trackerRepositories).where(eq(trackerRepositories.hookId, id)),
    ]),
  );
  return gone.ok ? ok(undefined) : gone;
}

/** Keeps an app's token for the calls of the next hour; not for a hook that was set up anew meanwhile. Fault: unavailable. */
export async function saveInstallationToken(
  db: Db,
  token: Pick<HookRow, "id" | "savedAtMs"> & { readonly sealed: string | null; readonly expiresAtMs: number | null },
): Promise<Result<void>> {
  const saved = await tryQuery("save installation token", () =>
    db
      .update(webhookHooks)
      .set({ installationToken: token.sealed, tokenExpiresAtMs: token.expiresAtMs })
      .where(and(eq(webhookHooks.id, token.id), eq(webhookHooks.savedAtMs, token.savedAtMs))),
  );
  return saved.ok ? ok(undefined) : saved;
}
