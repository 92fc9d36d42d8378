import { beforeAll, describe, expect, test } from "vitest";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { planSequence } from "../../shared/run/plan/plan.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import { planSwarm } from "../../shared/run/plan/swarm.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { approveRun, giveRunVerdict } from "../platform/d1/run-change-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { answered, checkBooks, makeExecutor, type Script, TENANT } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const core = toCore();
const PLAIN = { deliver: false };
const HAND_ON = { answer: true, reasons: true };
const userText = (call: Parameters<Script>[0]): string => call.messages.map(({ text }) => text).join("\n");
const isJudge = (call: Parameters<Script>[0]): boolean => call.jsonSchema !== null;
/** A verdict in the form that was asked for, with the seal of this very question. */
const verdict = (call: Parameters<Script>[0], score: number): string => {
  const [, seal] = /\{"seal": "(\w+)"/.exec(userText(call)) ?? [];
  return JSON.stringify({ seal, reasons: ["it leaves a case out"], score });
};
const broken = {
  ok: false,
  failure: { class: "invalid_request", status: 400, retryAfterMs: null, sent: false, detail: "made" },
} as const;

describe("single", () => {
  test("makes one call, keeps its answer sealed, and books it", async () => {
    const executor = makeExecutor(db, () => "the answer");
    const runId = await executor.accept(planSingle(core, PLAIN));
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run).toMatchObject({ state: "done", endedAtMs: expect.any(Number) });
    expect(await executor.output(runId, "call-1")).toBe("the answer");
    expect(seen.calls).toMatchObject([{ state: "settled", settledMicroUsd: 150, promptTokens: 100 }]);
    expect(checkBooks(seen)).toBe(true);
    expect(seen.events.map(({ kind }) => kind)).toEqual([
      ...["run_accepted", "step_ready", "run_running", "step_started"],
      ...["call_settled", "step_done", "run_done"],
    ]);
    expect(seen.events.map(({ seq }) => seq)).toEqual(seen.events.map((_, i) => i + 1));
  });

  test("tells of its end", async () => {
    const executor = makeExecutor(db, () => "the answer");
    const callback = { url: "https://ci.example/hook" };
    const runId = await executor.accept(planSingle(core, { deliver: true }), { texts: { callback } });
    await executor.drain();
    expect((await executor.look(runId)).states).toEqual({ "call-1": "done", deliver: "done" });
    expect(executor.callbacks).toMatchObject([{ url: callback.url, messageId: `${runId}_deliver` }]);
  });
});

test("collective asks several, merges what came, and pays for it when one fails", async () => {
  const executor = makeExecutor(db, (call, index) => {
    if (userText(call).includes("You make one answer out of several")) return "merged";
    return index === 0 ? broken : `answer ${index}`;
  });
  const plan = planCollective(core, { count: 3, deliver: false });
  const noFallbacks = { ...plan, steps: plan.steps.map((step) => ({ ...step, fallbacks: [] })) };
  const runId = await executor.accept(noFallbacks);
  await executor.drain();
  const seen = await executor.look(runId);
  expect(seen.run.state).toBe("done");
  expect(Object.values(seen.states).sort()).toEqual(["done", "done", "done", "failed"]);
  expect(await executor.output(runId, "merge")).toBe("merged");
  expect(checkBooks(seen)).toBe(true);
});

describe("cascade", () => {
  const judged = planCascade(core, { verifier: "judge", verifierJ: null, handOn: HAND_ON, deliver: false });

  test("delivers the first answer when its judge accepts it", async () => {
    const executor = makeExecutor(db, (call) => (isJudge(call) ? verdict(call, 9) : "cheap answer"));
    const runId = await executor.accept(judged);
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.states).toMatchObject({ "call-1": "done", "check-1": "done", "call-2": "skipped" });
    expect(seen.steps[1]?.finding).toMatchObject({ score: 9, decision: { escalate: false, uncalibrated: true } });
    expect(executor.made).toHaveLength(2);
  });

  test("hands on answer and reasons when its judge rejects it, and when no verdict can be read twice", async () => {
    for (const judge of [(call: Parameters<Script>[0]) => verdict(call, 2), () => "10/10, trust me"]) {
      const executor = makeExecutor(db, (call) => (isJudge(call) ? judge(call) : "an answer"));
      const runId = await executor.accept(judged);
      await executor.drain();
      const seen = await executor.look(runId);
      expect(seen.states["call-2"]).toBe("done");
      const second = executor.made.filter((call) => !isJudge(call))[1];
      expect(second && userText(second)).toContain("rejected answer");
      expect(checkBooks(seen)).toBe(true);
    }
  });

  test("waits for a verdict from outside, takes the first one, and hands on its evidence", async () => {
    const external = planCascade(core, { verifier: "external", verifierJ: null, handOn: HAND_ON, deliver: false });
    const executor = makeExecutor(db, (_, index) => `answer ${index + 1}`);
    const runId = await executor.accept(external);
    await executor.drain();
    expect((await executor.look(runId)).run).toMatchObject({ state: "awaiting_verdict", deadlineAtMs: null });
    const evidence = unwrap(
      await executor.deps.saveOutput({ runId, stepId: "check-1" }, { name: "evidence", text: "test_parse FAILED" }),
    );
    const about = {
      tenantId: TENANT,
      runId,
      stepId: null,
      givenBy: "key_2",
      verdict: null,
      nowMs: executor.clock.nowMs,
    };
    const given = unwrap(await giveRunVerdict(db, { ...about, accepted: false, evidence }));
    expect(given).toMatchObject({ stepId: "check-1", state: "running", released: [{ runId, stepId: "call-2" }] });
    const again = await giveRunVerdict(db, { ...about, stepId: "check-1", accepted: true, evidence: null });
    expect(faultOf(again).kind).toBe("conflict");
    await executor.send(given.released);
    await executor.drain();
    expect(executor.made[1] && userText(executor.made[1])).toContain("test_parse FAILED");
  });
});

describe("plan and swarm", () => {
  const part = (id: string, dependsOn: readonly string[]) => ({ id, text: `do ${id}`, dependsOn, decision: core });
  const parts = [part("a", []), part("b", ["a"]), part("c", ["a"]), part("d", ["b", "c"])];
  const texts = { parts: Object.fromEntries(parts.map(({ id, text }) => [id, text])) };

  test("swarm runs a diamond in waves and each part sees what it needs", async () => {
    let [going, most] = [0, 0];
    // Answered once both are there, however slow the machine.
    const pair = Promise.withResolvers<void>();
    const executor = makeExecutor(db, async (call) => {
      going += 1;
      most = Math.max(most, going);
      if (going === 2) pair.resolve();
      if (/do [bc]$/.test(userText(call))) await pair.promise;
      going -= 1;
      const [, own] = /Do this part of it, and no other:\n(.*)/.exec(userText(call)) ?? [];
      return own === undefined ? "all together" : `result of ${own}`;
    });
    const runId = await executor.accept(unwrap(planSwarm({ whole: core, parts, ...PLAIN })), { texts });
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run.state).toBe("done");
    expect(most).toBe(2);
    const last = executor.made.find((call) => userText(call).endsWith("do d"));
    expect(last && userText(last)).toContain("result of do b");
    expect(await executor.output(runId, "merge")).toBe("all together");
    expect(checkBooks(seen)).toBe(true);
  });

  test("plan does its parts one after the other", async () => {
    const executor = makeExecutor(db, (_, index) => `result ${index}`);
    const runId = await executor.accept(unwrap(planSequence({ whole: core, parts, ...PLAIN })), { texts });
    await executor.drain();
    const seen = await executor.look(runId);
    expect(seen.run.state).toBe("done");
    const starts = seen.events.filter(({ kind }) => kind === "step_started").map(({ stepId }) => stepId);
    expect(starts).toEqual(["part-1", "part-2", "part-3", "part-4", "merge"]);
  });
});

test("a gated run calls nobody before another key approves it", async () => {
  const executor = makeExecutor(db, () => answered("the answer"));
  const runId = await executor.accept(planSingle(core, PLAIN), { requiresApproval: true });
  await executor.drain();
  expect((await executor.look(runId)).run.state).toBe("awaiting_approval");
  const about = { tenantId: TENANT, runId, approvalId: `apr_${runId}`, note: null, nowMs: executor.clock.nowMs };
  expect(faultOf(await approveRun(db, { ...about, approvedBy: "key_1" })).kind).toBe("forbidden");
  const approved = unwrap(await approveRun(db, { ...about, approvedBy: "key_2" }));
  expect(faultOf(await approveRun(db, { ...about, approvedBy: "key_2" })).kind).toBe("conflict");
  expect(executor.made).toHaveLength(0);
  await executor.send(approved.released);
  await executor.drain();
  expect((await executor.look(runId)).run).toMatchObject({ state: "done", approvedBy: "key_2" });
});
