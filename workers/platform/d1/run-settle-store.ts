import { and, eq, sql } from "drizzle-orm";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import { ok, type Result } from "../../../shared/base/result.ts";
import { advance, type RunEvent } from "../../../shared/run/advance.ts";
import type { Budget } from "../../../shared/run/budget.ts";
import { changeRun, type Decided } from "./change-run.ts";
import { type Expansion, toExpansion } from "./expand-run.ts";
import { toldOutcome } from "./governance-step-outcome.ts";
import { scoreStatements } from "./judge-scores-store.ts";
import type { Db } from "./open-db.ts";
import type { LoadedRun } from "./run-load.ts";
import { type CallBooking, saveBooking, settleStatements } from "./run-money-store.ts";
import type { RunChange, StepFinding, StepKey } from "./run-row.ts";
import type { NewEvent } from "./run-write.ts";
import { steps } from "./runs-tables.ts";
import { toWarningEvents } from "./tell-booked.ts";
import { tryQuery } from "./try-query.ts";

/** How one turn of a step ended: with or without a call, for good or to be tried again. */
export interface TurnEnd extends StepKey {
  readonly leaseToken: string;
  readonly event: Extract<RunEvent, { readonly stepId: string }>;
  /** The call that was made, and what it cost; null = none. */
  readonly booking: (CallBooking & { readonly model: string; readonly provider: string }) | null;
  readonly output: { readonly key: string; readonly bytes: number } | null;
  readonly finding: StepFinding | null;
  /** Class of what went wrong; of a turn that is tried again too. */
  readonly failure: string | null;
  /** Our own words on it. */
  readonly lastError: string | null;
  /** What was wrong with the form of an answer that is asked for again. */
  readonly complaint?: string;
  /** Of a turn that is tried again. */
  readonly notBeforeMs: number | null;
  /** Told beside what advance() brings. */
  readonly events: readonly NewEvent[];
  /** Of a plan step that is done: what its new steps need. */
  readonly expansion?: Expansion;
  readonly nowMs: number;
}

/** `kept` false: the lease was gone, so that nothing but the money was booked. */
export interface TurnSettled extends RunChange {
  readonly kept: boolean;
}

const holds = ({ steps: rows }: LoadedRun, { stepId, leaseToken }: TurnEnd): boolean =>
  rows.some((step) => step.stepId === stepId && step.state === "running" && step.leaseToken === leaseToken);

/** What a booking does to the run's own cap, as far as its owner is told. */
function toMoneyEvents(budget: Budget, booking: TurnEnd["booking"]): readonly NewEvent[] {
  if (booking === null) return [];
  const { settledMicroUsd, overrunMicroUsd, failure, model, provider } = booking;
  const after = {
    ...budget,
    spentMicroUsd: budget.spentMicroUsd + settledMicroUsd,
    overrunMicroUsd: budget.overrunMicroUsd + overrunMicroUsd,
  };
  const call = { model, provider, microUsd: settledMicroUsd + overrunMicroUsd, failure };
  return [
    { kind: "call_settled", stepId: null, data: call },
    ...toWarningEvents(budget, after),
    ...(overrunMicroUsd > 0 ? [{ kind: "budget_frozen", stepId: null, data: { overrunMicroUsd } }] : []),
  ];
}

function toStepSet(end: TurnEnd): SQLiteUpdateSetSource<typeof steps> {
  const { output, finding, event } = end;
  return {
    faultKind: event.kind === "failed" || event.kind === "exhausted" ? end.failure : null,
    lastError: end.lastError,
    complaint: end.complaint ?? null,
    notBeforeMs: event.kind === "returned" ? end.notBeforeMs : null,
    ...(output === null ? {} : { outputKey: output.key, outputBytes: output.bytes }),
    ...(finding === null ? {} : { finding: JSON.stringify(finding) }),
  };
}

/** A readable score is kept by its cell, so that it means something once the truth of enough answers is known. */
function toScores(db: Db, loaded: LoadedRun, { stepId, finding, booking, nowMs }: TurnEnd) {
  if (finding?.kind !== "score" || finding.score === null || booking === null) return [];
  return scoreStatements(db, loaded, { stepId, score: finding.score, judgeModel: booking.model, nowMs });
}

/**
 * Ends a turn in one transaction: books the call, saves where the output is, moves the step and whatever follows from it.
 * Only the holder of the lease moves anything; whoever lost it books its money alone. Faults: unavailable, not_found.
 */
export async function settleTurn(db: Db, end: TurnEnd): Promise<Result<TurnSettled>> {
  const { runId, stepId, event, booking, nowMs } = end;
  const changed = await changeRun(db, { runId, tenantId: null, nowMs }, (loaded): Result<Decided | null> => {
    if (!holds(loaded, end)) return ok(null);
    const ofCall = booking === null ? {} : { ofOpenCall: booking.callId };
    const money = toMoneyEvents(loaded.row.budget, booking).map((one) => ({ ...one, ...ofCall, stepId }));
    const moved = advance(loaded.snapshot, event);
    const expanded = toExpansion(db, { loaded, advance: moved, nowMs }, end.expansion);
    const booked = booking === null ? [] : settleStatements(db, booking);
    return ok({
      advance: moved,
      events: [...money, ...end.events],
      step: { stepId, set: toStepSet(end) },
      run: expanded.run,
      more: [...booked, ...toScores(db, loaded, end), ...toldOutcome(db, loaded, end), ...expanded.more],
    });
  });
  if (!changed.ok) return changed;
  const kept = changed.value.changed;
  if (!kept && booking !== null) {
    const booked = await saveBooking(db, booking);
    if (!booked.ok) return booked;
  }
  return ok({ ...changed.value, kept });
}

/** Fails a step whose message was given up, unless somebody holds it. `changed` false = held, ended or unknown. */
export const failStep = (
  db: Db,
  input: StepKey & { readonly failure: string; readonly nowMs: number },
): Promise<Result<RunChange>> =>
  changeRun(db, { runId: input.runId, tenantId: null, nowMs: input.nowMs }, (loaded) => {
    const { stepId, failure, nowMs } = input;
    const row = loaded.steps.find((step) => step.stepId === stepId);
    const isHeld = row?.state === "running" && (row.leaseExpiresAtMs ?? 0) > nowMs;
    if (row === undefined || isHeld || (row.state !== "ready" && row.state !== "running")) return ok(null);
    return ok({
      advance: advance(loaded.snapshot, { kind: "failed", stepId }),
      events: [{ kind: "step_given_up", stepId, data: { failure, claims: row.attempts } }],
      step: { stepId, set: { faultKind: failure } },
    });
  });

/** Gives a lease back at once, so that another delivery can take the step; says why. Fault: unavailable. */
export async function freeLease(
  db: Db,
  input: StepKey & { readonly leaseToken: string; readonly lastError: string; readonly nowMs: number },
): Promise<Result<void>> {
  const freed = await tryQuery("free lease", () =>
    db
      .update(steps)
      .set({ leaseExpiresAtMs: input.nowMs, lastError: input.lastError })
      .where(
        and(
          eq(steps.runId, input.runId),
          eq(steps.stepId, input.stepId),
          eq(steps.leaseToken, input.leaseToken),
          sql`${steps.state} = 'running'`,
        ),
      ),
  );
  return freed.ok ? ok(undefined) : freed;
}
