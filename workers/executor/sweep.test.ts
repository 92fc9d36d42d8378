import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { eraseDueTexts } from "../platform/d1/run-sweep-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { SWEEP_LIMIT } from "./sweep.ts";
import { makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeEach(async () => {
  db = await openTestDb();
});

/** Rows of `count` runs, as little as there can be of each. */
const insertRuns = (prefix: string, count: number, columns: Readonly<Record<string, string | number>>) => {
  const names = Object.keys(columns);
  const values = Object.values(columns).map((value) => (typeof value === "string" ? `'${value}'` : value));
  return env.DB.prepare(
    `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})
     insert into runs (id, tenant_id, kind, created_at_ms, updated_at_ms, ${names.join(", ")})
     select '${prefix}' || i, 't_made', 'single', 1, 1, ${values.join(", ")} from n`,
  ).run();
};

test("eraseDueTexts() erases as many words at once as a sweep may, and the rest after them", async () => {
  await insertRuns("made_", SWEEP_LIMIT + 20, { state: "done", erase_texts_at_ms: 5 });
  await env.DB.prepare("insert into run_texts select id, 'sealed' from runs where tenant_id = 't_made'").run();
  const erase = async () => unwrap(await eraseDueTexts(db, { nowMs: 5, limit: SWEEP_LIMIT }));
  expect([await erase(), await erase(), await erase()]).toEqual([SWEEP_LIMIT, 20, 0]);
  const left = await env.DB.prepare("select count(*) as n from run_texts where run_id like 'made_%'").first();
  expect(left).toEqual({ n: 0 });
});

test("sweep() leaves a run that cannot be read, and ends and erases the others all the same", async () => {
  const executor = makeExecutor(db, () => "an answer");
  await insertRuns("broken_", 3, { state: "running", plan: "{}", deadline_at_ms: 1 });
  const runId = await executor.accept(planSingle(toCore(), { deliver: false }), { requiresApproval: true });
  executor.clock.nowMs += 8 * 86_400_000;
  await executor.sweep();
  expect((await executor.look(runId)).run.state).toBe("expired");
  executor.clock.nowMs += 3_700_000;
  await executor.sweep();
  expect(await env.DB.prepare("select 1 from run_texts where run_id = ?").bind(runId).first()).toBeNull();
});
