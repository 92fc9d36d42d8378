import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import { type Db, openDb } from "../platform/d1/open-db.ts";
import { cancelRun } from "../platform/d1/run-change-store.ts";
import { beginIdempotency } from "../platform/d1/run-idempotency-store.ts";
import { listRuns } from "../platform/d1/run-read-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { explain, type Watched, watchStatements } from "../platform/testing/watch-statements.ts";
import { makeExecutor, TENANT } from "./testing/made-executor.ts";

let watched: Watched;
let db: Db;
beforeAll(async () => {
  await openTestDb();
  watched = watchStatements(env.DB);
  db = openDb(watched.d1);
});

const core = toCore();
const DAY_MS = 86_400_000;

/** Everything that the engine asks of the database while runs go on, are looked at, fail, end and are erased. */
async function useEverything(): Promise<void> {
  const broken = {
    ok: false,
    failure: { class: "server_error", status: 500, retryAfterMs: null, sent: true, detail: "made" },
  } as const;
  const executor = makeExecutor(db, (_, index) => (index === 0 ? broken : "an answer"));
  const { nowMs } = executor.clock;
  const idempotency = { endpoint: "POST /api/runs", key: "k1" };
  const begun = { tenantId: TENANT, ...idempotency, fingerprint: "0".repeat(64), token: "tok_1", nowMs };
  unwrap(await beginIdempotency(db, begun));
  const caps = { keyCapMicroUsd: 900_000_000, dayCapMicroUsd: 900_000_000 };
  const kept = { ...idempotency, token: "tok_1", status: 202, body: "{}" };
  await executor.accept(planSingle(core, { deliver: true }), { ...caps, idempotency: kept });
  await executor.accept(planCollective(core, { count: 3, deliver: false }));
  const cascade = { verifier: "external", verifierJ: null, handOn: { answer: true, reasons: true } } as const;
  const runId = await executor.accept(planCascade(core, { ...cascade, deliver: false }));
  await executor.drain();
  await executor.look(runId);
  const before = { createdAtMs: nowMs, runId };
  unwrap(await listRuns(db, { tenantId: TENANT, before: null, limit: 20, state: null }));
  unwrap(await listRuns(db, { tenantId: TENANT, before, limit: 20, state: "done" }));
  await executor.sweep();
  unwrap(await cancelRun(db, { tenantId: TENANT, runId, nowMs: executor.clock.nowMs }));
  executor.clock.nowMs += 8 * DAY_MS;
  await executor.sweep();
  await executor.sweep();
}

test("no statement of the engine reads a table of runs from end to end", async () => {
  await useEverything();
  expect(watched.seen.size).toBeGreaterThan(30);
  const scans: string[] = [];
  for (const statement of watched.seen) {
    for (const detail of await explain(env.DB, statement)) {
      // What the statement itself brings is no table; a sort of steps is one of a run's few.
      if (/TEMP B-TREE FOR ORDER BY/.test(detail) && / from "runs"/.test(statement[0]))
        scans.push(`${detail}: ${statement[0]}`);
      if (/^SCAN (?!json_each|now_is|CONSTANT|\(subquery|subquery)/.test(detail))
        scans.push(`${detail}: ${statement[0]}`);
    }
  }
  expect(scans).toEqual([]);
});
