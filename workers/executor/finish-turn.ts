import { isRetryable, toDetail } from "../../shared/base/fault.ts";
import { ok, type Result } from "../../shared/base/result.ts";
import type { StepKey } from "../platform/d1/run-row.ts";
import type { TurnEnd, TurnSettled } from "../platform/d1/run-settle-store.ts";
import { log } from "../platform/log.ts";
import type { Turn, TurnOutcome } from "./turn.ts";

export interface FinishDeps {
  readonly nowMs: () => number;
  readonly saveOutput: (
    step: StepKey,
    output: { readonly name: string; readonly text: string },
  ) => Promise<Result<{ readonly key: string; readonly bytes: number }>>;
  readonly settle: (end: TurnEnd) => Promise<Result<TurnSettled>>;
  readonly noteProvider: (tenantId: string, outcome: TurnOutcome) => Promise<void>;
  /** Steps that wait for a place of this tenant's. */
  readonly readWaiting: (tenantId: string) => Promise<Result<readonly StepKey[]>>;
  /** Puts steps in the queue; a failing send loses nothing. */
  readonly send: (steps: readonly StepKey[], waitMs: number) => Promise<void>;
}

/** What is lost here is a call that is made again: a store that was away for a moment gets another chance. */
const TRIES = 3;

async function trySurely<T>(act: () => Promise<Result<T>>): Promise<Result<T>> {
  let done = await act();
  for (let tries = 1; tries < TRIES && !done.ok && isRetryable(done.fault); tries += 1) done = await act();
  return done;
}

/** Keeps what a turn brought, then settles it: an output that nothing names is erased with the run. Faults: unavailable. */
export async function finishTurn(turn: Turn, outcome: TurnOutcome, deps: FinishDeps): Promise<Result<TurnSettled>> {
  const { runId, stepId, leaseToken } = turn;
  const keep = (words: NonNullable<TurnOutcome["output"]>) => trySurely(() => deps.saveOutput(turn, words));
  const output = outcome.output === null ? ok(null) : await keep(outcome.output);
  if (!output.ok) return output;
  if (outcome.notes !== null) {
    const notes = await keep({ name: "notes", text: outcome.notes });
    if (!notes.ok) return notes;
  }
  const nowMs = deps.nowMs();
  const end: TurnEnd = {
    ...{ runId, stepId, leaseToken, nowMs },
    ...{ event: outcome.event, booking: outcome.booking, finding: outcome.finding },
    ...{ output: output.value, failure: outcome.failure, lastError: outcome.lastError },
    notBeforeMs: outcome.waitMs === null ? null : nowMs + outcome.waitMs,
    events: outcome.note === null ? [] : [{ ...outcome.note, stepId }],
    ...(outcome.complaint === undefined ? {} : { complaint: outcome.complaint }),
    ...(outcome.expansion === undefined ? {} : { expansion: outcome.expansion }),
  };
  const settled = await trySurely(() => deps.settle(end));
  if (settled.ok) await deps.noteProvider(turn.loaded.row.tenantId, outcome);
  return settled;
}

/** Sends what a turn released, and what waits for a place that it freed: its own, or that of a run that goes on no more. */
export async function releaseNext(
  turn: Turn,
  settled: TurnSettled,
  { waitMs, deps }: { readonly waitMs: number | null; readonly deps: FinishDeps },
): Promise<void> {
  const isOwn = ({ stepId }: StepKey): boolean => stepId === turn.stepId;
  const next = settled.released.filter((step) => !isOwn(step));
  const again = settled.released.filter(isOwn);
  if (again.length > 0) await deps.send(again, waitMs ?? 0);
  if (next.length > 0) await deps.send(next, 0);
  if (next.length > 0 && settled.state === "running") return;
  const waiting = await deps.readWaiting(turn.loaded.row.tenantId);
  if (!waiting.ok)
    log({ level: "warn", event: "waiting_not_read", runId: turn.runId, detail: toDetail(waiting.fault) });
  else if (waiting.value.length > 0) await deps.send(waiting.value, 0);
}
