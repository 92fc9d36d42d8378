import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import type { Plan } from "../../shared/run/job.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const single = planSingle(toCore(), { deliver: false });

/** So many calls that wait for nothing, all of them at once. */
function planWide(count: number): Plan {
  const [first] = single.steps;
  if (first === undefined) throw new Error("a single run has a step");
  const steps = Array.from({ length: count }, (_, i) => {
    return { ...first, stepId: `call-${i + 1}`, fallbacks: [], onFailure: "skip" as const };
  });
  const result = { prefer: [], otherwise: steps.map(({ stepId }) => stepId) };
  return { ...single, mode: "swarm", steps, result, maxParallel: count };
}

/** What a call books that tells no usage: its whole reservation. */
const unmetered = {
  ok: true,
  answer: { text: "an answer", end: "complete", bytes: 9, usage: null },
} as const;

/** Its input is the same everywhere, so every call reserves the same. */
async function measureReservation(): Promise<number> {
  const executor = makeExecutor(db, () => unmetered);
  const runId = await executor.accept(single, { tenantId: "t_measure" });
  await executor.drain();
  const [call] = (await executor.look(runId, "t_measure")).calls;
  return call?.reservedMicroUsd ?? 0;
}

/** Caps by kind: how many, with how many starts under each; 1,000 starts over 20 caps. */
const CAPS = { run: [7, 20], key: [7, 66], day: [6, 66] } as const;
const EXTRA_STARTS = 2;
/** Calls that fit under each; the rest of a call stays free. */
const FITS = 11;

test("1,000 steps that start at once under 20 caps pass none of them, and no refused step is sent", async () => {
  const reserved = await measureReservation();
  const capMicroUsd = FITS * reserved + Math.floor(reserved / 2);
  let [samples, over, sent] = [0, 0, 0];
  const sample = async (): Promise<void> => {
    const row = await env.DB.prepare(
      "select count(*) as caps, sum(spent_micro_usd + reserved_micro_usd > cap_micro_usd) as over from budgets",
    ).first<{ caps: number; over: number }>();
    samples += row?.caps ?? 0;
    over += row?.over ?? 0;
  };
  const script = async () => {
    sent += 1;
    await sample();
    return unmetered;
  };
  const executor = makeExecutor(db, script, { runsPerTenant: 1_000, stepsPerTenant: 1_000 });
  const ofRun = { tenantId: "t_run", capMicroUsd };
  for (let i = 0; i < CAPS.run[0]; i += 1) await executor.accept(planWide(CAPS.run[1]), ofRun);
  const free = { ...single, steps: single.steps.map((step) => ({ ...step, fallbacks: [] })) };
  const acceptMany = (count: number, wanted: Parameters<typeof executor.accept>[1]) =>
    Promise.all(Array.from({ length: count }, () => executor.accept(free, wanted)));
  for (let i = 0; i < CAPS.key[0]; i += 1)
    await acceptMany(CAPS.key[1], { tenantId: "t_key", keyId: `key_${i}`, keyCapMicroUsd: capMicroUsd });
  for (let i = 0; i < CAPS.day[0]; i += 1) {
    const starts = CAPS.day[1] + (i === 0 ? EXTRA_STARTS : 0);
    await acceptMany(starts, { tenantId: `t_day_${i}`, dayCapMicroUsd: capMicroUsd });
  }
  expect(executor.messages).toHaveLength(1_000);
  await executor.drain();

  const capped = await env.DB.prepare(
    "select scope, spent_micro_usd as spent, reserved_micro_usd as held from budgets where cap_micro_usd = ?",
  )
    .bind(capMicroUsd)
    .all<{ scope: string; spent: number; held: number }>();
  expect(capped.results).toHaveLength(20);
  expect(capped.results.filter(({ spent, held }) => spent !== FITS * reserved || held !== 0)).toEqual([]);
  expect({ over, sent }).toEqual({ over: 0, sent: 20 * FITS });
  expect(samples).toBeGreaterThan(10_000);
  const refusedAndCalled = await env.DB.prepare(
    `select count(*) as n from run_events as refusal join calls on calls.run_id = refusal.run_id and calls.step_id = refusal.step_id
     where refusal.kind = 'budget_refused'`,
  ).first<number>("n");
  expect(refusedAndCalled).toBe(0);
  const paused = await env.DB.prepare("select count(*) as n from steps where state = 'paused_budget'").first("n");
  expect(paused).toBe(1_000 - sent);
}, 240_000);
