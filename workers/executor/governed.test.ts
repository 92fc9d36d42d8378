import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import type { Plan } from "../../shared/run/job.ts";
import type { CallOutcome, FailureClass } from "../../shared/run/model-call.ts";
import { planCollective } from "../../shared/run/plan/collective.ts";
import { planSingle } from "../../shared/run/plan/single.ts";
import type { StepPick } from "../../shared/run/step.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import { type GovernanceEventRow, saveGovernanceEvents } from "../platform/d1/governance-events-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { approveRun, cancelRun } from "../platform/d1/run-change-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { checkBooks, makeExecutor, type Script, TENANT } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const LIST = ["anthropic/primary", "openai/second", "google/third"];
const pick = (model: string): StepPick => ({
  ...{ model, effort: "default", vendor: model.split("/")[0] ?? "" },
  ...{ provider: "openrouter", driverKind: "api" },
});

/** The plan with each of its calls held to the list. */
const toGoverned = (plan: Plan, kinds: readonly string[] = ["call"]): Plan => ({
  ...plan,
  steps: plan.steps.map((step) =>
    kinds.includes(step.kind)
      ? { ...step, pick: pick(LIST[0] ?? ""), fallbacks: LIST.slice(1).map(pick), governed: "list" as const }
      : step,
  ),
});

const failing = (failure: FailureClass, sent = false): CallOutcome => ({
  ok: false,
  failure: { class: failure, status: null, retryAfterMs: null, sent, detail: `made ${failure}` },
});

const single = toGoverned(planSingle(toCore(), { deliver: false }));
const modelsOf = (calls: readonly { readonly model: string }[]) => [...new Set(calls.map(({ model }) => model))];

async function tell(runId: string, stepId: string): Promise<void> {
  const row: GovernanceEventRow = {
    ...{ id: `gov_${runId}_${stepId}`, tenantId: TENANT, source: "step", atMs: 1, updatedAtMs: 1 },
    ...{ governanceVersion: "1", agent: "implementer", role: "builder", tier: "SMALL", effectiveTier: "SMALL" },
    ...{ mode: "deterministic", modelAsked: "Primary", modelUsed: LIST[0] ?? null, attempt: 0, capped: false },
    ...{ waitingApproval: false, hint: "medium", hintHonoured: null, decisionId: null, runId, stepId },
    ...{ outcome: null, costMicroUsd: null },
  };
  unwrap(await saveGovernanceEvents(db, [row]));
}

const told = async (runId: string, stepId = "call-1") =>
  env.DB.prepare("select * from governance_events where run_id = ? and step_id = ?").bind(runId, stepId).first();

/** A run whose only step is held to the list, with its telemetry. */
async function start(script: Script, plan = single) {
  const executor = makeExecutor(db, script);
  const runId = `run_${crypto.randomUUID()}`;
  for (const { stepId } of plan.steps) await tell(runId, stepId);
  await executor.accept(plan, { runId });
  await executor.drain();
  const approve = async () => {
    const by = { approvalId: "apr_1", approvedBy: "key_2", note: null };
    executor.clock.nowMs += 1_000;
    const changed = unwrap(await approveRun(db, { tenantId: TENANT, runId, ...by, nowMs: executor.clock.nowMs }));
    await executor.send(changed.released);
    await executor.drain();
  };
  return { ...executor, runId, approve, seen: () => executor.look(runId) };
}

describe("a step that a role's list governs", () => {
  test("falls back within the list where the primary cannot be reached, and says so", async () => {
    const run = await start((call) => (call.model === LIST[0] ? failing("model_not_found") : "the answer"));
    const seen = await run.seen();
    expect(seen.run.state).toBe("done");
    expect(modelsOf(run.made)).toEqual(LIST.slice(0, 2));
    expect(await told(run.runId)).toMatchObject({ outcome: "success", model_used: LIST[1], attempt: 1 });
    expect(checkBooks(seen)).toBe(true);
  });

  test("awaits approval once all are gone, asks nobody else, and tries the list anew when approved", async () => {
    let isBack = false;
    const run = await start(() => (isBack ? "the answer" : failing("model_not_found")));
    expect((await run.seen()).run).toMatchObject({ state: "awaiting_approval", waitUntilMs: expect.any(Number) });
    expect(modelsOf(run.made)).toEqual(LIST);
    const wanted = (await run.seen()).events.find(({ kind }) => kind === "approval_wanted");
    expect(wanted?.data).toMatchObject({ trigger: "models_exhausted" });
    expect(await told(run.runId)).toMatchObject({ waiting_approval: 1, outcome: null });
    await run.approve();
    expect((await run.seen()).run.state).toBe("awaiting_approval");
    expect(run.made).toHaveLength(6);
    isBack = true;
    await run.approve();
    expect((await run.seen()).run.state).toBe("done");
    expect(run.made.at(-1)?.model).toBe(LIST[0]);
    expect(await told(run.runId)).toMatchObject({ waiting_approval: 1, outcome: "success", attempt: 0 });
  });

  test("does not take another model for an answer that is no good, and fails what no model would do", async () => {
    const silent = await start(() => failing("timeout", true));
    expect((await silent.seen()).run.state).toBe("awaiting_approval");
    expect(modelsOf(silent.made)).toEqual(LIST.slice(0, 1));
    const refused = await start(() => failing("invalid_request"));
    expect((await refused.seen()).run.state).toBe("failed");
    expect(modelsOf(refused.made)).toEqual(LIST.slice(0, 1));
    expect(await told(refused.runId)).toMatchObject({ outcome: "failure" });
  });

  test("keeps what the others brought while the merge waits, and lets the run be canceled", async () => {
    const plan = toGoverned(planCollective(toCore(), { count: 2, deliver: false }), ["merge"]);
    const run = await start((call) => (LIST.includes(call.model) ? failing("quota_exhausted") : "an answer"), plan);
    const seen = await run.seen();
    expect(seen.run.state).toBe("awaiting_approval");
    expect(seen.states).toEqual({ "call-1": "done", "call-2": "done", merge: "awaiting_approval" });
    expect(await run.output(run.runId, "call-1")).toBe("an answer");
    unwrap(await cancelRun(db, { tenantId: TENANT, runId: run.runId, nowMs: run.clock.nowMs }));
    expect((await run.seen()).run.state).toBe("canceled");
    expect(await run.output(run.runId, "call-2")).toBe("an answer");
  });

  test("expires with what it has when nobody approves", async () => {
    const run = await start(() => failing("model_not_found"));
    run.clock.nowMs += 8 * 86_400_000;
    await run.sweep();
    expect((await run.seen()).run.state).toBe("expired");
  });
});
