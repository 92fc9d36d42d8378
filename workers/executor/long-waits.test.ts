import { beforeAll, expect, test } from "vitest";
import type { CallOutcome } from "../../shared/run/model-call.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { readProviderState } from "../platform/d1/provider-states-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { checkBooks, makeExecutor } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const HOUR_MS = 3_600_000;
const limited: CallOutcome = {
  ok: false,
  failure: { class: "rate_limited", status: 429, retryAfterMs: HOUR_MS, sent: false, detail: "made" },
};
const plan = planSingle(toCore(), { deliver: false });
/** The usual deployment: one key, for all models. */
const byOneKey = {
  ...plan,
  steps: plan.steps.map((step) => {
    const provider = step.pick?.provider ?? "";
    return { ...step, fallbacks: step.fallbacks.map((pick) => ({ ...pick, provider })) };
  }),
};

test("a limit that outlasts the run lets the other models of the same key try, and closes no key", async () => {
  const [first] = plan.steps;
  const executor = makeExecutor(db, (call) => (call.model === first?.pick?.model ? limited : "an answer"));
  const tenantId = "long-waits";
  const runId = await executor.accept(byOneKey, { tenantId });
  await executor.drain();
  const seen = await executor.look(runId, tenantId);
  expect(seen.run.state).toBe("done");
  expect(seen.calls.map(({ pick, failure }) => [pick, failure])).toEqual([
    [0, "rate_limited"],
    [0, "rate_limited"],
    [0, "rate_limited"],
    [1, null],
  ]);
  expect(checkBooks(seen)).toBe(true);
  const states = unwrap(await readProviderState(db, { tenantId, nowMs: executor.clock.nowMs }));
  expect(states.excluded).toEqual([]);
});

test("where every model of the key is limited so, the step ends as what it is", async () => {
  const executor = makeExecutor(db, () => limited);
  const runId = await executor.accept(byOneKey);
  await executor.drain();
  const seen = await executor.look(runId);
  expect([seen.run.state, seen.steps[0]?.failure]).toEqual(["failed", "rate_limited"]);
  expect(checkBooks(seen)).toBe(true);
});
