import { beforeAll, expect, test } from "vitest";
import type { CallOutcome } from "../../shared/run/model-call.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { picksOf } from "../../shared/run/step.ts";
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
const FIVE_MINUTES_MS = 300_000;
const limited = (retryAfterMs: number): CallOutcome => ({
  ok: false,
  failure: { class: "rate_limited", status: 429, retryAfterMs, sent: false, detail: "made" },
});
const plan = planSingle(toCore(), { deliver: false });
/** The usual deployment: one key, for all models. */
const byOneKey = {
  ...plan,
  steps: plan.steps.map((step) => {
    const provider = step.pick?.provider ?? "";
    return { ...step, fallbacks: step.fallbacks.map((pick) => ({ ...pick, provider })) };
  }),
};

test.each([
  ["fits into the run", FIVE_MINUTES_MS],
  ["outlasts it", HOUR_MS],
])("a long limit that %s lets the other models of the same key try at once, and closes no key", async (_, waitMs) => {
  const [first] = plan.steps;
  const executor = makeExecutor(db, (call) => (call.model === first?.pick?.model ? limited(waitMs) : "an answer"));
  const tenantId = `long-waits-${waitMs}`;
  const beganMs = executor.clock.nowMs;
  const runId = await executor.accept(byOneKey, { tenantId });
  await executor.drain();
  const seen = await executor.look(runId, tenantId);
  expect(seen.run.state).toBe("done");
  expect(seen.calls.map(({ pick, failure }) => [pick, failure])).toEqual([
    [0, "rate_limited_long"],
    [1, null],
  ]);
  expect(executor.clock.nowMs - beganMs).toBeLessThan(FIVE_MINUTES_MS);
  expect(checkBooks(seen)).toBe(true);
  const states = unwrap(await readProviderState(db, { tenantId, nowMs: executor.clock.nowMs }));
  expect(states).toMatchObject({ excluded: [], penalties: [{ provider: first?.pick?.provider }] });
});

test("a long limit of all models of the key is sat out where it ends within the run", async () => {
  const picks = picksOf(byOneKey.steps[0] ?? { pick: null, fallbacks: [] });
  const executor = makeExecutor(db, (_, index) => (index < picks.length ? limited(FIVE_MINUTES_MS) : "an answer"));
  const beganMs = executor.clock.nowMs;
  const runId = await executor.accept(byOneKey);
  await executor.drain();
  const seen = await executor.look(runId);
  expect([seen.run.state, seen.calls.length]).toEqual(["done", picks.length + 1]);
  expect(executor.clock.nowMs - beganMs).toBeGreaterThanOrEqual(FIVE_MINUTES_MS);
  expect(checkBooks(seen)).toBe(true);
});

test("where every model of the key is limited for longer than the run, the step ends at once as what it is", async () => {
  const executor = makeExecutor(db, () => limited(HOUR_MS));
  const beganMs = executor.clock.nowMs;
  const runId = await executor.accept(byOneKey);
  await executor.drain();
  const seen = await executor.look(runId);
  expect([seen.run.state, seen.steps[0]?.failure]).toEqual(["failed", "rate_limited_long"]);
  expect(seen.calls.map(({ pick }) => pick)).toEqual(seen.calls.map((_, i) => i));
  expect(executor.clock.nowMs - beganMs).toBeLessThan(60_000);
  expect(checkBooks(seen)).toBe(true);
});
