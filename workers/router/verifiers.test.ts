import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { decisionSchema } from "../../shared/contract/decisions.ts";
import { runChangedSchema } from "../../shared/contract/run-answers.ts";
import { attemptEventAnswerSchema, verifierSchema } from "../../shared/contract/verifiers.ts";
import { readAttemptWork } from "../platform/d1/attempt-work-store.ts";
import { verdicts } from "../platform/d1/verdicts-tables.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { toDeps } from "./env.ts";
import { prepareRun } from "./prepare-run.ts";
import { type Answered, catalog, dataOf, serveCatalog } from "./testing/caller.ts";
import { playStep } from "./testing/play-step.ts";
import { newRunCaller, RUN_ENV, type RunCaller } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TASK = "Fix the typo in README.md";
const HARD = "Fix the race between two writers in the storage engine that loses an update under load";
const errorOf = ({ status, body }: Answered): unknown => [status, Object(body).error?.code];
const verifiersSchema = verifierSchema.array();
const rowsOf = async (decisionId: string) =>
  (await env.DB.prepare("select * from verdicts where decision_id = ? order by attempt").bind(decisionId).all())
    .results;

/** A cascade run that waits for CI, on a decision of its own. */
async function awaiting(caller: RunCaller, task = TASK) {
  const { id, decision_id } = await caller.create({
    task,
    mode: "cascade",
    verifier: "external",
    task_id: `T-${task.length}`,
  });
  await playStep({ runId: id, stepId: "call-1", text: "cheap answer", microUsd: 1_500 });
  return { id, decisionId: decision_id };
}
const decisionOf = (caller: RunCaller, id: string) => caller.read(decisionSchema, `/api/decisions/${id}`);

describe("POST /api/runs/:id/verdict", () => {
  it("is one on the decision too: it ends accepted, its lock is free, and what the attempt cost is kept", async () => {
    const caller = await newRunCaller("teach-yes", "run", "read", "feedback");
    const { id, decisionId } = await awaiting(caller);
    const said = { accepted: true, source: "ci", repository: "Acme/Shop" };
    expect(dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/verdict`, said)).status).toBe("done");
    expect(await decisionOf(caller, decisionId)).toMatchObject({ state: "accepted", attempt: 0 });
    const { model } = await decisionOf(caller, decisionId);
    expect(await rowsOf(decisionId)).toMatchObject([
      { attempt: 0, accepted: 1, source: "ci", cost_micro_usd: 1_500, repository: "acme/shop", model_id: model },
    ]);
    const again = await caller.create({
      task: TASK,
      mode: "cascade",
      verifier: "external",
      task_id: `T-${TASK.length}`,
    });
    expect(again.decision_id).not.toBe(decisionId);
    const next = await env.DB.prepare("select receipt from decisions where id = ?").bind(again.decision_id).first();
    expect(JSON.parse(String(next?.receipt)).outcomes).toMatchObject([{ modelId: model, count: 1 }]);
  });

  it("moves the decision to the next attempt on a rejection, whose outcome is then that model's", async () => {
    const caller = await newRunCaller("teach-no", "run", "read", "feedback");
    const { id, decisionId } = await awaiting(caller);
    const before = await decisionOf(caller, decisionId);
    await caller.post(`/api/runs/${id}/verdict`, { accepted: false, source: "ci", evidence: "FAIL a.test.ts" });
    const after = await decisionOf(caller, decisionId);
    expect([after.state, after.attempt, after.model === before.model]).toEqual(["open", 1, false]);
    expect(await rowsOf(decisionId)).toMatchObject([{ attempt: 0, accepted: 0, evidence_bytes: 14, repository: null }]);
    await playStep({ runId: id, stepId: "call-2", text: "better answer", microUsd: 7_000 });
    const outcome = await caller.post("/api/outcomes", { decision_id: decisionId, result: "success" });
    expect(outcome.status).toBe(200);
    const stored = await env.DB.prepare("select * from outcomes where decision_id = ?").bind(decisionId).first();
    expect(stored).toMatchObject({ attempt: 1, y: 1, cost_micro_usd: 7_000, model_id: after.model });
  });

  it("teaches once, of 8 at the same time and after a verdict that came by the decision's own door", async () => {
    const caller = await newRunCaller("teach-once", "run", "read", "feedback");
    const { id, decisionId } = await awaiting(caller);
    await Promise.all(
      Array.from({ length: 8 }, () => caller.post(`/api/runs/${id}/verdict`, { accepted: false, source: "ci" })),
    );
    expect(await rowsOf(decisionId)).toHaveLength(1);
    expect((await decisionOf(caller, decisionId)).attempt).toBe(1);
    const other = await awaiting(caller, HARD);
    await caller.post(`/api/decisions/${other.decisionId}/verdict`, { accepted: true, source: "person" });
    const late = await caller.post(`/api/runs/${other.id}/verdict`, { accepted: false, source: "ci" });
    expect(late.status).toBe(200);
    expect(await rowsOf(other.decisionId)).toMatchObject([{ accepted: 1, source: "person" }]);
    expect((await decisionOf(caller, other.decisionId)).state).toBe("accepted");
  });

  it("says of a fallback's answer what was expected of the fallback", async () => {
    const caller = await newRunCaller("teach-fallback", "run", "read", "feedback");
    const { id, decisionId } = await awaiting(caller);
    const { fallbacks } = await decisionOf(caller, decisionId);
    const [standIn] = fallbacks;
    await env.DB.prepare("update calls set model = ?, effort = ? where run_id = ?")
      .bind(standIn?.model, standIn?.effort, id)
      .run();
    await caller.post(`/api/runs/${id}/verdict`, { accepted: true, source: "ci" });
    const [row] = await rowsOf(decisionId);
    expect(row).toMatchObject({ model_id: standIn?.model });
    const db = await openTestDb();
    const work = await readAttemptWork(db, { tenantId: "teach-fallback", decisionId, attempt: 0 });
    expect(unwrap(work)?.author?.model).toBe(standIn?.model);
  });
});

/** Judged attempts in a repository with what became of them: each row `count` verdicts, told of so. */
async function judged(
  tenantId: string,
  repository: string,
  counts: Readonly<Record<"tp" | "fp" | "tn" | "fn", number>>,
) {
  const db = await openTestDb();
  for (const [cell, count] of Object.entries(counts)) {
    const kind = cell === "tp" || cell === "fn" ? "stands" : "reverted";
    for (let n = 0; n < count; n += 1) {
      const id = `${tenantId}_${cell}_${n}`;
      const common = { decisionId: `dec_${id}`, tenantId, attempt: 0, createdAtMs: 1_000 + n };
      await db.insert(verdicts).values({
        ...{ id: `ver_${id}`, ...common, accepted: cell === "tp" || cell === "fp", source: "ci", evidenceBytes: 0 },
        ...{
          modelId: "vendor/other",
          effort: "default",
          taskType: "design",
          predictedP: 0.5,
          createdBy: "k",
          repository,
        },
      });
      await env.DB.prepare("insert into attempt_events values (?, ?, ?, 0, ?, ?, 2000, 'k')")
        .bind(`evt_${id}`, `dec_${id}`, tenantId, kind, repository)
        .run();
    }
  }
}

const GOOD = { tp: 28, fp: 1, tn: 25, fn: 1 };
const POOR = { tp: 25, fp: 15, tn: 15, fn: 10 };

describe("GET /api/verifiers", () => {
  it("measures each source in each repository of the tenant alone", async () => {
    const caller = await newRunCaller("measured", "read");
    await judged("measured", "acme/shop", GOOD);
    const [verifier] = await caller.read(verifiersSchema, "/api/verifiers?repository=Acme/Shop");
    expect(verifier).toMatchObject({ repository: "acme/shop", source: "ci", n: 55, may_gate: true, unlabelled: 0 });
    expect(verifier).toMatchObject({ accepted_right: 28, accepted_wrong: 1, rejected_right: 1, rejected_wrong: 25 });
    expect(verifier?.j_lower ?? 0).toBeGreaterThan(0.7);
    expect(verifier?.j_lower ?? 1).toBeLessThan(verifier?.j ?? 0);
    const other = await newRunCaller("measured-not", "read");
    expect(await other.read(verifiersSchema, "/api/verifiers")).toEqual([]);
    expect(errorOf(await caller.get("/api/verifiers?repository=shop"))).toEqual([400, "INVALID_PARAM"]);
  });

  it("counts silence only in a repository that was heard of before, and only after its days", async () => {
    const caller = await newRunCaller("silent", "read", "feedback", "run");
    const db = await openTestDb();
    const old = {
      attempt: 0,
      accepted: true,
      source: "ci",
      evidenceBytes: 0,
      modelId: "v/m",
      effort: "default",
    } as const;
    const row = { ...old, taskType: "docs", predictedP: 0.5, createdBy: "k", tenantId: "silent" } as const;
    const add = (id: string, repository: string, createdAtMs: number) =>
      db.insert(verdicts).values({ ...row, id, decisionId: `dec_${id}`, repository, createdAtMs });
    for (const repository of ["a/heard", "a/unheard"]) await add(`s_old_${repository}`, repository, 5_000);
    await add("s_new", "a/heard", Date.now());
    await env.DB.prepare(
      "insert into attempt_events values ('e', 'dec_x', 'silent', 0, 'stands', 'a/heard', 1, 'k')",
    ).run();
    const found = await caller.read(verifiersSchema, "/api/verifiers");
    expect(
      found.map(({ repository, n, unlabelled, accepted_right }) => [repository, n, unlabelled, accepted_right]),
    ).toEqual([
      ["a/heard", 1, 1, 1],
      ["a/unheard", 0, 1, 0],
    ]);
  });
});

describe("POST /api/decisions/:id/events", () => {
  it("takes each kind of an attempt once, moves what is learned, and knows no foreign decision", async () => {
    const caller = await newRunCaller("events-door", "run", "read", "feedback");
    const { id, decisionId } = await awaiting(caller);
    const path = `/api/decisions/${decisionId}/events`;
    expect(errorOf(await caller.post(path, { kind: "reverted", attempt: 1 }))).toEqual([409, "CONFLICT"]);
    await caller.post(`/api/runs/${id}/verdict`, { accepted: true, source: "ci" });
    const first = await caller.post(path, { kind: "reverted", repository: "Acme/Shop" });
    const event = { decision_id: decisionId, attempt: 0, kind: "reverted" };
    expect(dataOf(attemptEventAnswerSchema, first)).toEqual({ ...event, recorded: true });
    const answers = await Promise.all(Array.from({ length: 5 }, () => caller.post(path, { kind: "reverted" })));
    for (const answer of answers)
      expect(dataOf(attemptEventAnswerSchema, answer)).toEqual({ ...event, recorded: false });
    // The verdict had named no repository.
    expect(await caller.read(verifiersSchema, "/api/verifiers")).toMatchObject([
      { repository: "acme/shop", accepted_wrong: 1, n: 1 },
    ]);
    const { model, expected } = await decisionOf(caller, decisionId);
    const next = await caller.post("/api/route", { task: `${TASK} again`, constraints: { allow: [model] } });
    expect(Object(next.body).data.expected.success).toBeLessThanOrEqual(expected.success);
    const stranger = await newRunCaller("events-stranger", "feedback");
    expect(errorOf(await stranger.post(path, { kind: "stands" }))).toEqual([404, "NOT_FOUND"]);
    expect(errorOf(await caller.post(path, { kind: "liked" }))).toEqual([400, "INVALID_PARAM"]);
    const reader = await newRunCaller("events-door", "read");
    expect(errorOf(await reader.post(path, { kind: "stands" }))).toEqual([403, "FORBIDDEN"]);
  });
});

describe("POST /api/runs with a repository", () => {
  it("weighs a rejection by the measured check, and ends the decision where going on is not worth it", async () => {
    const caller = await newRunCaller("run-measured", "run", "read");
    await judged("run-measured", "acme/shop", GOOD);
    const asked = { task: TASK, mode: "cascade", verifier: "external", value_usd: 0.000_01 };
    const { id, decision_id } = await caller.create({ ...asked, context: { repository: "Acme/Shop" } });
    await playStep({ runId: id, stepId: "call-1", text: "cheap answer" });
    const said = { accepted: false, source: "ci" };
    expect(dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/verdict`, said)).status).toBe("done");
    expect(await decisionOf(caller, decision_id)).toMatchObject({ state: "exhausted", attempt: 0 });
    const plain = await caller.create({ ...asked, task: HARD });
    await playStep({ runId: plain.id, stepId: "call-1", text: "cheap answer" });
    expect(dataOf(runChangedSchema, await caller.post(`/api/runs/${plain.id}/verdict`, said)).status).toBe("running");
  });
});

describe("prepareRun()", () => {
  it("reads a repository's verifiers once, for the decision and for the run", async () => {
    const tenantId = "run-read-once";
    await judged(tenantId, "acme/shop", GOOD);
    const deps = toDeps({ ...env, ...RUN_ENV }, () => undefined);
    const asked: (string | null)[] = [];
    const counted: typeof deps = {
      ...deps,
      readVerifiers: (tenant, repository) => {
        asked.push(repository);
        return deps.readVerifiers(tenant, repository);
      },
    };
    const body = { task: TASK, mode: "cascade", verifier: "external", context: { repository: "acme/shop" } } as const;
    const run = unwrap(await prepareRun({ tenantId, keyId: "key_1", body, isPreview: true }, counted));
    expect(asked).toEqual(["acme/shop"]);
    expect(run.settings.verifierRates).not.toBeNull();
    expect(run.record.receipt.verifier).not.toBeNull();
  });
});

describe("POST /api/route with a repository", () => {
  const ask = async (caller: RunCaller, repository: string | null, more: object = {}) => {
    const context = repository === null ? {} : { context: { repository } };
    return dataOf(decisionSchema, await caller.post("/api/route", { task: HARD, value_usd: 6, ...context, ...more }));
  };

  it("decides as without one until its verifier is measured", async () => {
    const caller = await newRunCaller("route-unmeasured", "read");
    const [plain, named] = [await ask(caller, null), await ask(caller, "acme/unknown")];
    expect([named.mode, named.model, named.mode_comparison]).toEqual([plain.mode, plain.model, plain.mode_comparison]);
  });

  it("weighs a cascade by what the repository's CI was measured at, and recomputes equal", async () => {
    const caller = await newRunCaller("route-measured", "read");
    await judged("route-measured", "acme/shop", GOOD);
    const plain = await ask(caller, null);
    expect(plain.mode_comparison.cascade_utility_usd).toBeNull();
    const named = await ask(caller, "Acme/Shop");
    expect(named.id).not.toBe(plain.id);
    expect(named.mode_comparison.cascade_utility_usd).not.toBeNull();
    await env.DB.prepare("delete from verdicts where tenant_id = 'route-measured'").run();
    const again = await caller.post(`/api/decisions/${named.id}/recompute`, {});
    expect(Object(again.body).data.equal).toBe(true);
  });

  it("lets a check outside that was measured as poor gate nothing, declared or not", async () => {
    const caller = await newRunCaller("route-poor", "read");
    await judged("route-poor", "acme/shop", POOR);
    const poor = await ask(caller, "acme/shop", { verifier: "external" });
    expect(poor.mode).toBe("single");
    expect(poor.mode_comparison.reason).toContain("measured lower bound");
  });
});
