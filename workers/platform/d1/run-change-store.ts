import { eq } from "drizzle-orm";
import { fail, ok, type Result } from "../../../shared/base/result.ts";
import { advance } from "../../../shared/run/advance.ts";
import { raiseCap } from "../../../shared/run/budget.ts";
import { decideEscalation } from "../../../shared/run/escalate.ts";
import { approvals } from "./approvals-tables.ts";
import { changeRun, type Decided } from "./change-run.ts";
import { toldVerdict } from "./governance-step-outcome.ts";
import type { Db } from "./open-db.ts";
import { dayScope, keyScope, type LoadedRun, runScope } from "./run-load.ts";
import { openCap } from "./run-money-store.ts";
import { budgets } from "./run-money-tables.ts";
import type { RunChange, RunRow, StepFinding } from "./run-row.ts";
import type { NewEvent, Statement } from "./run-write.ts";
import { toWarningEvents } from "./tell-booked.ts";
import { type NewVerdict, verdictStatements } from "./verdicts-store.ts";

interface OfRun {
  readonly tenantId: string;
  readonly runId: string;
  readonly nowMs: number;
}

const conflict = (message: string) => fail({ kind: "conflict", message });

const isOver = ({ row }: LoadedRun): boolean => row.endedAtMs !== null;

/** Whose wait is over: it expires once the sweeper comes by, and nobody goes on with it until then. */
export const isOverdue = ({ waitUntilMs }: Pick<RunRow, "waitUntilMs">, nowMs: number): boolean =>
  waitUntilMs !== null && waitUntilMs <= nowMs;

const OVERDUE = "it has waited as long as it may, and expires";

/** Ends every open step of a run; what it paid for stays. A second time changes nothing. Fault: not_found. */
export const cancelRun = (db: Db, input: OfRun): Promise<Result<RunChange>> =>
  changeRun(db, input, (loaded) =>
    ok(isOver(loaded) ? null : { advance: advance(loaded.snapshot, { kind: "canceled" }), events: [] }),
  );

/** Ends a run whose time, or whose wait for somebody, is over. False `changed` where it is not. */
export const expireRun = (db: Db, input: Omit<OfRun, "tenantId">): Promise<Result<RunChange>> =>
  changeRun(db, { ...input, tenantId: null }, (loaded) => {
    const { deadlineAtMs, waitUntilMs } = loaded.row;
    const isDue = (deadlineAtMs ?? waitUntilMs ?? Number.POSITIVE_INFINITY) <= input.nowMs;
    if (isOver(loaded) || !isDue) return ok(null);
    return ok({ advance: advance(loaded.snapshot, { kind: "expired" }), events: [] });
  });

export const OVERDUE_RUN = `Cannot approve this run: ${OVERDUE}`;
export const OWN_RUN =
  "Cannot approve this run with the key that asked for it: another key with scope approve is wanted";

/** Lets a gated run start. Faults: forbidden for the key that asked for it, conflict unless it awaits that. */
export const approveRun = (
  db: Db,
  input: OfRun & { readonly approvalId: string; readonly approvedBy: string; readonly note: string | null },
): Promise<Result<RunChange>> =>
  changeRun(db, input, (loaded) => {
    const { approvalId, approvedBy, tenantId, nowMs } = input;
    const { row } = loaded;
    if (row.keyId === approvedBy) return fail({ kind: "forbidden", message: OWN_RUN });
    if (row.state !== "awaiting_approval")
      return conflict(`Cannot approve this run: it is ${row.state}, not awaiting_approval`);
    if (isOverdue(row, nowMs)) return conflict(OVERDUE_RUN);
    const approval = { id: approvalId, tenantId, approvedBy, note: input.note, createdAtMs: nowMs };
    return ok({
      advance: advance(loaded.snapshot, { kind: "approved" }),
      events: [{ kind: "approved", stepId: null, data: { approvalId } }],
      run: { approvalId, approvedBy, approvedAtMs: nowMs },
      more:
        row.decisionId === null
          ? []
          : [
              db
                .insert(approvals)
                .values({ ...approval, decisionId: row.decisionId })
                .onConflictDoNothing(),
            ],
    });
  });

const waitingSteps = ({ row, snapshot }: LoadedRun): readonly string[] =>
  row.plan.steps.map(({ stepId }) => stepId).filter((id) => snapshot.steps.get(id)?.state === "awaiting_verdict");

/** What a verdict says of the attempt of the run's decision; where that moves to follows from the run. */
export type DecisionVerdict = Omit<NewVerdict, "nextState">;

/**
 * The same verdict on the decision, in the same transaction. Where the run does not go on the decision ends with it: that
 * is what was found worth while. Nothing where the decision stands elsewhere by now.
 */
function toLesson(db: Db, verdict: DecisionVerdict, escalate: boolean): readonly Statement[] {
  const goesOn = escalate && verdict.nextModelId !== null;
  const nextState = verdict.accepted ? "accepted" : goesOn ? "open" : "exhausted";
  return verdictStatements(db, { ...verdict, nextState, nextModelId: goesOn ? verdict.nextModelId : null });
}

export interface GivenVerdict extends RunChange {
  readonly stepId: string;
  readonly finding: StepFinding;
}

/**
 * The one verdict that a waiting check takes, with the key of its sealed evidence. Faults: conflict where nothing, or
 * not that step, awaits one.
 */
export async function giveRunVerdict(
  db: Db,
  input: OfRun & {
    readonly stepId: string | null;
    readonly accepted: boolean;
    readonly givenBy: string;
    readonly evidence: { readonly key: string; readonly bytes: number } | null;
    /** null where the run has no decision. */
    readonly verdict: DecisionVerdict | null;
  },
): Promise<Result<GivenVerdict>> {
  const { accepted, givenBy, evidence, verdict } = input;
  const said: { given: Pick<GivenVerdict, "stepId" | "finding"> | null } = { given: null };
  const changed = await changeRun(db, input, (loaded) => {
    if (isOverdue(loaded.row, input.nowMs)) return conflict(`Cannot take this verdict: ${OVERDUE}`);
    const waiting = waitingSteps(loaded);
    const stepId = input.stepId ?? waiting[0];
    if (stepId === undefined || !waiting.includes(stepId))
      return conflict(`Cannot take this verdict: the run is ${loaded.row.state} and no such step awaits one`);
    const terms = loaded.row.plan.steps.find((step) => step.stepId === stepId)?.escalation ?? null;
    if (terms === null)
      return fail({ kind: "malformed_data", what: `step ${stepId}`, detail: "a check without terms" });
    const decision = decideEscalation({ kind: "outside", accepted, rates: loaded.row.settings.verifierRates }, terms);
    const finding: StepFinding = { kind: "outside", score: null, accepted, decision };
    said.given = { stepId, finding };
    const { escalate } = decision;
    return ok({
      advance: advance(loaded.snapshot, { kind: "done", stepId, escalate, whole: true }),
      events: [{ kind: "verdict_given", stepId, data: { accepted, givenBy, escalate, reason: decision.reason } }],
      step: {
        stepId,
        set: {
          finding: JSON.stringify(finding),
          ...(evidence === null ? {} : { outputKey: evidence.key, outputBytes: evidence.bytes }),
        },
      },
      more: [
        ...(verdict === null ? [] : toLesson(db, verdict, escalate)),
        ...toldVerdict(db, loaded, { stepId, accepted, nowMs: input.nowMs }),
      ],
    });
  });
  if (!changed.ok) return changed;
  if (said.given === null) throw new Error("a verdict was taken without a finding");
  return ok({ ...changed.value, ...said.given });
}

interface Raised {
  readonly statement: Statement;
  /** Shares of the new cap that are passed already: nobody would be told of them later. */
  readonly warnings: readonly NewEvent[];
}

/** The cap raised and thawed. Fault: invalid_param where it would not be above what it is. */
function toRaised(db: Db, loaded: LoadedRun, capMicroUsd: number): Result<Raised> {
  const raised = raiseCap(loaded.row.budget, capMicroUsd);
  if (raised === null) {
    const usd = loaded.row.budget.capMicroUsd / 1_000_000;
    const message = `Cannot set max_usd to ${capMicroUsd / 1_000_000}: expected more than the cap of ${usd}, and than what is booked`;
    return fail({ kind: "invalid_param", field: "max_usd", message });
  }
  const statement = db
    .update(budgets)
    .set({ capMicroUsd: raised.capMicroUsd, frozen: false })
    .where(eq(budgets.scope, runScope(loaded.row.runId)));
  return ok({ statement, warnings: toWarningEvents({ ...raised, spentMicroUsd: 0, overrunMicroUsd: 0 }, raised) });
}

/** The caps that a run shares with others, as the policy has them now; null = none of that kind. */
export interface SharedCaps {
  readonly keyCapMicroUsd: number | null;
  readonly dayCapMicroUsd: number | null;
}

interface Raise {
  /** Of the run itself; null = it stays. */
  readonly capMicroUsd: number | null;
  /** Left out, the run stays under those that it was accepted with. */
  readonly shared?: SharedCaps;
}

/** A run that goes on does so under the caps of today, raised or lowered: those it was accepted with may be what stopped it. */
function toShared(db: Db, { row }: LoadedRun, { nowMs, keyCapMicroUsd, dayCapMicroUsd }: SharedCaps & OfRun) {
  const { keyId, tenantId } = row;
  const byKey = keyCapMicroUsd === null || keyId === null ? [] : [openCap(db, keyScope(keyId), keyCapMicroUsd)];
  const byDay = dayCapMicroUsd === null ? [] : [openCap(db, dayScope(tenantId, nowMs), dayCapMicroUsd)];
  return { run: { dayCapMicroUsd, hasKeyCap: byKey.length > 0 }, more: [...byKey, ...byDay] };
}

function toRaise(db: Db, loaded: LoadedRun, { capMicroUsd, shared, ...of }: OfRun & Raise): Result<Decided> {
  const raise = advance(loaded.snapshot, { kind: "budget_raised" });
  const events = [{ kind: "budget_raised", stepId: null, data: { cap: capMicroUsd ?? loaded.row.budget.capMicroUsd } }];
  const { run, more } = shared === undefined ? { run: {}, more: [] } : toShared(db, loaded, { ...of, ...shared });
  if (capMicroUsd === null) return ok({ advance: raise, events, run, more });
  const raised = toRaised(db, loaded, capMicroUsd);
  if (!raised.ok) return raised;
  const { statement, warnings } = raised.value;
  return ok({ advance: raise, events: [...events, ...warnings], run, more: [statement, ...more] });
}

/**
 * Lets a run that a cap stopped go on: with a raised cap of its own, or as it is where a key's or a day's cap had stopped
 * it. Faults: conflict unless a step of it is paused, invalid_param for a cap that is not above.
 */
export const resumeRun = (db: Db, input: OfRun & Raise): Promise<Result<RunChange>> =>
  changeRun(db, input, (loaded) => {
    const isPaused = [...loaded.snapshot.steps.values()].some(({ state }) => state === "paused_budget");
    if (!isPaused) return conflict(`Cannot resume this run: it is ${loaded.row.state}, and no step of it is paused`);
    if (isOverdue(loaded.row, input.nowMs)) return conflict(`Cannot resume this run: ${OVERDUE}`);
    return toRaise(db, loaded, input);
  });
