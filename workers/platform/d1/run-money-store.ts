import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { ok, type Result } from "../../../shared/base/result.ts";
import type { LedgerState } from "../../../shared/run/budget.ts";
import type { CallUsage, FailureClass } from "../../../shared/run/model-call.ts";
import type { Db } from "./open-db.ts";
import { dayScope, keyScope, runScope } from "./run-load.ts";
import { budgets, calls } from "./run-money-tables.ts";
import type { RunRow } from "./run-row.ts";
import type { Statement } from "./run-write.ts";
import { steps } from "./runs-tables.ts";
import { selectRow } from "./select-row.ts";
import { tellBooked } from "./tell-booked.ts";
import { tryQuery } from "./try-query.ts";

/** One call that is about to be made. */
export interface Reservation {
  readonly run: Pick<RunRow, "runId" | "tenantId" | "keyId" | "hasKeyCap" | "dayCapMicroUsd">;
  readonly stepId: string;
  readonly attempt: number;
  readonly leaseToken: string;
  readonly pick: number;
  readonly provider: string;
  readonly model: string;
  readonly effort: string;
  readonly microUsd: number;
  readonly nowMs: number;
}

export type ReserveOutcome =
  | { readonly kind: "reserved"; readonly callId: string }
  | { readonly kind: "refused"; readonly scope: string; readonly frozen: boolean; readonly roomMicroUsd: number }
  /** The lease is gone: canceled, or somebody else's by now. */
  | { readonly kind: "lost" };

const bookedOf = sql`(${budgets.spentMicroUsd} + ${budgets.reservedMicroUsd} + ${budgets.overrunMicroUsd})`;
const room = sql`${budgets.capMicroUsd} - ${bookedOf}`;

/** A cap as it was set anew. One that was lowered below what is booked already leaves no room: the CHECK keeps the rest. */
const toResetCap = (capMicroUsd: number): SQL<number> =>
  sql`max(${capMicroUsd}, ${budgets.spentMicroUsd} + ${budgets.reservedMicroUsd})`;

/** What a cap that is set anew becomes: as for a run's own, only a raise that holds what is booked thaws one. */
export const toReset = (capMicroUsd: number) => ({
  capMicroUsd: toResetCap(capMicroUsd),
  frozen: sql`${budgets.frozen} and not (${capMicroUsd} > ${budgets.capMicroUsd} and ${capMicroUsd} >= ${bookedOf})`,
});

/** A cap that is opened where there is none yet, and set anew where there is; what is booked under it stays. */
export const openCap = (db: Db, scope: string, capMicroUsd: number) =>
  db
    .insert(budgets)
    .values({ scope, capMicroUsd })
    .onConflictDoUpdate({ target: budgets.scope, set: toReset(capMicroUsd) });

/** A new day opens with the cap of whoever is first; only a new run, or a person who lets one go on, sets it anew. */
const openDay = (db: Db, scope: string, capMicroUsd: number) =>
  db.insert(budgets).values({ scope, capMicroUsd }).onConflictDoNothing();

const nothing = (db: Db) => db.select({ one: sql`1` }).from(sql`(select 1)`);

/**
 * Books a call's most before it is sent: the row that dedupes it and every cap it falls under, in one transaction, or
 * nothing. Whoever lost the lease books nothing. Faults: unavailable, also for a call that is in the books already.
 */
export async function reserveCall(db: Db, input: Reservation): Promise<Result<ReserveOutcome>> {
  const { run, stepId, attempt, leaseToken, microUsd, nowMs } = input;
  const callId = `${run.runId}/${stepId}/${attempt}`;
  const byKey = run.hasKeyCap && run.keyId !== null ? keyScope(run.keyId) : null;
  const byDay = run.dayCapMicroUsd === null ? null : dayScope(run.tenantId, nowMs);
  const scopes = [runScope(run.runId), byKey, byDay].filter((scope) => scope !== null);
  const holds = sql`exists (select 1 from ${steps} where ${steps.runId} = ${run.runId} and ${steps.stepId} = ${stepId} and ${steps.leaseToken} = ${leaseToken} and ${steps.leaseExpiresAtMs} > ${nowMs})`;
  const isFull = and(inArray(budgets.scope, scopes), sql`(${budgets.frozen} or ${room} < ${microUsd})`);
  const row = {
    ...{ callId, runId: run.runId, stepId, attempt, leaseToken, pick: input.pick, provider: input.provider },
    ...{ model: input.model, effort: input.effort, state: "reserved" satisfies LedgerState, failure: null },
    ...{ keyScope: byKey, dayScope: byDay, reservedMicroUsd: microUsd, settledMicroUsd: 0, overrunMicroUsd: 0 },
    ...{ promptTokens: null, cachedPromptTokens: null, completionTokens: null, startedAtMs: nowMs, endedAtMs: null },
  };
  // Under the lease of this holder alone: whoever took the step over may have made a call of the same number.
  const own = and(eq(calls.callId, callId), eq(calls.leaseToken, leaseToken));
  const booked = sql`exists (select 1 from ${calls} where ${own})`;
  // A holder that books the same call again meets its own row, which fails the batch.
  const isFree = sql`${booked} or (${holds} and not exists (select 1 from ${budgets} where ${isFull}))`;
  const answers = await tryQuery("reserve call", () =>
    db.batch([
      byDay === null ? nothing(db) : openDay(db, byDay, run.dayCapMicroUsd ?? 0),
      db.select({ holds: sql<number>`${holds}` }).from(sql`(select 1)`),
      db.insert(calls).select(selectRow(calls, row, isFree)),
      db
        .update(budgets)
        .set({ reservedMicroUsd: sql`${budgets.reservedMicroUsd} + ${microUsd}` })
        .where(and(inArray(budgets.scope, scopes), booked)),
      db.select({ callId: calls.callId }).from(calls).where(own),
      db
        .select({ scope: budgets.scope, frozen: budgets.frozen, roomMicroUsd: sql<number>`${room}` })
        .from(budgets)
        .where(isFull),
    ]),
  );
  if (!answers.ok) return answers;
  const [, [held], , , [saved], full] = answers.value;
  if (saved !== undefined) return ok({ kind: "reserved", callId });
  if (held?.holds !== 1) return ok({ kind: "lost" });
  const [first] = full;
  if (first === undefined) throw new Error("a call was neither booked nor refused");
  return ok({
    kind: "refused",
    scope: first.scope,
    frozen: first.frozen,
    roomMicroUsd: Math.max(0, first.roomMicroUsd),
  });
}

/** How a call ended, for the books. */
export interface CallBooking {
  readonly callId: string;
  readonly state: Exclude<LedgerState, "reserved">;
  readonly settledMicroUsd: number;
  readonly overrunMicroUsd: number;
  readonly failure: FailureClass | null;
  readonly usage: CallUsage | null;
  readonly nowMs: number;
}

/** Caps under which the calls that match fall. */
const scopesOf = (where: SQL): SQL =>
  sql`(select 'run:' || ${calls.runId} from ${calls} where ${where} union select ${calls.keyScope} from ${calls} where ${where} union select ${calls.dayScope} from ${calls} where ${where})`;

const isReserved = (where: SQL): SQL => sql`${where} and ${calls.state} = 'reserved'`;

/** What those of the calls that fall under the budget at hand hold of it. */
const heldOf = (where: SQL): SQL =>
  sql`coalesce((select sum(${calls.reservedMicroUsd}) from ${calls} where ${isReserved(where)} and ${budgets.scope} in ('run:' || ${calls.runId}, coalesce(${calls.keyScope}, ''), coalesce(${calls.dayScope}, ''))), 0)`;

/**
 * Ends a reservation once, in the books and under every cap; a second time nothing matches. What was billed beyond the
 * reservation is booked apart and freezes every cap that the call fell under. For a batch.
 */
export function settleStatements(db: Db, booking: CallBooking): readonly Statement[] {
  const { callId, settledMicroUsd, overrunMicroUsd, usage } = booking;
  const isIt = sql`${calls.callId} = ${callId}`;
  return [
    db
      .update(budgets)
      .set({
        reservedMicroUsd: sql`${budgets.reservedMicroUsd} - ${heldOf(isIt)}`,
        spentMicroUsd: sql`${budgets.spentMicroUsd} + ${settledMicroUsd}`,
        overrunMicroUsd: sql`${budgets.overrunMicroUsd} + ${overrunMicroUsd}`,
        frozen: sql`${budgets.frozen} or ${overrunMicroUsd} > 0`,
      })
      .where(sql`${budgets.scope} in ${scopesOf(isReserved(isIt))}`),
    db
      .update(calls)
      .set({
        ...{
          state: booking.state,
          settledMicroUsd,
          overrunMicroUsd,
          failure: booking.failure,
          endedAtMs: booking.nowMs,
        },
        promptTokens: usage?.promptTokens ?? null,
        cachedPromptTokens: usage?.cachedPromptTokens ?? null,
        completionTokens: usage?.completionTokens ?? null,
      })
      .where(and(eq(calls.callId, callId), eq(calls.state, "reserved"))),
  ];
}

/** Books whatever calls match at their reservations: their holder died, and nobody knows whether they were billed. */
export function bookUnknown(
  db: Db,
  { where, nowMs }: { readonly where: SQL; readonly nowMs: number },
): readonly Statement[] {
  const amount = heldOf(where);
  const booked = { where: isReserved(where), microUsd: sql`${calls.reservedMicroUsd}`, overrunMicroUsd: 0 };
  return [
    db
      .update(budgets)
      .set({
        reservedMicroUsd: sql`${budgets.reservedMicroUsd} - ${amount}`,
        spentMicroUsd: sql`${budgets.spentMicroUsd} + ${amount}`,
      })
      .where(sql`${budgets.scope} in ${scopesOf(isReserved(where))}`),
    ...tellBooked(db, { ...booked, failure: "lost", nowMs }),
    db
      .update(calls)
      .set({ state: "unknown", settledMicroUsd: sql`${calls.reservedMicroUsd}`, endedAtMs: nowMs })
      .where(and(where, eq(calls.state, "reserved"))),
  ];
}

/** Ends a reservation by itself, where nothing else of the run changes with it, and tells of it. Fault: unavailable. */
export async function saveBooking(db: Db, booking: CallBooking): Promise<Result<void>> {
  const { callId, settledMicroUsd, overrunMicroUsd, failure, nowMs } = booking;
  const [first, ...rest] = settleStatements(db, booking);
  if (first === undefined) throw new Error("a booking has statements");
  const where = isReserved(sql`${calls.callId} = ${callId}`);
  const microUsd = sql`${settledMicroUsd + overrunMicroUsd}`;
  const told = tellBooked(db, { where, microUsd, failure, overrunMicroUsd, nowMs });
  const saved = await tryQuery("settle call", () => db.batch([first, ...told, ...rest]));
  return saved.ok ? ok(undefined) : saved;
}
