import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { withCostCeilings } from "../../shared/run/plan-cost.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { giveRunVerdict } from "../platform/d1/run-change-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { advanceRun } from "./advance-run.ts";
import { checkBooks, makeExecutor, toModel } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

test("nobody is paid to merge answers that are all gone", async () => {
  const executor = makeExecutor(db, () => "an answer");
  const runId = await executor.accept(planCollective(toCore(), { count: 3, deliver: false }));
  for (const { stepId } of (await executor.look(runId)).steps)
    if (stepId !== "merge") await advanceRun({ run_id: runId, step_id: stepId }, executor.deps);
  const { steps } = await executor.look(runId);
  for (const { outputKey } of steps) if (outputKey !== null) await env.BLOBS.delete(outputKey);
  await advanceRun({ run_id: runId, step_id: "merge" }, executor.deps);
  const seen = await executor.look(runId);
  expect([executor.made.length, seen.states.merge]).toEqual([3, "failed"]);
  expect(checkBooks(seen)).toBe(true);
});

test("a judge is not paid to look at an answer that is gone", async () => {
  const cascade = planCascade(toCore(), {
    ...{ verifier: "judge", verifierJ: null, deliver: false },
    handOn: { answer: true, reasons: true },
  });
  const plan = withCostCeilings(cascade, { taskBytes: 15, pricesOf: ({ model }) => toModel(model).prices });
  const executor = makeExecutor(db, () => "an answer");
  const runId = await executor.accept(plan);
  expect(await advanceRun({ run_id: runId, step_id: "call-1" }, executor.deps)).toBe("ack");
  const { steps } = await executor.look(runId);
  await env.BLOBS.delete(steps[0]?.outputKey ?? "");
  await advanceRun({ run_id: runId, step_id: "check-1" }, executor.deps);
  const seen = await executor.look(runId);
  expect(executor.made.filter(({ jsonSchema }) => jsonSchema !== null)).toEqual([]);
  expect(seen.steps.find(({ stepId }) => stepId === "check-1")).toMatchObject({
    status: { state: "failed" },
    failure: "texts_erased",
  });
  expect(checkBooks(seen)).toBe(true);
});

test.each([
  ["the rejected answer", "call-1"],
  ["what a reviewer said of it", "check-1"],
])("nobody is paid to go on from %s when it is gone", async (_, lostId) => {
  const cascade = planCascade(toCore(), {
    ...{ verifier: "external", verifierJ: null, deliver: false },
    handOn: { answer: true, reasons: true },
  });
  const executor = makeExecutor(db, () => "an answer");
  const tenantId = `lost-${lostId}`;
  const runId = await executor.accept(cascade, { tenantId });
  await executor.drain();
  const evidence = unwrap(
    await executor.deps.saveOutput({ runId, stepId: "check-1" }, { name: "evidence", text: "FAILED" }),
  );
  const about = { tenantId, runId, stepId: null, givenBy: "ci", verdict: null, nowMs: executor.clock.nowMs };
  const given = unwrap(await giveRunVerdict(db, { ...about, accepted: false, evidence }));
  const lost = (await executor.look(runId, tenantId)).steps.find(({ stepId }) => stepId === lostId);
  await env.BLOBS.delete(lost?.outputKey ?? "");
  await executor.send(given.released);
  await executor.drain();
  const seen = await executor.look(runId, tenantId);
  // The cascade goes on with the third, which is shown nothing of the second.
  expect(seen.calls.map(({ stepId }) => stepId)).toEqual(["call-1", "call-3"]);
  expect(seen.steps.find(({ stepId }) => stepId === "call-2")).toMatchObject({
    status: { state: "failed" },
    failure: "texts_erased",
  });
  expect(checkBooks(seen)).toBe(true);
});
