import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { type CallFailure, type CallOutcome, FAILURE_CLASSES, FAILURE_POLICIES } from "../../shared/run/model-call.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { cancelRun, resumeRun } from "../platform/d1/run-change-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { advanceRun } from "./advance-run.ts";
import { LEASE_MS } from "./bind-executor.ts";
import { buryStep } from "./bury-step.ts";
import { pause } from "./pause.ts";
import { answered, checkBooks, makeExecutor, TENANT } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const core = toCore();
const single = planSingle(core, { deliver: false });
const collective = planCollective(core, { count: 3, deliver: false });
const failure = (fields: Partial<CallFailure>): CallOutcome => ({
  ok: false,
  failure: { class: "server_error", status: 500, retryAfterMs: null, sent: true, detail: "made", ...fields },
});
const until = (signal: AbortSignal) => new Promise<void>((go) => signal.addEventListener("abort", () => go()));
const toMessage = (runId: string, stepId = "call-1") => ({ run_id: runId, step_id: stepId });

test("a message delivered ten times at once, and late, makes no second call", async () => {
  const executor = makeExecutor(db, async () => {
    await new Promise((go) => setTimeout(go, 3));
    return "an answer";
  });
  const runIds = await Promise.all(Array.from({ length: 8 }, () => executor.accept(collective)));
  await executor.drain({ copies: 5 });
  expect(executor.made).toHaveLength(8 * 4);
  for (const runId of runIds) {
    expect(checkBooks(await executor.look(runId))).toBe(true);
    for (let i = 0; i < 10; i += 1) expect(await advanceRun(toMessage(runId), executor.deps)).toBe("ack");
  }
  expect(executor.made).toHaveLength(8 * 4);
});

describe("failures", () => {
  test("are retried by their policy, then taken to the decision's fallbacks, each in the books", async () => {
    const first = single.steps[0]?.pick?.model;
    const executor = makeExecutor(db, (call) => (call.model === first ? failure({}) : "from another"));
    const runId = await executor.accept(single);
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run.state).toBe("done");
    expect(seen.calls.map(({ state, pick }) => [state, pick])).toEqual([
      ...[
        ["unknown", 0],
        ["unknown", 0],
        ["unknown", 0],
      ],
      ["settled", 1],
    ]);
    expect(seen.steps[0]?.pick?.model).not.toBe(first);
    expect(checkBooks(seen)).toBe(true);
  });

  test("that were never sent cost nothing, and a refused key closes its provider for a while", async () => {
    const executor = makeExecutor(db, () => failure({ class: "auth", status: 401, sent: false }));
    const runId = await executor.accept(single);
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run).toMatchObject({ state: "failed", budget: { spentMicroUsd: 0, reservedMicroUsd: 0 } });
    expect(seen.calls[0]?.state).toBe("released");
    const row = await env.DB.prepare("select open_until_ms as until from provider_states").first<{ until: number }>();
    expect(row?.until).toBeGreaterThan(executor.clock.nowMs);
  });

  test.each(FAILURE_CLASSES)("of class %s end in a final state with whole books, sent or not", async (failureClass) => {
    for (const sent of [true, false]) {
      const executor = makeExecutor(db, () => failure({ class: failureClass, sent }));
      const runId = await executor.accept(single, { tenantId: TENANT });
      await executor.drain();
      const seen = await executor.look(runId);
      expect(seen.run.state).toBe("failed");
      expect(seen.steps[0]?.failure).toBe(failureClass);
      const { retries, next } = FAILURE_POLICIES[failureClass];
      expect(seen.calls.filter(({ pick }) => pick === 0)).toHaveLength(retries + 1);
      if (next === "fail") expect(seen.calls).toHaveLength(1);
      expect(seen.run.budget.spentMicroUsd > 0).toBe(sent);
      expect(checkBooks(seen)).toBe(true);
    }
  });

  test("wait as long as a provider asks", async () => {
    const executor = makeExecutor(db, (_, index) =>
      index === 0 ? failure({ class: "rate_limited", status: 429, retryAfterMs: 20_000, sent: false }) : "later",
    );
    const startedMs = executor.clock.nowMs;
    const runId = await executor.accept(single);
    await executor.drain();
    expect((await executor.look(runId)).run.state).toBe("done");
    expect(executor.clock.nowMs - startedMs).toBeGreaterThan(19_000);
  });

  test.each([
    ["at another where there is one", single, [0, 9_000], 2],
    [
      "where nobody else is left",
      { ...single, steps: single.steps.map((step) => ({ ...step, fallbacks: [] })) },
      [299_000, 400_000],
      1,
    ],
  ])("go on after a long wait %s", async (_, plan, [leastMs = 0, mostMs = 0], picks) => {
    const executor = makeExecutor(db, (_, index) =>
      index === 0 ? failure({ class: "rate_limited", status: 429, retryAfterMs: 300_000, sent: false }) : "later",
    );
    const startedMs = executor.clock.nowMs;
    const runId = await executor.accept(plan);
    await executor.drain();
    const seen = await executor.look(runId);
    const tookMs = executor.clock.nowMs - startedMs;
    expect(tookMs >= leastMs && tookMs <= mostMs).toBe(true);
    expect([seen.run.state, new Set(seen.calls.map(({ pick }) => pick)).size]).toEqual(["done", picks]);
  });

  test("of the holder leave a lost call in the books, and the next one goes on", async () => {
    const executor = makeExecutor(db, (_, index) => (index === 0 ? new Promise(() => undefined) : "second try"));
    const runId = await executor.accept(single);
    // The first holder dies within its call: it never comes back.
    void advanceRun(toMessage(runId), { ...executor.deps, pause: () => new Promise(() => undefined) });
    while (executor.made.length === 0) await new Promise((go) => setTimeout(go, 1));
    executor.messages.length = 0;
    executor.clock.nowMs += LEASE_MS + 61_000;
    expect(await executor.sweep()).toMatchObject({ sent: expect.any(Number), dead: 0 });
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run.state).toBe("done");
    expect(seen.calls.map(({ state }) => state)).toEqual(["unknown", "settled"]);
    expect(checkBooks(seen)).toBe(true);
  });

  test("of storage give the lease back, and a message that is given up fails its step with what was last wrong", async () => {
    const down = { kind: "unavailable", what: "object storage", detail: "made" } as const;
    const executor = makeExecutor(db, () => "never");
    const runId = await executor.accept(single);
    const deps = { ...executor.deps, openTexts: async () => ({ ok: false, fault: down }) as const };
    for (let i = 0; i < 4; i += 1) expect(await advanceRun(toMessage(runId), deps)).toBe("retry");
    expect(await buryStep(toMessage(runId), executor.deps)).toBe("ack");
    const seen = await executor.look(runId);
    expect(seen.run.state).toBe("failed");
    expect(seen.steps[0]).toMatchObject({ failure: "dead_letter", claims: 4 });
    const row = await env.DB.prepare("select last_error as said from steps where run_id = ?").bind(runId).first();
    expect(row).toEqual({ said: "object storage: made" });
  });
});

describe("money", () => {
  test("parallel starts never pass a cap, and what is refused is never sent", async () => {
    const samples: number[] = [];
    const room = 40_000;
    const sample = async (): Promise<void> => {
      const row = await env.DB.prepare(
        "select max(spent_micro_usd + reserved_micro_usd) as most from budgets where cap_micro_usd = ?",
      )
        .bind(room)
        .first<{ most: number }>();
      samples.push(row?.most ?? 0);
    };
    const executor = makeExecutor(db, async () => {
      await sample();
      return answered("an answer", 100, 15_000);
    });
    const runIds: string[] = [];
    for (let i = 0; i < 20; i += 1) runIds.push(await executor.accept(collective, { capMicroUsd: room }));
    await executor.drain({ copies: 3 });
    expect(Math.max(...samples)).toBeLessThanOrEqual(room);
    for (const runId of runIds) {
      const seen = await executor.look(runId);
      expect(seen.run.state).toBe("paused_budget");
      expect(seen.calls).toHaveLength(2);
      expect(checkBooks(seen)).toBe(true);
    }
    expect(executor.made).toHaveLength(40);
  });

  test("a paused run keeps its results, and goes on once its cap is raised", async () => {
    const executor = makeExecutor(db, () => answered("an answer", 100, 15_000));
    const runId = await executor.accept(collective, { capMicroUsd: 40_000 });
    await executor.drain();
    const about = { tenantId: TENANT, runId, nowMs: executor.clock.nowMs };
    expect(faultOf(await resumeRun(db, { ...about, capMicroUsd: 30_000 })).kind).toBe("invalid_param");
    const resumed = unwrap(await resumeRun(db, { ...about, capMicroUsd: 5_000_000 }));
    await executor.send(resumed.released);
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run.state).toBe("done");
    expect(seen.calls).toHaveLength(4);
    expect(seen.events.filter(({ kind }) => kind === "budget_warning").length).toBeGreaterThan(0);
    expect(checkBooks(seen)).toBe(true);
  });

  test("usage beyond a reservation is booked apart and freezes the cap", async () => {
    const executor = makeExecutor(db, () => answered("an answer", 100, 90_000));
    const runId = await executor.accept(single);
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run.budget).toMatchObject({ frozen: true, reservedMicroUsd: 0 });
    expect(seen.run.budget.overrunMicroUsd).toBeGreaterThan(70_000);
    expect(checkBooks(seen)).toBe(true);
  });

  test("a day's cap holds over all runs of a tenant", async () => {
    const executor = makeExecutor(db, () => answered("an answer", 100, 15_000));
    const day = { tenantId: "t_day", dayCapMicroUsd: 40_000 };
    for (let i = 0; i < 4; i += 1) await executor.accept(single, day);
    await executor.drain();
    expect(executor.made).toHaveLength(2);
    const row = await env.DB.prepare(
      "select spent_micro_usd as spent, reserved_micro_usd as held from budgets where scope like 'day:t_day:%'",
    ).first();
    expect(row).toEqual({ spent: 30_200, held: 0 });
  });
});

describe("ends from outside", () => {
  test("cancel aborts the call under way, books it, and starts no other", async () => {
    const executor = makeExecutor(db, async (_, __, cancel) => {
      await until(cancel);
      return failure({ class: "canceled", status: null });
    });
    const deps = { ...executor.deps, pause: (_: number, signal: AbortSignal) => pause(2, signal) };
    const runId = await executor.accept(collective);
    const running = Promise.all(
      ["call-1", "call-2", "call-3"].map((stepId) => advanceRun(toMessage(runId, stepId), deps)),
    );
    while (executor.made.length < 3) await new Promise((go) => setTimeout(go, 1));
    const about = { tenantId: TENANT, runId, nowMs: executor.clock.nowMs };
    expect(unwrap(await cancelRun(db, about))).toMatchObject({ state: "canceled", changed: true });
    await running;
    expect(unwrap(await cancelRun(db, about))).toMatchObject({ state: "canceled", changed: false });
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run.state).toBe("canceled");
    expect(executor.made).toHaveLength(3);
    expect(seen.calls.map(({ state }) => state)).toEqual(["unknown", "unknown", "unknown"]);
    expect(checkBooks(seen)).toBe(true);
  });

  test("a run that nobody ends expires, and its words are erased an hour later, its results after their time", async () => {
    const executor = makeExecutor(db, () => "an answer");
    const runId = await executor.accept(single, { requiresApproval: true });
    const done = await executor.accept(single);
    await executor.drain();
    executor.clock.nowMs += 7 * 86_400_000 - 3_600_000;
    await executor.sweep();
    expect(await env.DB.prepare("select 1 from run_texts where run_id = ?").bind(done).first()).toBeNull();
    expect(await executor.output(done, "call-1")).toBe("an answer");
    executor.clock.nowMs += 3_700_000;
    await executor.sweep();
    expect((await executor.look(runId)).run.state).toBe("expired");
    expect((await executor.look(done)).run.erasedAtMs).not.toBeNull();
    expect(await executor.output(done, "call-1")).toBeNull();
    expect((await env.BLOBS.list({ prefix: `runs/${done}/` })).objects).toEqual([]);
  });

  test("a tenant has no more going at once than it may, and places are handed on", async () => {
    let [going, most] = [0, 0];
    const executor = makeExecutor(
      db,
      async () => {
        going += 1;
        most = Math.max(most, going);
        await new Promise((go) => setTimeout(go, 3));
        going -= 1;
        return "an answer";
      },
      { runsPerTenant: 2, stepsPerTenant: 4 },
    );
    const runIds: string[] = [];
    for (let i = 0; i < 7; i += 1) runIds.push(await executor.accept(collective, { tenantId: "t_places" }));
    await executor.drain();
    expect(most).toBeLessThanOrEqual(4);
    const rows = await env.DB.prepare(
      "select state, count(*) as n from runs where tenant_id = 't_places' group by state",
    ).all();
    expect(rows.results).toEqual([{ state: "done", n: runIds.length }]);
  });
});

test("no word of task or answer is in any row", async () => {
  const canary = "zebra-canary-7781";
  const executor = makeExecutor(db, () => `answer with ${canary}`);
  await executor.accept(single, { texts: { task: `mend it ${canary}`, role: `you are ${canary}` } });
  await executor.drain();
  const tables = ["runs", "steps", "calls", "run_events", "run_texts", "budgets"];
  for (const table of tables) {
    const rows = await env.DB.prepare(`select * from ${table}`).all();
    expect(JSON.stringify(rows.results)).not.toContain(canary);
  }
});
