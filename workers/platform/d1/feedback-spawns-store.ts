import { and, eq, gte, inArray, lt, sql } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import type { Band, RunMode } from "../../../shared/policy/policy.ts";
import type { SpawnGroup } from "../../../shared/run/spawn-stats.ts";
import type { Category } from "../../../shared/task/labels.ts";
import { spawnLog } from "./feedback-tables.ts";
import type { Db } from "./open-db.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";

/** One spawn as it is logged; prices null where the catalogue has no such model. */
export interface NewSpawn {
  readonly id: string;
  readonly tenantId: string;
  readonly clientId: string | null;
  readonly modelId: string;
  readonly category: Category;
  readonly budget: Band;
  readonly mode: RunMode;
  readonly role: string;
  readonly source: string;
  readonly tags: readonly string[];
  readonly promptMicroUsdPerMillion: number | null;
  readonly completionMicroUsdPerMillion: number | null;
  readonly taskMicroUsd: number | null;
  readonly referenceMicroUsd: number | null;
  readonly createdAtMs: number;
  readonly createdBy: string;
}

const PRUNE_LIMIT = 20;

/**
 * Logs a spawn and takes away a few rows older than `keepSinceMs`. The same client id with the same content counts once.
 * Fault: conflict when the client id stands for another spawn.
 */
export async function saveSpawn(
  db: Db,
  { spawn, keepSinceMs }: { readonly spawn: NewSpawn; readonly keepSinceMs: number },
): Promise<Result<void>> {
  const { tenantId, clientId } = spawn;
  const tags = JSON.stringify(spawn.tags);
  const old = db
    .select({ id: spawnLog.id })
    .from(spawnLog)
    .where(and(eq(spawnLog.tenantId, tenantId), lt(spawnLog.createdAtMs, keepSinceMs)))
    .limit(PRUNE_LIMIT);
  const answers = await tryQuery("log spawn", () =>
    db.batch([
      db
        .insert(spawnLog)
        .select(selectRow(spawnLog, { ...spawn, tags }, sql`true`))
        .onConflictDoNothing(),
      db.delete(spawnLog).where(inArray(spawnLog.id, old)),
      db
        .select()
        .from(spawnLog)
        .where(and(eq(spawnLog.tenantId, tenantId), eq(spawnLog.clientId, clientId ?? ""))),
    ]),
  );
  if (!answers.ok || clientId === null) return answers.ok ? ok(undefined) : answers;
  const [stored] = answers.value[2];
  const isSame =
    stored !== undefined &&
    (["modelId", "category", "budget", "mode", "role", "source"] as const).every((key) => stored[key] === spawn[key]) &&
    stored.tags === tags;
  if (isSame) return ok(undefined);
  const message = `Cannot log this spawn: the id ${JSON.stringify(clientId)} stands for another one`;
  return fail({ kind: "conflict", message });
}

/** Spawns of the tenant since `sinceMs`, counted by day (UTC), model, category, mode and part in a cascade. */
export function readSpawnGroups(
  db: Db,
  { tenantId, sinceMs }: { readonly tenantId: string; readonly sinceMs: number },
): Promise<Result<readonly SpawnGroup[]>> {
  const day = sql<string>`date(${spawnLog.createdAtMs} / 1000, 'unixepoch')`;
  const part = sql<string>`case when ${spawnLog.role} in ('cascade_cheap', 'cascade_premium') then ${spawnLog.role} else 'other' end`;
  const isPriced = sql`(${spawnLog.taskMicroUsd} is not null and ${spawnLog.referenceMicroUsd} is not null)`;
  return tryQuery("read spawns", () =>
    db
      .select({
        day,
        modelId: spawnLog.modelId,
        category: spawnLog.category,
        mode: spawnLog.mode,
        part,
        count: sql<number>`count(*)`,
        priced: sql<number>`sum(${isPriced})`,
        taskMicroUsd: sql<number>`sum(case when ${isPriced} then ${spawnLog.taskMicroUsd} else 0 end)`,
        referenceMicroUsd: sql<number>`sum(case when ${isPriced} then ${spawnLog.referenceMicroUsd} else 0 end)`,
      })
      .from(spawnLog)
      .where(and(eq(spawnLog.tenantId, tenantId), gte(spawnLog.createdAtMs, sinceMs)))
      .groupBy(day, spawnLog.modelId, spawnLog.category, spawnLog.mode, part),
  );
}
