import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { shuffled, toRandom } from "../../shared/policy/testing/random-catalog.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { advanceRun } from "./advance-run.ts";
import { makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const core = toCore();
const single = planSingle(core, { deliver: false });
const collective = planCollective(core, { count: 3, deliver: false });
const RUNS = 250;
/** Every tenth run has four steps, one of which waits for the others. */
const isWide = (n: number): boolean => n % 10 === 0;

test("runs whose messages come two to ten times, at once and late, make no call twice", async () => {
  const random = toRandom(4);
  const executor = makeExecutor(db, () => "an answer", { runsPerTenant: RUNS, stepsPerTenant: 10 * RUNS });
  for (let n = 0; n < RUNS; n += 1) await executor.accept(isWide(n) ? collective : single, { tenantId: `t_${n % 50}` });
  await executor.drain({ copies: () => 2 + Math.floor(random() * 9) });
  const steps = await env.DB.prepare("select run_id, step_id from steps").all<{ run_id: string; step_id: string }>();
  expect(steps.results).toHaveLength(RUNS + 3 * (RUNS / 10));
  const isLate = shuffled(random, steps.results).filter(() => random() < 0.5);
  for (const body of isLate) expect(await advanceRun(body, executor.deps)).toBe("ack");
  expect(executor.made).toHaveLength(steps.results.length);

  const told = await env.DB.prepare(
    `select (select count(*) from runs where state = 'done') as done,
       (select count(*) from calls) as calls,
       (select count(*) from calls where attempt > 1 or state <> 'settled') as odd,
       (select count(*) from steps where attempts <> 1) as claimed_again,
       (select count(*) from run_events where kind = 'step_done') as settled,
       (select sum(settled_micro_usd + overrun_micro_usd) from calls) as booked,
       (select sum(spent_micro_usd + overrun_micro_usd) from budgets) as spent,
       (select sum(reserved_micro_usd) from budgets) as held`,
  ).first<Record<string, number>>();
  const whole = { done: RUNS, calls: steps.results.length, settled: steps.results.length };
  expect(told).toMatchObject({ ...whole, odd: 0, claimed_again: 0, held: 0 });
  expect(told?.booked).toBe(told?.spent);
}, 240_000);
