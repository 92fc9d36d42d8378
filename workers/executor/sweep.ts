import { isRetryable, toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import { PARAMETERS } from "../../shared/policy/parameters.ts";
import type { Forgotten } from "../platform/d1/forget-old.ts";
import type { RunChange, StepKey } from "../platform/d1/run-row.ts";
import type { StaleStep } from "../platform/d1/runs-store.ts";
import { log } from "../platform/log.ts";

const DAY_MS = 86_400_000;
/** A queue delivers within seconds; a step that waited this long has lost its message. */
export const STALE_AFTER_MS = 60_000;
/** As many messages as one batch may carry. */
export const SWEEP_LIMIT = 100;
/** More than the calls that a step's picks and their retries can make: its holders keep dying before they call. */
export const MAX_CLAIMS = 20;
/** How long what became of roles is told; a report reads 90 days at most. */
const GOVERNANCE_KEPT_MS = 180 * DAY_MS;
const FORGET_LIMIT = 1_000;
/** Heartbeats of refreshes are looked at in days. */
const REFRESHES_KEPT_MS = 180 * DAY_MS;
/** No calibration reads further back. */
const SCORES_KEPT_MS = PARAMETERS.outcomes.windowDays * DAY_MS;
/** A call is over by then, its deadline and a lease later. */
const CALL_OVER_MS = 300_000;
/** Erasing takes two requests a run; a worker has a thousand. */
const ERASE_LIMIT = 200;

export interface SweepDeps {
  readonly nowMs: () => number;
  /** How long a step may wait before its message counts as lost. */
  readonly staleAfterMs: number;
  readonly takeStaleSteps: (input: {
    nowMs: number;
    sentBeforeMs: number;
    limit: number;
  }) => Promise<Result<readonly StaleStep[]>>;
  readonly failStep: (step: StepKey & { readonly failure: string }) => Promise<Result<RunChange>>;
  readonly send: (steps: readonly StepKey[], waitMs: number) => Promise<void>;
  readonly readDueRuns: (input: { nowMs: number; limit: number }) => Promise<Result<readonly string[]>>;
  readonly expireRun: (input: { runId: string; nowMs: number }) => Promise<Result<RunChange>>;
  readonly bookLostCalls: (input: { nowMs: number; sentBeforeMs: number }) => Promise<Result<void>>;
  readonly eraseTexts: (input: { nowMs: number; limit: number }) => Promise<Result<number>>;
  readonly readDueResults: (input: { nowMs: number; limit: number }) => Promise<Result<readonly string[]>>;
  readonly eraseResults: (input: { runId: string; nowMs: number }) => Promise<Result<void>>;
  readonly forgetKeys: (input: { nowMs: number }) => Promise<Result<void>>;
  readonly forgetOld: (input: Forgotten) => Promise<Result<void>>;
  readonly forgetGovernance: (input: { beforeMs: number; limit: number }) => Promise<Result<void>>;
}

export interface Swept {
  readonly sent: number;
  readonly dead: number;
  readonly expired: number;
  readonly erased: number;
}

/**
 * A row that cannot be read must not keep all others from their due: it is told of and left. null = it was left.
 * Fault: unavailable.
 */
function leaveBroken<T>(runId: string, result: Result<T>): Result<T | null> {
  if (result.ok || isRetryable(result.fault)) return result;
  log({ level: "error", event: "run_left", runId, faultKind: result.fault.kind, detail: toDetail(result.fault) });
  return ok(null);
}

/** Sends again what lost its message or its holder, and gives up what no holder survives. */
async function sendStale(deps: SweepDeps, nowMs: number): Promise<Result<Pick<Swept, "sent" | "dead">>> {
  const stale = await deps.takeStaleSteps({ nowMs, sentBeforeMs: nowMs - deps.staleAfterMs, limit: SWEEP_LIMIT });
  if (!stale.ok) return stale;
  let dead = 0;
  for (const { runId, stepId } of stale.value.filter(({ attempts }) => attempts >= MAX_CLAIMS)) {
    const failed = leaveBroken(runId, await deps.failStep({ runId, stepId, failure: "never_settled" }));
    if (!failed.ok) return failed;
    if (failed.value?.changed !== true) continue;
    dead += 1;
    log({ level: "error", event: "step_dead", runId, stepId, detail: `claimed ${MAX_CLAIMS} times, never settled` });
    if (failed.value.released.length > 0) await deps.send(failed.value.released, 0);
  }
  const again = stale.value.filter(({ attempts }) => attempts < MAX_CLAIMS);
  if (again.length > 0) await deps.send(again, 0);
  return ok({ sent: again.length, dead });
}

/** Ends runs whose time, or whose wait for somebody, is over; what they paid for stays. */
async function expireDue(deps: SweepDeps, nowMs: number): Promise<Result<number>> {
  const due = await deps.readDueRuns({ nowMs, limit: SWEEP_LIMIT });
  if (!due.ok) return due;
  let count = 0;
  for (const runId of due.value) {
    const expired = leaveBroken(runId, await deps.expireRun({ runId, nowMs }));
    if (!expired.ok) return expired;
    if (expired.value === null) continue;
    count += 1;
    if (expired.value.released.length > 0) await deps.send(expired.value.released, 0);
  }
  return ok(count);
}

/** Erases words and results whose time is over. */
async function eraseDue(deps: SweepDeps, nowMs: number): Promise<Result<number>> {
  const texts = await deps.eraseTexts({ nowMs, limit: SWEEP_LIMIT });
  if (!texts.ok) return texts;
  const due = await deps.readDueResults({ nowMs, limit: ERASE_LIMIT });
  if (!due.ok) return due;
  for (const runId of due.value) {
    const erased = await deps.eraseResults({ runId, nowMs });
    if (!erased.ok) return erased;
  }
  return ok(texts.value + due.value.length);
}

/** Takes away what nobody reads any more, so that no table grows for ever that is not part of the books. */
async function forgetUnread(deps: SweepDeps, nowMs: number): Promise<Result<void>> {
  const told = await deps.forgetGovernance({ beforeMs: nowMs - GOVERNANCE_KEPT_MS, limit: FORGET_LIMIT });
  if (!told.ok) return told;
  const ages = { scoresBeforeMs: nowMs - SCORES_KEPT_MS, refreshesBeforeMs: nowMs - REFRESHES_KEPT_MS };
  const old = await deps.forgetOld({ nowMs, ...ages, limit: FORGET_LIMIT });
  return old.ok ? deps.forgetKeys({ nowMs }) : old;
}

/**
 * What the queue and its consumers forget, the rows remember: lost messages, dead holders, lost calls, waits that nobody
 * ended, and words that are due to be erased. What is left over, or fails, is due again a minute later. Fault: unavailable.
 */
export async function sweep(deps: SweepDeps): Promise<Result<Swept>> {
  const nowMs = deps.nowMs();
  const steps = await sendStale(deps, nowMs);
  if (!steps.ok) return steps;
  const expired = await expireDue(deps, nowMs);
  if (!expired.ok) return expired;
  const booked = await deps.bookLostCalls({ nowMs, sentBeforeMs: nowMs - CALL_OVER_MS });
  if (!booked.ok) return booked;
  const erased = await eraseDue(deps, nowMs);
  if (!erased.ok) return erased;
  const forgotten = await forgetUnread(deps, nowMs);
  return forgotten.ok ? ok({ ...steps.value, expired: expired.value, erased: erased.value }) : forgotten;
}
