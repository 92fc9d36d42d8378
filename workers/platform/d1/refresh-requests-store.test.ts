import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { openTestDb } from "../testing/test-database.ts";
import { unwrap } from "../testing/unwrap.ts";
import type { Db } from "./open-db.ts";
import {
  askForRefresh,
  askForScheduledRefresh,
  claimRefreshes,
  finishRefreshes,
  readIsRefreshing,
} from "./refresh-requests-store.ts";

const [LEASE_MS, HOUR_MS] = [1_000, 3_600_000];
let db: Db;
beforeEach(async () => {
  db = await openTestDb();
  await env.DB.prepare("delete from refresh_requests").run();
});

let ids = 0;
const ask = async (keyId: string, nowMs: number) =>
  unwrap(await askForRefresh(db, { id: `rfr_${ids++}`, keyId, nowMs, perHour: 2, leaseMs: LEASE_MS }));
const claim = async (leaseToken: string, nowMs: number) =>
  unwrap(await claimRefreshes(db, { leaseToken, nowMs, leaseMs: LEASE_MS }));
const finish = async (leaseToken: string, nowMs: number) =>
  unwrap(await finishRefreshes(db, { leaseToken, refreshId: "ref_1", nowMs, forgetBeforeMs: 0 }));
const runOne = async (nowMs: number) => {
  await claim(`lease_${nowMs}`, nowMs);
  await finish(`lease_${nowMs}`, nowMs);
};

test("askForRefresh() takes two an hour from one key and says how long to wait", async () => {
  const hour = 10 * HOUR_MS;
  expect(await ask("k1", hour)).toEqual({ kind: "asked" });
  await runOne(hour + 1);
  expect(await ask("k1", hour + 600_000)).toEqual({ kind: "asked" });
  await runOne(hour + 600_001);
  expect(await ask("k1", hour + 1_200_000)).toEqual({ kind: "limited", retryAfterS: 2_400 });
  expect(await ask("k2", hour + 1_200_000)).toEqual({ kind: "asked" });
  await runOne(hour + 1_200_001);
  expect(await ask("k1", hour + HOUR_MS)).toEqual({ kind: "asked" });
});

test("askForRefresh() says that one runs, and of many at once takes one", async () => {
  const answers = await Promise.all(["a", "b", "c", "d"].map((key) => ask(key, 5 * HOUR_MS)));
  expect(answers.map(({ kind }) => kind).sort()).toEqual(["asked", "running", "running", "running"]);
  await claim("l1", 5 * HOUR_MS + 1);
  expect((await ask("e", 5 * HOUR_MS + 2)).kind).toBe("running");
  expect(unwrap(await readIsRefreshing(db, { nowMs: 5 * HOUR_MS + 2 }))).toBe(true);
  await finish("l1", 5 * HOUR_MS + 3);
  expect(unwrap(await readIsRefreshing(db, { nowMs: 5 * HOUR_MS + 3 }))).toBe(false);
  expect((await ask("e", 5 * HOUR_MS + 4)).kind).toBe("asked");
});

test("claimRefreshes() takes all that waits once, and what a dead holder left when its lease is over", async () => {
  await ask("a", 1_000);
  await ask("b", 5_000);
  expect(await claim("l1", 6_000)).toBe(2);
  expect(await claim("l2", 6_500)).toBe(0);
  await ask("c", 6_600);
  expect(await claim("l2", 6_700)).toBe(0);
  expect(await claim("l3", 7_000)).toBe(2);
  await finish("l1", 7_001);
  expect(await claim("l4", 7_002)).toBe(0);
  await finish("l3", 7_003);
  expect(await claim("l4", 7_004)).toBe(0);
});

test("askForScheduledRefresh() asks unless one runs", async () => {
  const scheduled = (id: string, nowMs: number) => askForScheduledRefresh(db, { id, nowMs, leaseMs: LEASE_MS });
  unwrap(await scheduled("s1", 10));
  unwrap(await scheduled("s2", 20));
  expect(await claim("l1", 30)).toBe(1);
});
