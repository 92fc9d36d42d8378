import { env } from "cloudflare:workers";
import { beforeAll, expect, test } from "vitest";
import type { Result } from "../../shared/base/result.ts";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { approveRun, giveRunVerdict, resumeRun } from "../platform/d1/run-change-store.ts";
import type { RunChange } from "../platform/d1/run-row.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { checkBooks, makeExecutor, TENANT } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const core = toCore();
const single = planSingle(core, { deliver: false });
const cascade = planCascade(core, {
  ...{ verifier: "external", verifierJ: null, handOn: { answer: true, reasons: true }, deliver: false },
});

type Act = (of: { tenantId: string; runId: string; nowMs: number }) => Promise<Result<RunChange>>;
const approve: Act = (of) => approveRun(db, { ...of, approvalId: `apr_${of.runId}`, approvedBy: "key_2", note: null });
const resume: Act = (of) => resumeRun(db, { ...of, capMicroUsd: 9_000_000 });
const accept: Act = (of) =>
  giveRunVerdict(db, { ...of, stepId: null, accepted: true, givenBy: "ci", evidence: null, verdict: null });

test.each([
  {
    state: "awaiting_approval",
    waits: 7 * DAY_MS,
    act: approve,
    plan: single,
    more: { requiresApproval: true },
    kept: 0,
  },
  { state: "paused_budget", waits: 7 * DAY_MS, act: resume, plan: single, more: { capMicroUsd: 1 }, kept: 0 },
  { state: "awaiting_verdict", waits: DAY_MS, act: accept, plan: cascade, more: {}, kept: 1 },
] as const)("$state lasts its time: whoever comes later finds it over, swept or not", async (one) => {
  const executor = makeExecutor(db, () => "an answer");
  const begin = async () => {
    const runId = await executor.accept(one.plan, one.more);
    await executor.drain();
    const { run } = await executor.look(runId);
    expect(run).toMatchObject({ state: one.state, deadlineAtMs: null });
    const untilMs = run.waitUntilMs ?? 0;
    expect(Math.round((untilMs - executor.clock.nowMs) / HOUR_MS)).toBe(one.waits / HOUR_MS);
    return { runId, untilMs };
  };
  const act = (runId: string) => one.act({ tenantId: TENANT, runId, nowMs: executor.clock.nowMs });
  const [early, late] = [await begin(), await begin()];
  const calls = executor.made.length;
  executor.clock.nowMs = early.untilMs - 1;
  await executor.sweep();
  expect(unwrap(await act(early.runId)).changed).toBe(true);
  executor.clock.nowMs = late.untilMs;
  expect(faultOf(await act(late.runId)).kind).toBe("conflict");
  await executor.sweep();
  const seen = await executor.look(late.runId);
  expect(seen.run.state).toBe("expired");
  expect(faultOf(await act(late.runId)).kind).toBe("conflict");
  expect(checkBooks(seen)).toBe(true);
  // What was paid for stays; the words go an hour later.
  expect(seen.steps.filter(({ outputKey }) => outputKey !== null)).toHaveLength(one.kept);
  expect(executor.made).toHaveLength(calls);
  executor.clock.nowMs += HOUR_MS;
  await executor.sweep();
  expect(await env.DB.prepare("select 1 from run_texts where run_id = ?").bind(late.runId).first()).toBeNull();
  if (one.kept > 0) expect(await executor.output(late.runId, "call-1")).toBe("an answer");
});
