import { beforeAll, expect, test } from "vitest";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { beginIdempotency, forgetIdempotency } from "../platform/d1/run-idempotency-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { makeExecutor, TENANT } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START_MS = 1_700_000_000_000;

/** One key of its own, asked for by requests that each have a token. */
function withKey(key: string) {
  const of = { tenantId: TENANT, endpoint: "POST /api/runs", key };
  const executor = makeExecutor(db, () => "done");
  return {
    begin: async (token: string, afterMs: number, fingerprint = "body-1") =>
      unwrap(await beginIdempotency(db, { ...of, token, fingerprint, nowMs: START_MS + afterMs })).kind,
    /** Stores a run with its answer, as whoever holds the key does. */
    accept: (token: string) =>
      executor.accept(planSingle(toCore(), { deliver: false }), {
        idempotency: { ...of, token, status: 202, body: JSON.stringify({ data: token }) },
      }),
    forget: async (afterMs: number) => unwrap(await forgetIdempotency(db, { nowMs: START_MS + afterMs })),
  };
}

test("an answer is given again for a day from its request on, then the key is free for any body", async () => {
  const { begin, accept, forget } = withKey("day");
  expect(await begin("a", 0)).toBe("fresh");
  await accept("a");
  for (const afterMs of [1, MINUTE_MS, DAY_MS - 1]) {
    await forget(afterMs);
    expect(await begin("b", afterMs)).toBe("replay");
    expect(await begin("b", afterMs, "body-2")).toBe("other_body");
  }
  expect(await begin("b", DAY_MS, "body-2")).toBe("fresh");
  expect(await begin("c", DAY_MS, "body-2")).toBe("running");
});

test("the sweeper forgets an answer after its day, and none before", async () => {
  const { begin, accept, forget } = withKey("swept");
  await begin("a", 0);
  await accept("a");
  await forget(DAY_MS - 1);
  expect(await begin("b", DAY_MS - 1)).toBe("replay");
  await forget(DAY_MS + MINUTE_MS);
  expect(await begin("b", DAY_MS + MINUTE_MS, "body-2")).toBe("fresh");
});

test("a request that died frees its key after a minute, and stores nothing if it comes back", async () => {
  const { begin, accept } = withKey("dead");
  expect(await begin("a", 0)).toBe("fresh");
  expect(await begin("b", MINUTE_MS - 1)).toBe("running");
  expect(await begin("b", MINUTE_MS)).toBe("fresh");
  await expect(accept("a")).rejects.toThrow("lost_key");
  await accept("b");
  await expect(accept("a")).rejects.toThrow("lost_key");
  expect(await begin("c", MINUTE_MS + 1)).toBe("replay");
});
