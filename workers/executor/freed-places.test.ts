import { beforeAll, expect, test } from "vitest";
import type { CallOutcome } from "../../shared/run/model-call.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import { withFreedPlaces } from "../platform/d1/freed-places.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { cancelRun } from "../platform/d1/run-change-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { advanceRun } from "./advance-run.ts";
import { makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const single = planSingle(toCore(), { deliver: false });
const told = planSingle(toCore(), { deliver: true });
const busy: CallOutcome = {
  ok: false,
  failure: { class: "rate_limited", status: 429, retryAfterMs: 5_000, sent: false, detail: "made" },
};

/** A tenant with one place for a run: one run sits out a wait there, held by nobody; the other was turned away. */
async function makeCrowd(tenantId: string) {
  const executor = makeExecutor(db, (_, index) => (index === 0 ? busy : "an answer"), { runsPerTenant: 1 });
  const { clock, messages } = executor;
  const first = await executor.accept(single, { tenantId });
  await advanceRun({ run_id: first, step_id: "call-1" }, executor.deps);
  const second = await executor.accept(single, { tenantId });
  await advanceRun({ run_id: second, step_id: "call-1" }, executor.deps);
  expect((await executor.look(second, tenantId)).states).toEqual({ "call-1": "ready" });
  messages.splice(0);
  return { executor, clock, first, second: { runId: second, stepId: "call-1" } };
}

test("withFreedPlaces() names the step that waits when a run without a holder is canceled", async () => {
  const { executor, clock, first, second } = await makeCrowd("t_cancel");
  const change = { runId: first, tenantId: "t_cancel", nowMs: clock.nowMs };
  const changed = unwrap(await withFreedPlaces(db, await cancelRun(db, change), change));
  expect(changed.released).toEqual([second]);
  await executor.send(changed.released);
  await executor.drain();
  expect((await executor.look(second.runId, "t_cancel")).run.state).toBe("done");
  // A second cancel frees nothing.
  const again = unwrap(await withFreedPlaces(db, await cancelRun(db, change), change));
  expect(again).toMatchObject({ changed: false, released: [] });
});

test("a run that expires, and a step that is given up, hand their places on", async () => {
  const expiring = await makeCrowd("t_expire");
  const nowMs = expiring.clock.nowMs + 86_400_000;
  const expired = unwrap(await expiring.executor.deps.expireRun({ runId: expiring.first, nowMs }));
  expect(expired.released).toEqual([expiring.second]);
  const failing = await makeCrowd("t_fail");
  const step = { runId: failing.first, stepId: "call-1", failure: "dead_letter" };
  expect(unwrap(await failing.executor.deps.failStep(step)).released).toEqual([failing.second]);
});

test("a run that only its callback is left of hands its place on before that is taken", async () => {
  const executor = makeExecutor(db, () => "an answer", { runsPerTenant: 1, sendCallback: async () => false });
  const of = { tenantId: "t_told" };
  const callback = { url: "https://hooks.example.com/x" };
  const first = await executor.accept(told, { ...of, texts: { callback } });
  const second = await executor.accept(told, of);
  executor.messages.splice(0);
  await advanceRun({ run_id: first, step_id: "call-1" }, executor.deps);
  const sent = executor.messages.map(({ body }) => body);
  expect(sent).toContainEqual({ run_id: first, step_id: "deliver" });
  expect(sent).toContainEqual({ run_id: second, step_id: "call-1" });
});
