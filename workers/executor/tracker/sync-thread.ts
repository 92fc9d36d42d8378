import { toDetail } from "../../../shared/base/fault.ts";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { TrackerFailure } from "../../../shared/contract/webhooks.ts";
import type { StepKey } from "../../platform/d1/run-row.ts";
import { type ClaimedThread, MOST_ATTEMPTS, type ThreadSettled } from "../../platform/d1/tracker-threads-store.ts";
import { log } from "../../platform/log.ts";
import { TRACKER_STEP } from "../../platform/queue.ts";
import { type Delivery, type StepName, toDelivery } from "../delivery.ts";
import { type Brought, bringIssue, toLabelList } from "./bring-issue.ts";
import type { Access } from "./open-access.ts";

export interface TrackerDeps {
  readonly nowMs: () => number;
  readonly newToken: () => string;
  readonly send: (steps: readonly StepKey[], waitMs: number) => Promise<void>;
  readonly claimThread: (id: string, leaseToken: string) => Promise<Result<ClaimedThread | null>>;
  readonly settleThread: (settled: Omit<ThreadSettled, "nowMs">) => Promise<Result<{ readonly isBehind: boolean }>>;
  readonly openAccess: (hookId: string) => Promise<Result<Access>>;
  /** Forgets a token that is refused; whether there was one that another can take the place of. */
  readonly dropAccess: (hookId: string) => Promise<Result<boolean>>;
  readonly readThreadBehindRun: (runId: string) => Promise<Result<string | null>>;
  readonly failThread: (id: string, failure: TrackerFailure) => Promise<Result<void>>;
}

/** Waits between tries that GitHub says nothing of; the last one is kept on. */
const WAITS_MS = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000] as const;
const LAST_WAIT_MS = 3_600_000;
/** A limit that ends later than this is no matter of waiting. */
const LONGEST_WAIT_MS = 2 * 3_600_000;

const PASSING: ReadonlySet<TrackerFailure> = new Set(["unavailable", "rate_limited"]);

/** Until the next try; null = another one would only meet the same. */
function toWaitMs(
  { attempts }: ClaimedThread,
  { failure, waitMs }: Pick<Brought, "failure" | "waitMs">,
): number | null {
  if (failure === null || !PASSING.has(failure) || attempts >= MOST_ATTEMPTS) return null;
  const own = WAITS_MS[attempts - 1] ?? LAST_WAIT_MS;
  const wanted = Math.max(own, waitMs ?? 0);
  return wanted > LONGEST_WAIT_MS ? null : wanted;
}

const blank = (thread: ClaimedThread, failure: TrackerFailure, waitMs: number | null): Brought => {
  const { appliedLabels, commentId } = thread;
  return { appliedLabels: toLabelList(appliedLabels), commentId, failure, waitMs };
};

async function bring(thread: ClaimedThread, deps: TrackerDeps): Promise<Result<Brought>> {
  const opened = await deps.openAccess(thread.hookId);
  if (!opened.ok) return opened;
  if (!opened.value.ok) return ok(blank(thread, opened.value.failure, opened.value.waitMs));
  const brought = await bringIssue(thread, opened.value.access);
  if (brought.failure !== "auth") return ok(brought);
  const dropped = await deps.dropAccess(thread.hookId);
  if (!dropped.ok) return dropped;
  // A token that was taken back before its time: the next try asks for another.
  return ok(dropped.value ? { ...brought, failure: "unavailable" } : brought);
}

/**
 * Brings one issue to where its row wants it: claim -> credential -> labels -> comment -> settle. What fails for a while
 * is tried again after a wait; what will not change is kept with its class for whoever set the hook up.
 */
export async function syncThread(step: StepName, deps: TrackerDeps): Promise<Delivery> {
  const leaseToken = deps.newToken();
  const claimed = await deps.claimThread(step.runId, leaseToken);
  if (!claimed.ok) return toDelivery("thread_claim_failed", step, claimed.fault);
  const { value: thread } = claimed;
  if (thread === null) return "ack";
  const brought = await bring(thread, deps);
  if (!brought.ok) return toDelivery("thread_failed", step, brought.fault);
  const { failure, ...reached } = brought.value;
  const waitMs = toWaitMs(thread, brought.value);
  const isThere = failure === null;
  const settled = await deps.settleThread({
    ...{ id: thread.id, leaseToken, appliedLabels: reached.appliedLabels, commentId: reached.commentId },
    appliedVersion: isThere ? thread.wantedVersion : thread.appliedVersion,
    shownRunState: isThere ? thread.runState : thread.shownRunState,
    failure: waitMs === null ? failure : null,
    notBeforeMs: waitMs === null ? 0 : deps.nowMs() + waitMs,
  });
  if (!settled.ok) return toDelivery("thread_settle_failed", step, settled.fault);
  log({
    level: isThere ? "info" : "warn",
    event: isThere ? "thread_synced" : "thread_refused",
    ...step,
    ...(failure === null ? {} : { code: failure }),
  });
  if (waitMs !== null) await deps.send([step], waitMs);
  else if (isThere && settled.value.isBehind) await deps.send([step], 0);
  return "ack";
}

/** A message that the queue gave up: the issue is shown as such, until something new happens to it. */
export async function buryThread(step: StepName, deps: Pick<TrackerDeps, "failThread">): Promise<Delivery> {
  const failed = await deps.failThread(step.runId, "dead_letter");
  return failed.ok ? "ack" : toDelivery("bury_thread_failed", step, failed.fault);
}

/** Sends for the comment of an issue whose run has just ended. A failure here is the sweeper's, a minute later. */
export async function tellRunEnd(
  { runId }: StepName,
  deps: Pick<TrackerDeps, "readThreadBehindRun" | "send">,
): Promise<void> {
  const behind = await deps.readThreadBehindRun(runId);
  if (!behind.ok) log({ level: "warn", event: "thread_not_read", runId, detail: toDetail(behind.fault) });
  else if (behind.value !== null) await deps.send([{ runId: behind.value, stepId: TRACKER_STEP }], 0);
}
