import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { beforeAll, describe, expect, test } from "vitest";
import { planCascade } from "../../shared/run/plan/cascade.ts";
import { withCostCeilings } from "../../shared/run/plan-cost.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import { noteRepositoryEvent } from "../platform/d1/attempt-events-store.ts";
import { attemptEvents } from "../platform/d1/attempt-events-tables.ts";
import { readAttemptWork } from "../platform/d1/attempt-work-store.ts";
import { readDecision, saveDecision } from "../platform/d1/decisions-store.ts";
import { readScorePairs } from "../platform/d1/judge-scores-store.ts";
import { judgeScores } from "../platform/d1/judge-scores-tables.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { readRouteState } from "../platform/d1/route-state-store.ts";
import { calls } from "../platform/d1/run-money-tables.ts";
import { verdicts } from "../platform/d1/verdicts-tables.ts";
import { sampleDecision } from "../platform/testing/sample-decision.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { makeExecutor, type Script, toModel } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const core = toCore();
const cascade = planCascade(core, {
  ...{ verifier: "judge", verifierJ: null, deliver: false },
  handOn: { answer: true, reasons: true },
});
const plan = withCostCeilings(cascade, { taskBytes: 15, pricesOf: ({ model }) => toModel(model).prices });
const AUTHOR = core.chain[0]?.model ?? "";
const JUDGE = plan.steps.find(({ kind }) => kind === "judge")?.pick?.model ?? "";
/** Before the executor's clock. */
const BEFORE_MS = 1_699_000_000_000;

const isJudge = (call: Parameters<Script>[0]): boolean => call.jsonSchema !== null;
const scoring =
  (score: number): Script =>
  (call) => {
    if (!isJudge(call)) return "an answer";
    const [, seal] = /\{"seal": "(\w+)"/.exec(call.messages.map(({ text }) => text).join("\n")) ?? [];
    return JSON.stringify({ seal, reasons: ["a reason"], score });
  };

interface Logged {
  readonly tenantId: string;
  readonly count: number;
  readonly score: number;
  readonly right: boolean;
  readonly source?: string;
  readonly judgeModel?: string;
  readonly taskType?: string;
}

/** Scores whose answers a verdict spoke of later. */
async function log({ tenantId, count, score, right, source = "ci", ...cell }: Logged): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const id = `${tenantId}_${score}_${right}_${source}_${n}`;
    const decisionId = `dec_${id}`;
    const common = { decisionId, tenantId, attempt: 0, taskType: cell.taskType ?? "bugfix" };
    await db.batch([
      db.insert(judgeScores).values({
        ...{ runId: `run_${id}`, stepId: "check-1", ...common, authorModel: AUTHOR, prior: 0.5 },
        ...{ judgeModel: cell.judgeModel ?? JUDGE, score, createdAtMs: BEFORE_MS + n },
      }),
      db.insert(verdicts).values({
        ...{ id: `ver_${id}`, ...common, accepted: right, source, evidenceBytes: 0, modelId: AUTHOR },
        ...{ effort: "default", predictedP: 0.5, createdAtMs: BEFORE_MS + n + 1_000, createdBy: "k" },
      }),
    ]);
  }
}

/** What a judge's score made of a run. */
async function judge(tenantId: string, score: number) {
  const executor = makeExecutor(db, scoring(score));
  const runId = await executor.accept(plan, { tenantId });
  await executor.drain();
  const { steps } = await executor.look(runId, tenantId);
  return steps.find(({ stepId }) => stepId === "check-1")?.finding?.decision;
}

describe("a judge's score", () => {
  test("is held to 7 of 10 at 99 pairs of its cell and weighed by value at 100, so that a low one may do", async () => {
    const tenantId = "cal-low";
    await log({ tenantId, count: 99, score: 5, right: true });
    expect(await judge(tenantId, 5)).toMatchObject({ escalate: true, reason: "under_plain_threshold", pRight: null });
    await log({ tenantId, count: 1, score: 6, right: true });
    const weighed = await judge(tenantId, 5);
    expect(weighed).toMatchObject({ escalate: false, reason: "not_worth_it", uncalibrated: false });
    expect(weighed?.pRight).toBeGreaterThan(weighed?.threshold ?? 1);
  });

  test("is not enough where such answers turned out wrong, high as it is", async () => {
    const tenantId = "cal-high";
    expect(await judge(tenantId, 9)).toMatchObject({ escalate: false, reason: "at_plain_threshold" });
    await log({ tenantId, count: 100, score: 9, right: false });
    expect(await judge(tenantId, 9)).toMatchObject({ escalate: true, reason: "worth_it", uncalibrated: false });
  });

  test("under all that were ever followed up stays with the plain rule", async () => {
    const tenantId = "cal-unseen";
    await log({ tenantId, count: 100, score: 8, right: true });
    expect(await judge(tenantId, 2)).toMatchObject({ escalate: true, reason: "under_plain_threshold" });
  });

  test("means nothing by another tenant's pairs, another judge's, another kind of task's, or a judge's own word", async () => {
    await log({ tenantId: "cal-others", count: 100, score: 5, right: true });
    const tenantId = "cal-none";
    await log({ tenantId, count: 100, score: 5, right: true, judgeModel: "vendor/other", taskType: "bugfix" });
    await log({ tenantId, count: 100, score: 4, right: true, taskType: "docs" });
    await log({ tenantId, count: 100, score: 5, right: true, source: "judge" });
    expect(await judge(tenantId, 5)).toMatchObject({ escalate: true, uncalibrated: true });
  });

  test("is worth what became of the change, whatever was said of it first", async () => {
    const tenantId = "cal-events";
    await log({ tenantId, count: 100, score: 9, right: true });
    expect(await judge(tenantId, 9)).toMatchObject({ escalate: false, uncalibrated: false });
    for (let n = 0; n < 100; n += 1) {
      const decisionId = `dec_${tenantId}_9_true_ci_${n}`;
      const event = { id: `evt_${decisionId}`, tenantId, decisionId, attempt: 0, kind: "reverted", createdBy: "k" };
      await db.insert(attemptEvents).values({ ...event, repository: null, createdAtMs: BEFORE_MS + 9_000 });
    }
    expect(await judge(tenantId, 9)).toMatchObject({ escalate: true, uncalibrated: false });
  });
});

/** A row of the cell as no verdict of ours would leave it. */
const poison = (tenantId: string, set: string) =>
  env.DB.prepare(`update judge_scores set ${set} where run_id = ?`).bind(`run_${tenantId}_8_false_ci_0`).run();

describe("a row of scores that no judge of ours wrote", () => {
  test.each([
    "score = 0",
    "score = 11",
    "score = 'NaN'",
    "score = 7.5",
    "prior = 'x'",
    "prior = 9e999",
    "prior = 3",
  ])("(%s) takes its cell back to the plain rule, and stops nobody", async (set) => {
    const tenantId = `cal-poison-${set.replaceAll(/\W/g, "")}`;
    await log({ tenantId, count: 100, score: 8, right: false });
    expect(await judge(tenantId, 8)).toMatchObject({ reason: "worth_it", uncalibrated: false });
    await poison(tenantId, set);
    expect(await judge(tenantId, 8)).toMatchObject({ reason: "at_plain_threshold", uncalibrated: true });
  });

  test("is read by the thousand newest, of the newest three thousand scores, and by its own tenant's truth", async () => {
    const tenantId = "cal-flood";
    const executor = makeExecutor(db, scoring(8));
    const runId = await executor.accept(plan, { tenantId });
    await executor.drain();
    const fill = (table: string, columns: string, values: string) =>
      env.DB.prepare(
        `with recursive n(i) as (select 1 union all select i + 1 from n where i < 3500)
         insert into ${table} (${columns}) select ${values} from n`,
      ).run();
    const cell = `'dec_flood_' || i, 0, ${BEFORE_MS} + i`;
    await fill(
      "judge_scores",
      "decision_id, attempt, created_at_ms, run_id, step_id, tenant_id, task_type, author_model, judge_model, score, prior",
      `${cell}, 'run_flood_' || i, 'check-1', '${tenantId}', 'bugfix', '${AUTHOR}', '${JUDGE}', 8, 0.5`,
    );
    await fill(
      "attempt_events",
      "decision_id, attempt, created_at_ms, id, tenant_id, kind, created_by",
      `${cell}, 'evt_flood_' || i, 'somebody', 'stands', 'k'`,
    );
    const pairsWhere = async (which: string): Promise<number> => {
      const own = `update attempt_events set tenant_id = ? where id like 'evt_flood_%' and ${which}`;
      await env.DB.prepare(own).bind(tenantId).run();
      const of = { tenantId, taskType: "bugfix", runId, answerId: "call-1", judgeModel: JUDGE, sinceMs: 0 };
      return unwrap(await readScorePairs(db, of)).length;
    };
    expect(await pairsWhere("false")).toBe(0);
    expect(await pairsWhere(`created_at_ms <= ${BEFORE_MS} + 400`)).toBe(0);
    expect(await pairsWhere(`created_at_ms > ${BEFORE_MS} + 3000`)).toBe(500);
    expect(await pairsWhere("true")).toBe(1_000);
  });
});

describe("a judged run", () => {
  const tenantId = "cal-run";

  async function play(id: string, score: number, copies = 1) {
    const record = sampleDecision({ id, tenantId, core });
    unwrap(await saveDecision(db, { record, locks: [], nowMs: 1 }));
    const executor = makeExecutor(db, scoring(score));
    const runId = await executor.accept(plan, { tenantId, decisionId: id });
    await executor.drain({ copies });
    return runId;
  }

  const scoresOf = async (id: string) => (await db.select().from(judgeScores)).filter((row) => row.decisionId === id);

  test("keeps its score once with its cell, however often its steps are delivered, and teaches nothing by it", async () => {
    const runId = await play("dec_cal_kept", 9, 5);
    expect(await scoresOf("dec_cal_kept")).toMatchObject([
      { runId, stepId: "check-1", tenantId, attempt: 0, authorModel: AUTHOR, judgeModel: JUDGE, score: 9 },
    ]);
    const state = unwrap(await readRouteState(db, { tenantId, lockKey: "none", nowMs: BEFORE_MS, sinceMs: 0 }));
    expect(state.outcomes).toEqual([]);
    expect(unwrap(await readDecision(db, { tenantId, id: "dec_cal_kept" }))).toMatchObject({
      state: "open",
      attempt: 0,
    });
  });

  test("leaves its decision at the attempt that was delivered, with what that one cost", async () => {
    await play("dec_cal_moved", 2);
    const last = core.chain.length - 1;
    const record = unwrap(await readDecision(db, { tenantId, id: "dec_cal_moved" }));
    expect(record).toMatchObject({ state: "open", attempt: last });
    const work = unwrap(await readAttemptWork(db, { tenantId, decisionId: record.id, attempt: last }));
    expect(work).toMatchObject({ costMicroUsd: 150, author: { model: core.chain[last]?.model, effort: "default" } });
    const foreign = { tenantId: "somebody", decisionId: record.id, attempt: last };
    expect(unwrap(await readAttemptWork(db, foreign))).toBeNull();
    // The first attempt's truth can still be told, and counts for its score alone.
    const event = { tenantId, decisionId: record.id, attempt: 0, repository: null, createdBy: "k" } as const;
    const noted = { ...event, id: "evt_cal", kind: "stands", createdAtMs: Date.now() } as const;
    expect(unwrap(await noteRepositoryEvent(db, noted))).toEqual({ attempt: 0, recorded: true });
    expect(unwrap(await noteRepositoryEvent(db, { ...noted, id: "evt_cal_2" }))).toEqual({
      attempt: 0,
      recorded: false,
    });
  });

  test("is scored and told of under one author, also where ten calls began within a millisecond", async () => {
    const decisionId = "dec_cal_many";
    unwrap(await saveDecision(db, { record: sampleDecision({ id: decisionId, tenantId, core }), locks: [], nowMs: 1 }));
    const later = [
      { attempt: 2, model: "vendor/second" },
      { attempt: 10, model: "vendor/tenth" },
    ];
    const executor = makeExecutor(db, async (call, ...rest) => {
      if (isJudge(call)) {
        const [first] = await db.select().from(calls).where(eq(calls.runId, runId));
        if (first === undefined) throw new Error("nobody answered");
        for (const { attempt, model } of later)
          await db.insert(calls).values({ ...first, attempt, model, callId: `${runId}/call-1/${attempt}` });
      }
      return scoring(9)(call, ...rest);
    });
    const runId = await executor.accept(plan, { tenantId, decisionId });
    await executor.drain();
    expect(await scoresOf(decisionId)).toMatchObject([{ authorModel: "vendor/tenth" }]);
    const work = unwrap(await readAttemptWork(db, { tenantId, decisionId, attempt: 0 }));
    expect(work?.author).toEqual({ model: "vendor/tenth", effort: "default" });
  });
});
