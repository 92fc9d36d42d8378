import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { resumeRun } from "../platform/d1/run-change-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { answered, makeExecutor, type Script } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const whole = planSingle(toCore(), { deliver: false });
const single = { ...whole, steps: whole.steps.map((step) => ({ ...step, fallbacks: [] })) };
const DAY_MS = 86_400_000;
const CAP = 5_000_000;

const isFrozen = async (scope: string): Promise<boolean> =>
  (await env.DB.prepare("select frozen from budgets where scope = ?").bind(scope).first<number>("frozen")) === 1;

/** The first answer's bill is beyond what was reserved; every other is in order. */
const overbilledOnce: Script = (_, index) => answered("an answer", 100, index === 0 ? 90_000 : 50);

describe.each(["key", "day"] as const)("a cap of a %s, once a bill went beyond its reservation", (kind) => {
  async function freeze(name: string, firstCap = CAP) {
    const of = { tenantId: `t_${name}_${kind}`, keyId: `key_${name}_${kind}` };
    const executor = makeExecutor(db, overbilledOnce);
    const capped = (cap: number) => ({
      ...of,
      ...(kind === "key" ? { keyCapMicroUsd: cap } : { dayCapMicroUsd: cap }),
    });
    const day = new Date(executor.clock.nowMs).toISOString().slice(0, 10);
    const scope = kind === "key" ? `key:${of.keyId}` : `day:${of.tenantId}:${day}`;
    const run = async (cap: number) => {
      const runId = await executor.accept(single, capped(cap));
      await executor.drain();
      return runId;
    };
    const resume = async (runId: string, cap: number | null) => {
      const caps = { keyCapMicroUsd: kind === "key" ? cap : null, dayCapMicroUsd: kind === "day" ? cap : null };
      const about = { tenantId: of.tenantId, runId, nowMs: executor.clock.nowMs, capMicroUsd: null, shared: caps };
      await executor.send(unwrap(await resumeRun(db, about)).released);
      await executor.drain();
    };
    const stateOf = async (runId: string) => (await executor.look(runId, of.tenantId)).run.state;
    const first = await run(firstCap);
    expect([await stateOf(first), await isFrozen(scope)]).toEqual(["done", true]);
    return { executor, scope, run, resume, stateOf, tenantId: of.tenantId };
  }

  test("grants nothing more, whatever room it has, and says why", async () => {
    const { executor, run, stateOf, tenantId } = await freeze("stop");
    const next = await run(CAP);
    expect([await stateOf(next), executor.made.length]).toEqual(["paused_budget", 1]);
    const { events } = await executor.look(next, tenantId);
    expect(events.find((event) => event.kind === "budget_refused")?.data).toMatchObject({ scope: kind, frozen: true });
  });

  test("is thawed by a higher cap alone: not by the same, and not by a lower one", async () => {
    const { scope, run, resume, stateOf } = await freeze("thaw");
    const paused = await run(CAP);
    await resume(paused, CAP);
    expect([await stateOf(paused), await isFrozen(scope)]).toEqual(["paused_budget", true]);
    await resume(paused, CAP - 1_000_000);
    expect([await stateOf(paused), await isFrozen(scope)]).toEqual(["paused_budget", true]);
    await resume(paused, CAP + 1);
    expect([await stateOf(paused), await isFrozen(scope)]).toEqual(["done", false]);
  });

  test("is thawed too by a run that is accepted under a higher one", async () => {
    const { scope, run, stateOf } = await freeze("accept");
    expect(await stateOf(await run(CAP + 1))).toBe("done");
    expect(await isFrozen(scope)).toBe(false);
  });

  test("counts what went beyond reservations once it is thawed", async () => {
    // Booked are 90,100; a call takes some 20,000.
    const { executor, scope, run, stateOf, tenantId } = await freeze("room", 40_000);
    const next = await run(91_000);
    expect([await stateOf(next), await isFrozen(scope), executor.made.length]).toEqual(["paused_budget", false, 1]);
    const { events } = await executor.look(next, tenantId);
    expect(events.find((event) => event.kind === "budget_refused")?.data).toMatchObject({
      frozen: false,
      roomMicroUsd: 900,
    });
  });

  test("holds nobody whose policy has no such cap any more", async () => {
    const { run, resume, stateOf } = await freeze("none");
    const paused = await run(CAP);
    await resume(paused, null);
    expect(await stateOf(paused)).toBe("done");
  });
});

test("a frozen day is over at midnight UTC", async () => {
  const tenantId = "t_frozen_midnight";
  const executor = makeExecutor(db, overbilledOnce);
  await executor.accept(single, { tenantId, dayCapMicroUsd: CAP });
  await executor.drain();
  const paused = await executor.accept(single, { tenantId, dayCapMicroUsd: CAP });
  await executor.drain();
  expect((await executor.look(paused, tenantId)).run.state).toBe("paused_budget");
  executor.clock.nowMs = Math.ceil(executor.clock.nowMs / DAY_MS) * DAY_MS;
  const next = await executor.accept(single, { tenantId, dayCapMicroUsd: CAP });
  await executor.drain();
  expect((await executor.look(next, tenantId)).run.state).toBe("done");
});

test("a run that was accepted under an older cap of the day neither lifts nor lowers that of now", async () => {
  const tenantId = "t_older";
  const capOf = async (nowMs: number) =>
    env.DB.prepare("select cap_micro_usd from budgets where scope = ?")
      .bind(`day:${tenantId}:${new Date(nowMs).toISOString().slice(0, 10)}`)
      .first<number>("cap_micro_usd");
  const executor = makeExecutor(db, () => "an answer");
  const older = await executor.accept(single, { tenantId, dayCapMicroUsd: CAP });
  await executor.accept(single, { tenantId, dayCapMicroUsd: 1_000 });
  await executor.drain();
  expect(await capOf(executor.clock.nowMs)).toBe(1_000);
  expect((await executor.look(older, tenantId)).run.state).toBe("paused_budget");
  expect(executor.made).toHaveLength(0);
});
