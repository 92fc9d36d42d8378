import { and, eq, gt, or, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { ProviderState } from "../../../shared/policy/decision.ts";
import type { FailureClass } from "../../../shared/run/model-call.ts";
import type { Db } from "./open-db.ts";
import { providerStates } from "./run-doors-tables.ts";
import { tryQuery } from "./try-query.ts";

/** How long a key that was refused, or is out of money, is left alone. */
const CIRCUIT_MS = 600_000;
/** A limit that was met so long ago says nothing any more. */
const LIMITED_MS = 300_000;
/** What each recent refusal for too many requests is held to cost, up to ten of them: a wait, not a failure. */
const LIMITED_MICRO_USD = 10_000;
const LIMITED_MOST = 10;

interface OfProvider {
  readonly tenantId: string;
  readonly provider: string;
}

/** Opens the circuit of a tenant's key of a provider. Fault: unavailable. */
export async function openCircuit(
  db: Db,
  input: OfProvider & { readonly reason: FailureClass; readonly nowMs: number },
): Promise<Result<void>> {
  const { tenantId, provider, reason, nowMs } = input;
  const set = { openUntilMs: nowMs + CIRCUIT_MS, reason };
  const saved = await tryQuery("open circuit", () =>
    db
      .insert(providerStates)
      .values({ tenantId, provider, ...set })
      .onConflictDoUpdate({ target: [providerStates.tenantId, providerStates.provider], set }),
  );
  return saved.ok ? ok(undefined) : saved;
}

/** Notes that a provider asked to be called less. Fault: unavailable. */
export async function noteRateLimit(db: Db, input: OfProvider & { readonly nowMs: number }): Promise<Result<void>> {
  const { tenantId, provider, nowMs } = input;
  const isRecent = gt(providerStates.limitedAtMs, nowMs - LIMITED_MS);
  const saved = await tryQuery("note rate limit", () =>
    db
      .insert(providerStates)
      .values({ tenantId, provider, limitedAtMs: nowMs, limitedCount: 1 })
      .onConflictDoUpdate({
        target: [providerStates.tenantId, providerStates.provider],
        set: {
          limitedAtMs: nowMs,
          limitedCount: sql`case when ${isRecent} then ${providerStates.limitedCount} + 1 else 1 end`,
        },
      }),
  );
  return saved.ok ? ok(undefined) : saved;
}

/** Open circuits and recent limits of a tenant's keys, as decide() reads them. Fault: unavailable. */
export async function readProviderState(
  db: Db,
  { tenantId, nowMs }: { readonly tenantId: string; readonly nowMs: number },
): Promise<Result<ProviderState>> {
  const isLimited = gt(providerStates.limitedAtMs, nowMs - LIMITED_MS);
  const rows = await tryQuery("read provider states", () =>
    db
      .select()
      .from(providerStates)
      .where(and(eq(providerStates.tenantId, tenantId), or(gt(providerStates.openUntilMs, nowMs), isLimited)))
      .orderBy(providerStates.provider),
  );
  if (!rows.ok) return rows;
  const isOpen = ({ openUntilMs }: (typeof rows.value)[number]): boolean => (openUntilMs ?? 0) > nowMs;
  return ok({
    excluded: rows.value.filter(isOpen).map(({ provider, reason }) => ({ provider, reason: reason ?? "open circuit" })),
    penalties: rows.value
      .filter((row) => !isOpen(row))
      .map(({ provider, limitedCount }) => ({
        provider,
        microUsd: Math.min(LIMITED_MOST, limitedCount) * LIMITED_MICRO_USD,
        reason: `rate limited ${limitedCount} times within 5 minutes`,
      })),
  });
}
