import { createExecutionContext, createMessageBatch, createScheduledController, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { fail, ok } from "../../shared/base/result.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { insertRunWithStep, readStep } from "../platform/d1/runs-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { advanceRun } from "./advance-run.ts";
import { DEAD_LETTER_QUEUE } from "./env.ts";
import worker from "./index.ts";
import { MAX_CLAIMS, type SweepDeps, sweep } from "./sweep.ts";
import { makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

async function insert(runId: string): Promise<{ run_id: string; step_id: string }> {
  unwrap(await insertRunWithStep(db, { runId, stepId: "s1", tenantId: "t1", kind: "probe", nowMs: 1_000 }));
  return { run_id: runId, step_id: "s1" };
}

const read = async (runId: string) => unwrap(await readStep(db, { runId, stepId: "s1", tenantId: "t1" }));

async function deliver(queue: string, bodies: readonly unknown[]) {
  const messages = bodies.map((body, i) => ({ id: `m${i}`, timestamp: new Date(1_000), attempts: 1, body }));
  const batch = createMessageBatch(queue, messages);
  const context = createExecutionContext();
  await worker.queue?.(batch, env, context);
  return getQueueResult(batch, context);
}

describe("queue()", () => {
  test("settles a probe, once, however often its message comes", async () => {
    const message = await insert("run_q1");
    const result = await deliver("spawnpoint-runs", [message, message, message]);
    expect(result.explicitAcks).toEqual(["m0", "m1", "m2"]);
    expect(await read("run_q1")).toMatchObject({ state: "done", faultKind: null, attempts: 1 });
  });

  test("acknowledges foreign and unknown messages without harming their neighbours", async () => {
    const message = await insert("run_q2");
    const foreign = [null, 7, "x", {}, { run_id: "a" }, { run_id: "a", step_id: "" }, { ...message, prompt: "p" }];
    const result = await deliver("spawnpoint-runs", [...foreign, { run_id: "none", step_id: "s1" }, message]);
    expect(result.explicitAcks).toHaveLength(foreign.length + 2);
    expect(result.retryMessages).toEqual([]);
    expect((await read("run_q2")).state).toBe("done");
  });

  test("fails the step of a dead letter, a probe's too", async () => {
    const executor = makeExecutor(db, () => "never");
    const runId = await executor.accept(planSingle(toCore(), { deliver: false }));
    const probe = await insert("run_q3");
    const result = await deliver(DEAD_LETTER_QUEUE, [{ run_id: runId, step_id: "call-1" }, probe]);
    expect(result.explicitAcks).toEqual(["m0", "m1"]);
    expect((await executor.look(runId)).steps[0]).toMatchObject({ failure: "dead_letter" });
    expect(await read("run_q3")).toMatchObject({ state: "failed", faultKind: "unavailable" });
  });
});

test("advanceRun() asks for another delivery when the database fails, and for none that would fail the same way", async () => {
  const down = async () => fail({ kind: "unavailable", what: "claim step", detail: "down" });
  const { deps } = makeExecutor(db, () => "never");
  expect(await advanceRun({ run_id: "r", step_id: "s" }, { ...deps, claim: down })).toBe("retry");
  const broken = async () => fail({ kind: "malformed_data", what: "step", detail: "no state" });
  expect(await advanceRun({ run_id: "r", step_id: "s" }, { ...deps, claim: broken })).toBe("ack");
});

describe("sweep()", () => {
  test("sends stale steps again and gives up on one whose holders keep dying", async () => {
    const [sent, dead]: [unknown[], string[]] = [[], []];
    const changed = { state: "failed", changed: true, released: [] } as const;
    const deps: SweepDeps = {
      ...makeExecutor(db, () => "never").deps,
      nowMs: () => 100_000,
      takeStaleSteps: async ({ sentBeforeMs }) => {
        expect(sentBeforeMs).toBe(40_000);
        return ok([
          { runId: "r1", stepId: "s1", attempts: 0 },
          { runId: "r2", stepId: "s1", attempts: MAX_CLAIMS },
        ]);
      },
      failStep: async ({ runId }) => {
        dead.push(runId);
        return ok(changed);
      },
      send: async (steps) => {
        sent.push(...steps);
      },
    };
    expect(unwrap(await sweep(deps))).toMatchObject({ sent: 1, dead: 1 });
    expect([sent, dead]).toMatchObject([[{ runId: "r1", stepId: "s1" }], ["r2"]]);
    const held = { ...deps, failStep: async () => ok({ ...changed, changed: false }) };
    expect(unwrap(await sweep(held))).toMatchObject({ sent: 1, dead: 0 });
    const down = async () => fail({ kind: "unavailable", what: "read due runs", detail: "down" });
    expect(faultOf(await sweep({ ...deps, readDueRuns: down })).kind).toBe("unavailable");
  });

  test("runs from the cron handler against the real tables", async () => {
    await insert("run_s1");
    await worker.scheduled?.(createScheduledController({ cron: "* * * * *" }), env);
    const row = await env.DB.prepare("select enqueued_at_ms as at from steps where run_id = 'run_s1'").first<{
      at: number;
    }>();
    expect(row?.at).toBeGreaterThan(1_000);
  });
});
