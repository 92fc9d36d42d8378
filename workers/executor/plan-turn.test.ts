import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { fail } from "../../shared/base/result.ts";
import { FAILURE_CLASSES, type ModelCall } from "../../shared/run/model-call.ts";
import { readPlanDraft } from "../../shared/run/planned-parts.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { approveRun, cancelRun } from "../platform/d1/run-change-store.ts";
import type { PlanAsk } from "../platform/plan-door.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { advanceRun } from "./advance-run.ts";
import { LEASE_MS } from "./bind-executor.ts";
import { answered, checkBooks, type Script, TENANT } from "./testing/made-executor.ts";
import { DIAMOND, isPlanner, part, plan, startPlanned, TASK, userText } from "./testing/planned-run.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const start = (script: Script, options: Parameters<typeof startPlanned>[2] = {}) => startPlanned(db, script, options);
const planWith =
  (parts: unknown): Script =>
  (call) =>
    isPlanner(call) ? plan(call, parts) : `result ${call.messages.length}`;
const plannerCalls = (made: readonly ModelCall[]): number => made.filter(isPlanner).length;
const eventOf = (seen: { readonly events: readonly { readonly kind: string; readonly data: unknown }[] }) =>
  seen.events.find(({ kind }) => kind === "planned")?.data;

test("a plan of a diamond is called for once, decided by the router, and runs in waves", async () => {
  const { router, executor, runId, look } = await start(planWith(DIAMOND));
  await executor.drain();
  const seen = await look();
  expect(seen.run.state).toBe("done");
  expect(eventOf(seen)).toEqual({ planned_by: "llm", reason: null, parts: 4, requires_approval: false });
  const starts = seen.events.filter(({ kind }) => kind === "step_started").map(({ stepId }) => stepId);
  expect([starts[0], starts[1], starts.slice(2, 4).sort(), starts.slice(4)]).toEqual([
    ...["plan", "part-1"],
    ["part-2", "part-3"],
    ["part-4", "merge"],
  ]);
  expect(seen.steps.map(({ stepId, position }) => [stepId, position])).toEqual(
    ["plan", "part-1", "part-2", "part-3", "part-4", "merge"].map((stepId, i) => [stepId, i]),
  );
  const [ask] = router.asks;
  expect(ask).toMatchObject({ tenantId: TENANT, decisionId: "dec_1", mode: "swarm", task: TASK, stack: ["ts"] });
  const last = executor.made.find((call) => userText(call).endsWith("make top"));
  expect(last && userText(last)).toContain("earlier result 2");
  expect(last?.messages[0]?.text).toContain("You make top.");
  const draft = readPlanDraft((await executor.output(runId, "plan")) ?? "");
  expect(draft).toMatchObject({ ok: true, value: { by: "llm" } });
  expect(checkBooks(seen)).toBe(true);
});

test("in mode plan its parts are done one after the other", async () => {
  const { executor, look } = await start(planWith(DIAMOND), { mode: "plan" });
  await executor.drain();
  const seen = await look();
  const starts = seen.events.filter(({ kind }) => kind === "step_started").map(({ stepId }) => stepId);
  expect(starts).toEqual(["plan", "part-1", "part-2", "part-3", "part-4", "merge"]);
});

describe("the splitter stands in", () => {
  const circle = [part("a", ["b"]), part("b", ["a"])];
  const thirty = Array.from({ length: 30 }, (_, i) => part(`p${i}`));
  test.each<[string, Script, string, number]>([
    ["for prose", (call) => (isPlanner(call) ? "First I would look around." : "done"), "unreadable", 2],
    ["for thirty parts", planWith(thirty), "unreadable", 2],
    ["for a circle", planWith(circle), "unreadable", 2],
    ["for a part that names its model", planWith([{ ...part("a"), model: "x/dearest" }, part("b")]), "unreadable", 2],
    ["for one part", planWith([part("all")]), "one_part", 1],
    [
      "where no model can be asked",
      (call) =>
        isPlanner(call)
          ? { ok: false, failure: { class: "forbidden", status: 403, retryAfterMs: null, sent: true, detail: "made" } }
          : "done",
      "no_answer",
      1,
    ],
  ])("%s", async (_, script, reason, calls) => {
    const { executor, look } = await start(script);
    await executor.drain();
    const seen = await look();
    expect(eventOf(seen)).toEqual({ planned_by: "splitter", reason, parts: 3, requires_approval: false });
    expect(plannerCalls(executor.made)).toBe(calls);
    expect([seen.run.state, seen.steps.length]).toEqual(["done", 5]);
    expect(checkBooks(seen)).toBe(true);
  });

  test("after one answer that cannot be read, the next one counts", async () => {
    const { executor, look } = await start((call, i) =>
      i === 0 ? "{" : isPlanner(call) ? plan(call, DIAMOND) : "done",
    );
    await executor.drain();
    expect(eventOf(await look())).toMatchObject({ planned_by: "llm", parts: 4 });
    const [first, second, ...others] = executor.made.map(userText);
    expect(plannerCalls(executor.made)).toBe(2);
    const told = "An earlier answer to this question could not be read: the answer begins with no whole JSON object.";
    expect([first?.includes(told), second?.includes(told)]).toEqual([false, true]);
    expect(others.filter((text) => text.includes("could not be read"))).toEqual([]);
  });
});

describe("a plan is paid for once", () => {
  test("however often its message comes", async () => {
    for (const copies of [2, 5, 10]) {
      const { executor, runId, look } = await start(async (call) => {
        await new Promise((go) => setTimeout(go, 3));
        return isPlanner(call) ? plan(call, DIAMOND) : "done";
      });
      await executor.drain({ copies });
      for (let i = 0; i < copies; i += 1)
        expect(await advanceRun({ run_id: runId, step_id: "plan" }, executor.deps)).toBe("ack");
      const seen = await look();
      expect([seen.run.state, seen.steps.length, executor.made.length]).toEqual(["done", 6, 6]);
      expect(seen.events.filter(({ kind }) => kind === "planned")).toHaveLength(1);
      expect(checkBooks(seen)).toBe(true);
    }
  });

  test("while the router is away, and kept when it stays away", async () => {
    const back = await start(planWith(DIAMOND), { awayFor: 3 });
    await back.executor.drain();
    expect((await back.look()).run.state).toBe("done");
    expect([plannerCalls(back.executor.made), back.router.asks.length]).toEqual([1, 4]);

    const away = await start(planWith(DIAMOND), { awayFor: 99 });
    await away.executor.drain();
    const seen = await away.look();
    expect(seen.run.state).toBe("failed");
    expect(seen.steps).toMatchObject([{ failure: "router_unreached", calls: 1 }]);
    expect(await away.executor.output(away.runId, "plan")).toContain("make base");
    expect([plannerCalls(away.executor.made), away.router.asks.length]).toEqual([1, 5]);
    expect(checkBooks(seen)).toBe(true);
  });

  test("unless its holder dies before it is saved: then once more", async () => {
    const { executor, runId, look } = await start(planWith(DIAMOND));
    // The first holder dies after its call: it never comes to settle.
    const dying = { ...executor.deps, expandPlan: () => new Promise<never>(() => undefined) };
    void advanceRun({ run_id: runId, step_id: "plan" }, dying);
    while (executor.made.length === 0) await new Promise((go) => setTimeout(go, 1));
    executor.messages.length = 0;
    executor.clock.nowMs += LEASE_MS + 61_000;
    await executor.sweep();
    await executor.drain();
    const seen = await look();
    expect(seen.run.state).toBe("done");
    expect(plannerCalls(executor.made)).toBe(2);
    expect(seen.calls.filter(({ stepId }) => stepId === "plan").map(({ state }) => state)).toEqual([
      "unknown",
      "settled",
    ]);
    expect(checkBooks(seen)).toBe(true);
  });

  test("by a holder that lost its lease, whose plan changes nothing", async () => {
    const { executor, router, runId, look } = await start(planWith(DIAMOND));
    const slow = {
      ...executor.deps,
      expandPlan: async (ask: PlanAsk) => {
        unwrap(await cancelRun(db, { tenantId: TENANT, runId, nowMs: executor.clock.nowMs }));
        return router.expandPlan(ask);
      },
    };
    expect(await advanceRun({ run_id: runId, step_id: "plan" }, slow)).toBe("ack");
    const seen = await look();
    expect([seen.run.state, seen.steps.length]).toEqual(["canceled", 1]);
    expect(seen.run.budget.spentMicroUsd).toBe(150);
    expect(checkBooks(seen)).toBe(true);
  });
});

test("a part that nobody may do ends the run with a class of its own, and the plan is kept", async () => {
  const says = fail({ kind: "no_candidates", emptiedBy: "band", before: 3 } as const);
  const { executor, runId, look } = await start(planWith(DIAMOND), { says });
  await executor.drain();
  expect((await look()).steps).toMatchObject([{ failure: "parts_undecided" }]);
  expect(await executor.output(runId, "plan")).toContain("make base");
});

test("a part that asks for a person lets nothing start before another key approves", async () => {
  const { executor, runId, look } = await start(planWith(DIAMOND), { requiresApproval: true });
  await executor.drain();
  const seen = await look();
  expect(seen.run).toMatchObject({ state: "awaiting_approval", requiresApproval: true, deadlineAtMs: null });
  expect(seen.run.settings.gateReason).toBe("a part is risky");
  expect(seen.run.waitUntilMs).not.toBeNull();
  expect(executor.made).toHaveLength(1);
  for (const stepId of ["part-1", "part-2", "merge"])
    expect(await advanceRun({ run_id: runId, step_id: stepId }, executor.deps)).toBe("ack");
  expect(executor.made).toHaveLength(1);
  const about = { tenantId: TENANT, runId, approvalId: `apr_${runId}`, note: null, nowMs: executor.clock.nowMs };
  expect(faultOf(await approveRun(db, { ...about, approvedBy: "key_1" })).kind).toBe("forbidden");
  await executor.send(unwrap(await approveRun(db, { ...about, approvedBy: "key_2" })).released);
  await executor.drain();
  const after = await look();
  expect(after.run.state).toBe("done");
  expect(checkBooks(after)).toBe(true);
});

test.each([
  true,
  false,
])("an approval of the whole holds for its parts where the router says so: %s", async (isSeen) => {
  const { router, executor, runId, look } = await start(planWith(DIAMOND), {
    ...{ requiresApproval: (isApproved) => !(isApproved && isSeen), run: { requiresApproval: true } },
  });
  await executor.drain();
  expect([(await look()).run.state, executor.made.length]).toEqual(["awaiting_approval", 0]);
  const about = { tenantId: TENANT, runId, approvalId: `apr_${runId}`, note: null, nowMs: executor.clock.nowMs };
  const approve = async (): Promise<void> => {
    await executor.send(unwrap(await approveRun(db, { ...about, approvedBy: "key_2" })).released);
    await executor.drain();
  };
  await approve();
  expect(router.asks).toMatchObject([{ isApproved: true }]);
  if (!isSeen) {
    expect([(await look()).run.state, executor.made.length]).toEqual(["awaiting_approval", 1]);
    await approve();
  }
  expect((await look()).run.state).toBe("done");
});

test.each(FAILURE_CLASSES)("a planner that fails by %s costs no run, and the books close", async (failureClass) => {
  for (const sent of [true, false]) {
    const failure = { class: failureClass, status: null, retryAfterMs: null, sent, detail: "made" };
    const { executor, look } = await start((call) => (isPlanner(call) ? { ok: false, failure } : "done"));
    await executor.drain();
    const seen = await look();
    // A call that is canceled is one whose step is over.
    const isOver = failureClass === "canceled";
    expect([seen.run.state, seen.steps.length]).toEqual(isOver ? ["failed", 1] : ["done", 5]);
    if (!isOver) expect(eventOf(seen)).toMatchObject({ planned_by: "splitter" });
    expect(checkBooks(seen)).toBe(true);
  }
});

test("the cap holds for parts that nobody had priced before", async () => {
  const { executor, look } = await start(
    (call) => (isPlanner(call) ? plan(call, DIAMOND) : answered("done", 100, 15_000)),
    { run: { capMicroUsd: 45_000 } },
  );
  await executor.drain();
  const seen = await look();
  expect(seen.run.state).toBe("paused_budget");
  expect(seen.run.budget.spentMicroUsd).toBeLessThanOrEqual(45_000);
  expect(checkBooks(seen)).toBe(true);
});

test("no word of task or plan is in any row", async () => {
  const canary = "zebra-canary-4471";
  const told = DIAMOND.map((one) => ({ ...one, text: `${one.text} ${canary}` }));
  const plans: readonly unknown[] = [told, [part("a", [canary]), part("b")], [part(canary, [canary])], canary];
  for (const parts of plans) {
    const { executor, look } = await start(planWith(parts));
    await executor.drain();
    expect((await look()).run.state).toBe("done");
  }
  for (const table of ["runs", "steps", "calls", "run_events", "run_texts"]) {
    const rows = await env.DB.prepare(`select * from ${table}`).all();
    expect(JSON.stringify(rows.results)).not.toContain(canary);
  }
});
