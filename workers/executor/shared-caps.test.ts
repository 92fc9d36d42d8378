import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { CallOutcome } from "../../shared/run/model-call.ts";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { giveRunVerdict, resumeRun } from "../platform/d1/run-change-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { answered, checkBooks, makeExecutor, type Script } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const DAY_MS = 86_400_000;
const core = toCore();
const HAND_ON = { answer: true, reasons: true };
const whole = planSingle(core, { deliver: false });
const single = { ...whole, steps: whole.steps.map((step) => ({ ...step, fallbacks: [] })) };

interface Cap {
  readonly cap: number;
  readonly spent: number;
  readonly held: number;
  readonly over: number;
  readonly frozen: number;
}

const capOf = async (scope: string): Promise<Cap | null> =>
  env.DB.prepare(
    "select cap_micro_usd as cap, spent_micro_usd as spent, reserved_micro_usd as held, overrun_micro_usd as over, frozen from budgets where scope = ?",
  )
    .bind(scope)
    .first<Cap>();

/** What the calls under a scope were booked at, by their own rows. */
async function bookedUnder(column: "key_scope" | "day_scope", scope: string): Promise<number> {
  const row = await env.DB.prepare(
    `select sum(settled_micro_usd + overrun_micro_usd) as n from calls where ${column} = ?`,
  )
    .bind(scope)
    .first<{ n: number }>();
  return row?.n ?? 0;
}

const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10);

/** Reserved at some 20,000; the bill says 500,000. */
const overbilled = (): CallOutcome => answered("an answer", 100, 500_000);

describe("a bill far beyond its reservation", () => {
  test.each([
    "key",
    "day",
  ] as const)("is booked apart under the %s's cap, and no other run spends there", async (kind) => {
    const tenantId = `t_over_${kind}`;
    const keyId = `key_over_${kind}`;
    const executor = makeExecutor(db, overbilled);
    const caps = kind === "key" ? { keyCapMicroUsd: 400_000 } : { dayCapMicroUsd: 400_000 };
    const scope = kind === "key" ? `key:${keyId}` : `day:${tenantId}:${dayOf(executor.clock.nowMs)}`;
    const of = { tenantId, keyId, ...caps };
    const first = await executor.accept(single, of);
    await executor.drain();
    const seen = await executor.look(first, tenantId);
    expect([seen.run.state, seen.run.budget.frozen, checkBooks(seen)]).toEqual(["done", true, true]);
    const others = [await executor.accept(single, of), await executor.accept(single, of)];
    await executor.drain();
    expect(executor.made).toHaveLength(1);
    const cap = await capOf(scope);
    expect(cap?.held).toBe(0);
    expect(cap?.over).toBe(seen.run.budget.overrunMicroUsd);
    expect((cap?.spent ?? 0) + (cap?.over ?? 0)).toBe(await bookedUnder(`${kind}_scope`, scope));
    for (const runId of others) {
      const { run, events } = await executor.look(runId, tenantId);
      expect(run.state).toBe("paused_budget");
      expect(events.find(({ kind: said }) => said === "budget_refused")?.data).toMatchObject({ scope: kind });
      // The run's own cap is no way around another's: raised a hundredfold, nothing is sent.
      const about = { tenantId, runId, nowMs: executor.clock.nowMs, capMicroUsd: 500_000_000 };
      await executor.send(unwrap(await resumeRun(db, about)).released);
      await executor.drain();
      expect((await executor.look(runId, tenantId)).run.state).toBe("paused_budget");
    }
    expect(executor.made).toHaveLength(1);
    expect(await capOf(scope)).toEqual(cap);
  });

  test("is the old day's: past midnight UTC a paused run goes on, and both days' books hold", async () => {
    const tenantId = "t_midnight";
    const executor = makeExecutor(db, (_, index) => (index === 0 ? overbilled() : "an answer"));
    const midnightMs = Math.ceil(executor.clock.nowMs / DAY_MS) * DAY_MS;
    executor.clock.nowMs = midnightMs - 2_000;
    const of = { tenantId, dayCapMicroUsd: 400_000 };
    await executor.accept(single, of);
    await executor.drain();
    const paused = await executor.accept(single, of);
    await executor.drain();
    expect((await executor.look(paused, tenantId)).run.state).toBe("paused_budget");
    executor.clock.nowMs = midnightMs;
    const about = { tenantId, runId: paused, nowMs: midnightMs, capMicroUsd: null };
    await executor.send(unwrap(await resumeRun(db, about)).released);
    await executor.drain();
    expect((await executor.look(paused, tenantId)).run.state).toBe("done");
    for (const at of [midnightMs - 1, midnightMs]) {
      const scope = `day:${tenantId}:${dayOf(at)}`;
      const cap = await capOf(scope);
      expect(cap?.held).toBe(0);
      expect((cap?.spent ?? 0) + (cap?.over ?? 0)).toBe(await bookedUnder("day_scope", scope));
    }
    expect((await capOf(`day:${tenantId}:${dayOf(midnightMs)}`))?.over).toBe(0);
  });

  test("that ends after midnight is the day's it was reserved on", async () => {
    const tenantId = "t_across";
    let passMidnight = () => {};
    const executor = makeExecutor(db, () => {
      passMidnight();
      return overbilled();
    });
    const midnightMs = Math.ceil(executor.clock.nowMs / DAY_MS) * DAY_MS;
    executor.clock.nowMs = midnightMs - 2_000;
    passMidnight = () => {
      executor.clock.nowMs = midnightMs + 1;
    };
    await executor.accept(single, { tenantId, dayCapMicroUsd: 400_000 });
    await executor.drain();
    const before = await capOf(`day:${tenantId}:${dayOf(midnightMs - 1)}`);
    expect([before?.held, (before?.spent ?? 0) + (before?.over ?? 0)]).toEqual([0, 500_100]);
    expect(await capOf(`day:${tenantId}:${dayOf(midnightMs)}`)).toBeNull();
  });
});

describe("a frozen cap of a run", () => {
  const twice = planCascade(core, { verifier: "external", verifierJ: null, handOn: HAND_ON, deliver: false });

  test("refuses its next call, keeps what was paid for, and is lifted by a higher max_usd alone", async () => {
    const tenantId = "t_thaw";
    const executor = makeExecutor(db, (_, index) => (index === 0 ? overbilled() : "better"));
    const runId = await executor.accept(twice, { tenantId });
    await executor.drain();
    const about = { tenantId, runId, nowMs: executor.clock.nowMs };
    const rejected = { stepId: null, accepted: false, givenBy: "ci", evidence: null, verdict: null };
    await executor.send(unwrap(await giveRunVerdict(db, { ...about, ...rejected })).released);
    await executor.drain();
    const paused = await executor.look(runId, tenantId);
    expect([paused.run.state, paused.run.budget.frozen, executor.made.length]).toEqual(["paused_budget", true, 1]);
    expect(await executor.output(runId, "call-1", tenantId)).toBe("an answer");
    expect(paused.events.find(({ kind }) => kind === "budget_refused")?.data).toMatchObject({
      scope: "run",
      frozen: true,
    });
    // The same cap, or none, leaves it frozen: the next call is refused as before.
    expect(faultOf(await resumeRun(db, { ...about, capMicroUsd: 5_000_000 })).kind).toBe("invalid_param");
    await executor.send(unwrap(await resumeRun(db, { ...about, capMicroUsd: null })).released);
    await executor.drain();
    expect([(await executor.look(runId, tenantId)).run.state, executor.made.length]).toEqual(["paused_budget", 1]);
    await executor.send(unwrap(await resumeRun(db, { ...about, capMicroUsd: 6_000_000 })).released);
    await executor.drain();
    const seen = await executor.look(runId, tenantId);
    expect([seen.states["call-2"], seen.run.budget.frozen, checkBooks(seen)]).toEqual(["done", false, true]);
  });
});

describe("an escalation beyond the run's cap", () => {
  const judged = planCascade(core, { verifier: "judge", verifierJ: null, handOn: HAND_ON, deliver: false });
  const rejecting: Script = (call) => {
    if (call.jsonSchema === null) return answered("cheap answer", 100, 15_900);
    const [, seal] = /\{"seal": "(\w+)"/.exec(call.messages.map(({ text }) => text).join("\n")) ?? [];
    return answered(JSON.stringify({ seal, reasons: ["wrong"], score: 1 }), 100, 1_000);
  };
  /** Room for the first answer and its judge; none for a second. */
  const CAP = 30_000;

  test("is refused before it is sent; the run waits with its results, expires after 7 days, and loses its words", async () => {
    const tenantId = "t_escalate";
    const executor = makeExecutor(db, rejecting);
    const runId = await executor.accept(judged, { tenantId, capMicroUsd: CAP });
    const resumable = await executor.accept(judged, { tenantId, capMicroUsd: CAP });
    await executor.drain();
    const paused = await executor.look(runId, tenantId);
    expect([paused.run.state, paused.states["call-1"], paused.states["call-2"]]).toEqual([
      ...["paused_budget", "done", "paused_budget"],
    ]);
    expect([paused.calls.length, executor.made.length, checkBooks(paused)]).toEqual([2, 4, true]);
    const about = { tenantId, runId: resumable, nowMs: executor.clock.nowMs };
    await executor.send(unwrap(await resumeRun(db, { ...about, capMicroUsd: 5_000_000 })).released);
    await executor.drain();
    expect((await executor.look(resumable, tenantId)).states["call-2"]).toBe("done");
    executor.clock.nowMs += 7 * DAY_MS + 60_000;
    await executor.sweep();
    const expired = await executor.look(runId, tenantId);
    expect(expired.run.state).toBe("expired");
    expect(await executor.output(runId, "call-1", tenantId)).toBe("cheap answer");
    expect(faultOf(await resumeRun(db, { ...about, runId, capMicroUsd: 9_000_000 })).kind).toBe("conflict");
    executor.clock.nowMs += 3_660_000;
    await executor.sweep();
    expect(await env.DB.prepare("select 1 from run_texts where run_id = ?").bind(runId).first()).toBeNull();
    expect(await executor.output(runId, "call-1", tenantId)).toBe("cheap answer");
  });
});

describe("a cap that is lowered below what is spent", () => {
  test.each(["key", "day"] as const)("of a %s leaves no room at all", async (kind) => {
    const tenantId = `t_lower_${kind}`;
    const keyId = `key_lower_${kind}`;
    const executor = makeExecutor(db, () => answered("an answer", 100, 15_000));
    const capped = (microUsd: number) => ({
      ...{ tenantId, keyId },
      ...(kind === "key" ? { keyCapMicroUsd: microUsd } : { dayCapMicroUsd: microUsd }),
    });
    for (let n = 0; n < 3; n += 1) await executor.accept(single, capped(1_000_000));
    await executor.drain();
    expect(executor.made).toHaveLength(3);
    const lowered = await executor.accept(single, capped(20_000));
    await executor.drain();
    expect((await executor.look(lowered, tenantId)).run.state).toBe("paused_budget");
    expect(executor.made).toHaveLength(3);
  });
});

describe("a run that goes on", () => {
  test.each(["key", "day"] as const)("is under the %s's cap of that moment, raised or lowered since", async (kind) => {
    const tenantId = `t_resume_${kind}`;
    const keyId = `key_resume_${kind}`;
    const executor = makeExecutor(db, () => answered("an answer", 100, 15_000));
    const shared = (microUsd: number) => ({
      keyCapMicroUsd: kind === "key" ? microUsd : null,
      dayCapMicroUsd: kind === "day" ? microUsd : null,
    });
    const runIds: string[] = [];
    for (let n = 0; n < 3; n += 1) runIds.push(await executor.accept(single, { tenantId, keyId, ...shared(20_000) }));
    await executor.drain();
    const paused: string[] = [];
    for (const runId of runIds)
      if ((await executor.look(runId, tenantId)).run.state === "paused_budget") paused.push(runId);
    expect([paused.length, executor.made.length]).toEqual([2, 1]);
    const resume = async (runId: string, microUsd: number) => {
      const about = { tenantId, runId, nowMs: executor.clock.nowMs, capMicroUsd: null, shared: shared(microUsd) };
      await executor.send(unwrap(await resumeRun(db, about)).released);
      await executor.drain();
      return (await executor.look(runId, tenantId)).run.state;
    };
    expect(await resume(paused[0] ?? "", 10_000)).toBe("paused_budget");
    expect(await resume(paused[0] ?? "", 100_000)).toBe("done");
    expect(await resume(paused[1] ?? "", 30_000)).toBe("paused_budget");
    expect(executor.made).toHaveLength(2);
  });
});
