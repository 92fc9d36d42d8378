import { and, eq, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { Db } from "./open-db.ts";
import { selectRow } from "./select-row.ts";
import { tryQuery } from "./try-query.ts";
import { webhookDays, webhookRuns } from "./webhooks-tables.ts";

export interface RunSlot {
  readonly hookId: string;
  readonly repository: string;
  /** yyyy-mm-dd, UTC. */
  readonly day: string;
  readonly decisionId: string;
  readonly token: string;
  /** What the run may cost at most. */
  readonly microUsd: number;
}

const isDay = ({ hookId, repository, day }: RunSlot) =>
  and(eq(webhookDays.hookId, hookId), eq(webhookDays.repository, repository), eq(webhookDays.day, day));

const isOurs = ({ decisionId, token }: RunSlot) =>
  sql`exists (select 1 from ${webhookRuns} where ${webhookRuns.decisionId} = ${decisionId} and ${webhookRuns.token} = ${token})`;

/**
 * Takes the one run of a decision out of the repository's day, in one transaction: `exists` = another delivery has it,
 * `refused` = the day's count or money does not hold it. Fault: unavailable.
 */
export async function reserveRunSlot(
  db: Db,
  slot: RunSlot & {
    readonly askedBy: string;
    readonly runsCap: number;
    readonly microUsdCap: number;
    readonly nowMs: number;
  },
): Promise<Result<"reserved" | "exists" | "refused">> {
  const { hookId, repository, day, decisionId, token, microUsd, runsCap, microUsdCap, nowMs } = slot;
  const blank = { hookId, repository, day, runs: 0, microUsd: 0, runsCap, microUsdCap };
  const hasRoom = sql`exists (select 1 from ${webhookDays} where ${isDay(slot)} and ${webhookDays.runs} + 1 <= ${runsCap} and ${webhookDays.microUsd} + ${microUsd} <= ${microUsdCap})`;
  const row = { decisionId, hookId, token, askedBy: slot.askedBy, createdAtMs: nowMs };
  const answers = await tryQuery("reserve run slot", () =>
    db.batch([
      db
        .insert(webhookDays)
        .values(blank)
        .onConflictDoUpdate({
          target: [webhookDays.hookId, webhookDays.repository, webhookDays.day],
          // A cap that was lowered in the middle of a day takes nothing back.
          set: {
            runsCap: sql`max(${webhookDays.runs}, ${runsCap})`,
            microUsdCap: sql`max(${webhookDays.microUsd}, ${microUsdCap})`,
          },
        }),
      db
        .insert(webhookRuns)
        .select(selectRow(webhookRuns, row, hasRoom))
        .onConflictDoNothing(),
      db
        .update(webhookDays)
        .set({ runs: sql`${webhookDays.runs} + 1`, microUsd: sql`${webhookDays.microUsd} + ${microUsd}` })
        .where(and(isDay(slot), isOurs(slot))),
      db.select({ token: webhookRuns.token }).from(webhookRuns).where(eq(webhookRuns.decisionId, decisionId)),
    ]),
  );
  if (!answers.ok) return answers;
  const holder = answers.value[3][0]?.token;
  if (holder === undefined) return ok("refused");
  return ok(holder === token ? "reserved" : "exists");
}

/** Gives a slot back whose run could not be accepted. Fault: unavailable. */
export async function releaseRunSlot(db: Db, slot: RunSlot): Promise<Result<void>> {
  const { decisionId, token, microUsd } = slot;
  const released = await tryQuery("release run slot", () =>
    db.batch([
      db
        .update(webhookDays)
        .set({ runs: sql`${webhookDays.runs} - 1`, microUsd: sql`${webhookDays.microUsd} - ${microUsd}` })
        .where(and(isDay(slot), isOurs(slot))),
      db.delete(webhookRuns).where(and(eq(webhookRuns.decisionId, decisionId), eq(webhookRuns.token, token))),
    ]),
  );
  return released.ok ? ok(undefined) : released;
}
