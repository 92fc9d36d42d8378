import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { openTestDb } from "../testing/test-database.ts";
import { unwrap } from "../testing/unwrap.ts";
import { forgetOld } from "./forget-old.ts";
import type { Db } from "./open-db.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const run = (text: string) => env.DB.prepare(text).run();
const ids = async (text: string): Promise<readonly unknown[]> =>
  (await env.DB.prepare(text).all()).results.map((row) => Object.values(row)[0]);

const score = (runId: string, atMs: number) =>
  run(
    `insert into judge_scores (run_id, step_id, tenant_id, task_type, author_model, judge_model, score, prior, created_at_ms) values ('${runId}', 'check-1', 't', 'bugfix', 'a', 'b', 7, 0.5, ${atMs})`,
  );
const refresh = (id: string, atMs: number, report: string | null) =>
  run(
    `insert into catalog_refreshes (id, at_ms, outcome, version, detail, report) values ('${id}', ${atMs}, 'unchanged', 'v', '', ${report === null ? "null" : `'${report}'`})`,
  );
const lock = (key: string, expiresAtMs: number | null) =>
  run(`insert into decision_locks (lock_key, decision_id, expires_at_ms) values ('${key}', 'dec', ${expiresAtMs})`);

const forget = async (limit = 10) =>
  unwrap(await forgetOld(db, { nowMs: 1_000, scoresBeforeMs: 500, refreshesBeforeMs: 500, limit }));

test("forgetOld() takes what is older than is read, a bounded number at a time, and locks that ran out", async () => {
  for (const [i, atMs] of [100, 200, 499, 500, 900].entries()) await score(`run_${i}`, atMs);
  await lock("request:old", 1_000);
  await lock("request:new", 1_001);
  await lock("task:t:1", null);
  await forget(2);
  expect(await ids("select run_id from judge_scores order by created_at_ms")).toHaveLength(3);
  await forget(2);
  expect(await ids("select run_id from judge_scores order by created_at_ms")).toEqual(["run_3", "run_4"]);
  expect(await ids("select lock_key from decision_locks order by lock_key")).toEqual(["request:new", "task:t:1"]);
});

test("forgetOld() keeps old heartbeats while no newer report says what is served", async () => {
  await refresh("old", 100, "{}");
  await refresh("silent", 800, null);
  await forget();
  expect(await ids("select id from catalog_refreshes order by at_ms")).toEqual(["old", "silent"]);
  await refresh("new", 900, "{}");
  await forget();
  expect(await ids("select id from catalog_refreshes order by at_ms")).toEqual(["silent", "new"]);
});
