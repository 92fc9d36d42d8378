import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { withCostCeilings } from "../../shared/run/plan-cost.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
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
