import { beforeAll, expect, test } from "vitest";
import { fail } from "../../shared/base/result.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { advanceRun } from "./advance-run.ts";
import { checkBooks, makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const single = planSingle(toCore(), { deliver: false });
const away = (what: string) => fail({ kind: "unavailable", what, detail: "for a moment" });

/** A function that is away the first `times` times. */
function flaky<A extends readonly unknown[], R>(times: number, what: string, act: (...args: A) => Promise<R>) {
  const left = { times };
  return async (...args: A): Promise<R | ReturnType<typeof away>> => (left.times-- > 0 ? away(what) : act(...args));
}

test.each([
  ["the database that settles", 2, 0],
  ["the store that keeps the answer", 0, 2],
  ["both, one after the other", 2, 2],
])("a paid answer is not paid for again while %s is away for a moment", async (_, settles, saves) => {
  const executor = makeExecutor(db, () => "an answer");
  const runId = await executor.accept(single);
  const deps = {
    ...executor.deps,
    settle: flaky(settles, "database", executor.deps.settle),
    saveOutput: flaky(saves, "object storage", executor.deps.saveOutput),
  };
  expect(await advanceRun({ run_id: runId, step_id: "call-1" }, deps)).toBe("ack");
  await executor.drain();
  const seen = await executor.look(runId);
  expect([seen.run.state, executor.made.length, seen.calls.length]).toEqual(["done", 1, 1]);
  expect(await executor.output(runId, "call-1")).toBe("an answer");
  expect(checkBooks(seen)).toBe(true);
});

test("what cannot be kept at all is left to the next delivery, and the books say that it was paid", async () => {
  const executor = makeExecutor(db, () => "an answer");
  const runId = await executor.accept(single);
  const lost = { ...executor.deps, saveOutput: async () => away("object storage") };
  expect(await advanceRun({ run_id: runId, step_id: "call-1" }, lost)).toBe("retry");
  executor.clock.nowMs += 120_000;
  await executor.drain();
  const seen = await executor.look(runId);
  expect([seen.run.state, seen.calls.map(({ state }) => state)]).toEqual(["done", ["unknown", "settled"]]);
  expect(checkBooks(seen)).toBe(true);
});
