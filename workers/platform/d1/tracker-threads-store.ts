import { and, desc, eq, gt, isNotNull, lte, ne, or, type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { TrackerFailure } from "../../../shared/contract/webhooks.ts";
import type { Db } from "./open-db.ts";
import { runs } from "./runs-tables.ts";
import { tryQuery } from "./try-query.ts";
import { trackerThreads } from "./webhooks-tables.ts";

/** Where an issue is. */
export interface IssueKey {
  readonly hookId: string;
  /** Lower case. */
  readonly repository: string;
  readonly number: number;
}

export type ThreadRow = typeof trackerThreads.$inferSelect;

/** Enough for an outage of hours at the waits between tries; a newer event starts the count anew. */
export const MOST_ATTEMPTS = 10;
const SHOWN_THREADS = 20;
/** Longer than a run may wait for somebody and then take; older issues need no minute's look. */
const SWEPT_MS = 14 * 86_400_000;

const isIssue = ({ hookId, repository, number }: IssueKey) =>
  and(eq(trackerThreads.hookId, hookId), eq(trackerThreads.repository, repository), eq(trackerThreads.number, number));

export interface WantedThread extends IssueKey {
  /** Of the row, where there is none yet. */
  readonly id: string;
  readonly tenantId: string;
  readonly decisionId: string;
  readonly runId: string | null;
  readonly labels: readonly string[];
  readonly comment: string | null;
  readonly nowMs: number;
}

/**
 * What is wanted of an issue from now on; the same again changes nothing. Answers the row, with what has to be brought to
 * the tracker where `wantedVersion` is above `appliedVersion`. Fault: unavailable.
 */
export async function saveThread(db: Db, wanted: WantedThread): Promise<Result<ThreadRow>> {
  const { labels, comment, nowMs, ...named } = wanted;
  const wantedLabels = JSON.stringify(labels);
  const hasWork = labels.length > 0 || comment !== null;
  const row = { ...named, wantedLabels, wantedComment: comment, wantedVersion: hasWork ? 1 : 0 };
  const isSame = sql`(${trackerThreads.wantedLabels} = ${wantedLabels} and ${trackerThreads.wantedComment} is ${comment} and ${trackerThreads.failure} is null)`;
  const rows = await tryQuery("save thread", () =>
    db
      .insert(trackerThreads)
      .values({ ...row, enqueuedAtMs: nowMs, updatedAtMs: nowMs })
      .onConflictDoUpdate({
        target: [trackerThreads.hookId, trackerThreads.repository, trackerThreads.number],
        set: {
          decisionId: named.decisionId,
          runId: sql`case when ${trackerThreads.decisionId} = ${named.decisionId} then coalesce(${named.runId}, ${trackerThreads.runId}) else ${named.runId} end`,
          ...{ wantedLabels, wantedComment: comment, updatedAtMs: nowMs, enqueuedAtMs: nowMs },
          wantedVersion: sql`${trackerThreads.wantedVersion} + case when ${isSame} then 0 else 1 end`,
          ...{ failure: null, attempts: 0, notBeforeMs: 0 },
        },
      })
      .returning(),
  );
  if (!rows.ok) return rows;
  const [saved] = rows.value;
  if (saved === undefined) throw new Error("a thread that was just saved has no row");
  return ok(saved);
}

/** What is known of an issue; null = nothing. Fault: unavailable. */
export async function readThread(db: Db, key: IssueKey): Promise<Result<ThreadRow | null>> {
  const rows = await tryQuery("read thread", () => db.select().from(trackerThreads).where(isIssue(key)).limit(1));
  return rows.ok ? ok(rows.value[0] ?? null) : rows;
}

/** Whether the comment tells of another state of the run than the one it ended in. */
const isBehindRun = sql`(${trackerThreads.commentId} is not null and exists (select 1 from ${runs} where ${runs.id} = ${trackerThreads.runId} and ${runs.endedAtMs} is not null and ${runs.state} is not ${trackerThreads.shownRunState}))`;

/** The issue whose comment tells of another state of a run than the one it ended in; null = none. Fault: unavailable. */
export async function readThreadBehindRun(
  db: Db,
  { runId }: { readonly runId: string },
): Promise<Result<string | null>> {
  const rows = await tryQuery("read thread behind run", () =>
    db
      .select({ id: trackerThreads.id })
      .from(trackerThreads)
      .where(and(eq(trackerThreads.runId, runId), isBehindRun))
      .limit(1),
  );
  return rows.ok ? ok(rows.value[0]?.id ?? null) : rows;
}

const isDue = (nowMs: number): SQL | undefined =>
  and(
    or(gt(trackerThreads.wantedVersion, trackerThreads.appliedVersion), isBehindRun),
    sql`${trackerThreads.failure} is null`,
    lte(trackerThreads.notBeforeMs, nowMs),
    sql`coalesce(${trackerThreads.leaseExpiresAtMs}, 0) <= ${nowMs}`,
  );

/** An issue under a lease, and how its run stands. */
export interface ClaimedThread extends ThreadRow {
  readonly runState: string | null;
}

/** Takes an issue that is to be brought up to date and that nobody holds; null = there is nothing to do. Fault: unavailable. */
export async function claimThread(
  db: Db,
  claim: { readonly id: string; readonly leaseToken: string; readonly leaseMs: number; readonly nowMs: number },
): Promise<Result<ClaimedThread | null>> {
  const { id, leaseToken, nowMs } = claim;
  const answers = await tryQuery("claim thread", () =>
    db.batch([
      db
        .update(trackerThreads)
        .set({
          ...{ leaseToken, leaseExpiresAtMs: nowMs + claim.leaseMs },
          attempts: sql`${trackerThreads.attempts} + 1`,
        })
        .where(and(eq(trackerThreads.id, id), isDue(nowMs)))
        .returning(),
      db
        .select({ state: runs.state })
        .from(runs)
        .innerJoin(trackerThreads, eq(trackerThreads.runId, runs.id))
        .where(eq(trackerThreads.id, id)),
    ]),
  );
  if (!answers.ok) return answers;
  const [[row], [run]] = answers.value;
  return ok(row === undefined ? null : { ...row, runState: run?.state ?? null });
}

export interface ThreadSettled {
  readonly id: string;
  readonly leaseToken: string;
  readonly appliedVersion: number;
  readonly appliedLabels: readonly string[];
  readonly commentId: number | null;
  readonly shownRunState: string | null;
  readonly failure: TrackerFailure | null;
  /** When it may be tried again; 0 = at once. */
  readonly notBeforeMs: number;
  readonly nowMs: number;
}

/**
 * Saves what the tracker was brought to and gives the lease back; whether more is wanted by now, or its run has ended since
 * it was claimed (whoever told of that end found the issue held). A lost lease saves nothing: its holder does. Fault: unavailable.
 */
export async function settleThread(db: Db, settled: ThreadSettled): Promise<Result<{ readonly isBehind: boolean }>> {
  const { id, leaseToken, appliedLabels, nowMs, ...rest } = settled;
  const isDone = rest.failure === null && rest.notBeforeMs === 0;
  const answers = await tryQuery("settle thread", () =>
    db.batch([
      db
        .update(trackerThreads)
        .set({
          ...rest,
          appliedLabels: JSON.stringify(appliedLabels),
          ...{ leaseToken: null, leaseExpiresAtMs: null, updatedAtMs: nowMs },
          ...(isDone ? { attempts: 0 } : {}),
        })
        .where(and(eq(trackerThreads.id, id), eq(trackerThreads.leaseToken, leaseToken)))
        .returning({ wantedVersion: trackerThreads.wantedVersion }),
      db
        .select({ id: trackerThreads.id })
        .from(trackerThreads)
        .where(and(eq(trackerThreads.id, id), isBehindRun)),
    ]),
  );
  if (!answers.ok) return answers;
  const [[row], behindRun] = answers.value;
  const isBehind = row !== undefined && (row.wantedVersion > settled.appliedVersion || behindRun.length > 0);
  return ok({ isBehind });
}

/** Gives an issue up whose message the queue gave up, unless somebody holds it. Fault: unavailable. */
export async function failThread(
  db: Db,
  { id, failure, nowMs }: { readonly id: string; readonly failure: TrackerFailure; readonly nowMs: number },
): Promise<Result<void>> {
  const failed = await tryQuery("fail thread", () =>
    db
      .update(trackerThreads)
      .set({ failure, updatedAtMs: nowMs })
      .where(and(eq(trackerThreads.id, id), isDue(nowMs))),
  );
  return failed.ok ? ok(undefined) : failed;
}

/** Marks as sent again, and returns, issues whose message was lost, or whose run has ended since. Fault: unavailable. */
export async function takeStaleThreads(
  db: Db,
  input: { readonly nowMs: number; readonly sentBeforeMs: number; readonly limit: number },
): Promise<Result<readonly string[]>> {
  const isRecent = gt(trackerThreads.updatedAtMs, input.nowMs - SWEPT_MS);
  const stale = and(
    isRecent,
    isDue(input.nowMs),
    or(lte(trackerThreads.enqueuedAtMs, input.sentBeforeMs), isBehindRun),
  );
  const rows = await tryQuery("take stale threads", () =>
    db
      .update(trackerThreads)
      .set({ enqueuedAtMs: input.nowMs })
      .where(sql`rowid in (select rowid from ${trackerThreads} where ${stale} limit ${input.limit})`)
      .returning({ id: trackerThreads.id }),
  );
  return rows.ok ? ok(rows.value.map(({ id }) => id)) : rows;
}

/** Issues that the tracker refused or that are not there yet, newest first, 20 at most. Fault: unavailable. */
export const listOpenThreads = (db: Db, { hookId }: Pick<IssueKey, "hookId">): Promise<Result<readonly ThreadRow[]>> =>
  tryQuery("list open threads", () =>
    db
      .select()
      .from(trackerThreads)
      .where(
        and(
          eq(trackerThreads.hookId, hookId),
          or(isNotNull(trackerThreads.failure), ne(trackerThreads.wantedVersion, trackerThreads.appliedVersion)),
        ),
      )
      .orderBy(desc(trackerThreads.updatedAtMs))
      .limit(SHOWN_THREADS),
  );
