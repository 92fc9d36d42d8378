import { beforeAll, describe, expect, test } from "vitest";
import { advance } from "../../shared/run/advance.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { resumeRun } from "../platform/d1/run-change-store.ts";
import { loadRun } from "../platform/d1/run-load.ts";
import { type CallBooking, reserveCall, saveBooking } from "../platform/d1/run-money-store.ts";
import type { RunRow } from "../platform/d1/run-row.ts";
import { settleTurn, type TurnEnd } from "../platform/d1/run-settle-store.ts";
import { saveAdvance } from "../platform/d1/run-write.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const TENANT = "t_once";
const single = planSingle(toCore(), { deliver: false });
const CAP = 100_000;
const MOST = 80_000;
const LEASE_OVER_MS = 31_000;
const CALL_OVER_MS = 301_000;

/** A run with one step, and somebody who has taken that up. */
async function begin() {
  const executor = makeExecutor(db, () => "nobody is asked");
  const runId = await executor.accept(single, { tenantId: TENANT, capMicroUsd: CAP });
  const claim = async (token: string): Promise<RunRow> => {
    const claimed = unwrap(await executor.deps.claim({ runId, stepId: "call-1" }, token));
    if (claimed.kind !== "claimed") throw new Error(claimed.kind);
    return claimed.loaded.row;
  };
  const reserve = async (run: RunRow, leaseToken: string, attempt = 1) => {
    const about = { stepId: "call-1", pick: 0, provider: "made", model: "made/one", effort: "default" };
    const { nowMs } = executor.clock;
    return unwrap(await reserveCall(db, { ...about, run, leaseToken, attempt, microUsd: MOST, nowMs }));
  };
  const toBooking = (over = 0): CallBooking => ({
    ...{ callId: `${runId}/call-1/1`, state: "settled", settledMicroUsd: MOST, overrunMicroUsd: over, failure: null },
    usage: { promptTokens: 10, cachedPromptTokens: 0, completionTokens: 10 },
    nowMs: executor.clock.nowMs,
  });
  const toEnd = (leaseToken: string): TurnEnd => ({
    ...{ runId, stepId: "call-1", leaseToken, output: null, finding: null, failure: null, lastError: null },
    event: { kind: "done", stepId: "call-1", escalate: null, whole: true },
    booking: { ...toBooking(), model: "made/one", provider: "made" },
    ...{ notBeforeMs: null, events: [], nowMs: executor.clock.nowMs },
  });
  const told = async (kind: string) =>
    (await executor.look(runId, TENANT)).events.filter((event) => event.kind === kind).map(({ data }) => data);
  return { executor, runId, claim, reserve, toBooking, toEnd, told };
}

describe("reserveCall()", () => {
  test("books and grants nothing to whoever lost the lease to somebody who made a call of the same number", async () => {
    const { executor, runId, claim, reserve } = await begin();
    const slow = await claim("lease_slow");
    executor.clock.nowMs += LEASE_OVER_MS;
    const quick = await claim("lease_quick");
    expect((await reserve(quick, "lease_quick")).kind).toBe("reserved");
    expect((await reserve(slow, "lease_slow")).kind).toBe("lost");
    const { run, calls } = await executor.look(runId, TENANT);
    expect([run.budget.reservedMicroUsd, calls.length]).toEqual([MOST, 1]);
  });
});

describe("a share of the cap that is passed", () => {
  test("is told when the call that passes it was lost with its holder", async () => {
    const { executor, claim, reserve, told } = await begin();
    await reserve(await claim("lease_a"), "lease_a");
    executor.clock.nowMs += LEASE_OVER_MS;
    await claim("lease_b");
    expect(await told("budget_warning")).toEqual([{ percent: 70, cap: CAP }]);
    expect(await told("call_settled")).toMatchObject([{ microUsd: MOST, failure: "lost", model: "made/one" }]);
  });

  test("is told when the bill comes after the lease is gone, and so is a cap that it freezes", async () => {
    const { runId, claim, reserve, toBooking, told, executor } = await begin();
    await reserve(await claim("lease_a"), "lease_a");
    unwrap(await saveBooking(db, toBooking(10_000)));
    unwrap(await saveBooking(db, toBooking(10_000)));
    expect(await told("budget_warning")).toEqual([70, 85].map((percent) => ({ percent, cap: CAP })));
    expect(await told("budget_frozen")).toEqual([{ overrunMicroUsd: 10_000 }]);
    expect((await executor.look(runId, TENANT)).run.budget.frozen).toBe(true);
  });

  test("is told once when a call that the sweeper booked is settled after that", async () => {
    const { executor, runId, claim, reserve, toEnd, told } = await begin();
    await reserve(await claim("lease_a"), "lease_a");
    executor.clock.nowMs += CALL_OVER_MS;
    const { nowMs } = executor.clock;
    unwrap(await executor.deps.bookLostCalls({ nowMs, sentBeforeMs: nowMs - CALL_OVER_MS }));
    expect(unwrap(await settleTurn(db, toEnd("lease_a"))).state).toBe("done");
    expect([(await told("budget_warning")).length, (await told("call_settled")).length]).toEqual([1, 1]);
    const { run } = await executor.look(runId, TENANT);
    expect([run.budget.spentMicroUsd, run.budget.reservedMicroUsd]).toEqual([MOST, 0]);
  });

  test("is told of a raised cap at once, where it is passed already", async () => {
    const { executor, runId, claim, reserve, toEnd, told } = await begin();
    const run = await claim("lease_a");
    await reserve(run, "lease_a");
    unwrap(await settleTurn(db, { ...toEnd("lease_a"), event: { kind: "returned", stepId: "call-1" } }));
    const again = await claim("lease_b");
    expect((await reserve(again, "lease_b", 2)).kind).toBe("refused");
    const refused = {
      ...toEnd("lease_b"),
      event: { kind: "budget_refused", stepId: "call-1" },
      booking: null,
    } as const;
    unwrap(await settleTurn(db, refused));
    const about = { tenantId: TENANT, runId, nowMs: executor.clock.nowMs };
    unwrap(await resumeRun(db, { ...about, capMicroUsd: CAP + 10_000 }));
    expect(await told("budget_warning")).toEqual([CAP, CAP + 10_000].map((cap) => ({ percent: 70, cap })));
  });
});

test("what was thought before another change is thought anew, also where its money was told meanwhile", async () => {
  const { executor, runId, claim, reserve, toBooking } = await begin();
  await reserve(await claim("lease_a"), "lease_a");
  const loaded = unwrap(await loadRun(db, { runId, tenantId: TENANT }));
  unwrap(await saveBooking(db, toBooking()));
  const done = advance(loaded.snapshot, { kind: "done", stepId: "call-1", escalate: null, whole: true });
  const ofOpenCall = toBooking().callId;
  const money = ["call_settled", "budget_warning", "budget_warning"].map((kind) => {
    return { kind, stepId: "call-1", data: {}, ofOpenCall };
  });
  const write = { loaded, advance: done, nowMs: executor.clock.nowMs, events: money };
  expect(unwrap(await saveAdvance(db, write))).toBe("moved");
  const { run, events } = await executor.look(runId, TENANT);
  expect([run.state, events.map(({ seq }) => seq)]).toEqual(["running", events.map((_, i) => i + 1)]);
});
