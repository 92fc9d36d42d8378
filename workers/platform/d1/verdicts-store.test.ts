import { beforeAll, describe, expect, test } from "vitest";
import { sampleDecision } from "../testing/sample-decision.ts";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import { readDecision, saveDecision } from "./decisions-store.ts";
import type { Db } from "./open-db.ts";
import { type NewOutcome, saveOutcome } from "./outcomes-store.ts";
import { readRouteState } from "./route-state-store.ts";
import { applyVerdict, type NewVerdict } from "./verdicts-store.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

async function open(id: string, tenantId = "t1"): Promise<void> {
  const locks = [{ key: id, expiresAtMs: null, replace: false }];
  unwrap(await saveDecision(db, { record: sampleDecision({ id, tenantId }), locks, nowMs: 1 }));
}

const verdict = (decisionId: string, fields: Partial<NewVerdict> = {}): NewVerdict => ({
  id: `ver_${decisionId}`,
  decisionId,
  tenantId: "t1",
  attempt: 0,
  accepted: false,
  source: "ci",
  evidenceSha256: null,
  evidenceBytes: 0,
  modelId: "vendor/small",
  effort: "default",
  taskType: "bugfix",
  predictedP: 0.7,
  costMicroUsd: null,
  repository: null,
  createdAtMs: 2_000,
  createdBy: "key_1",
  nextModelId: null,
  nextState: "open",
  ...fields,
});

const outcome = (decisionId: string, fields: Partial<NewOutcome> = {}): NewOutcome => ({
  id: `out_${decisionId}`,
  decisionId,
  tenantId: "t1",
  attempt: 0,
  modelId: "vendor/small",
  effort: "default",
  taskType: "bugfix",
  result: "success",
  y: 1,
  rating: 5,
  costMicroUsd: 120_000,
  predictedP: 0.7,
  tags: [],
  isShared: false,
  createdAtMs: 3_000,
  createdBy: "key_1",
  ...fields,
});

const read = async (id: string) => unwrap(await readDecision(db, { tenantId: "t1", id }));
const state = async (tenantId: string, lockKey: string, sinceMs = 0) =>
  unwrap(await readRouteState(db, { tenantId, lockKey, nowMs: 1, sinceMs }));
const isLocked = async (id: string) => (await state("t1", id)).held !== null;

describe("applyVerdict()", () => {
  test("moves to the next attempt on a rejection and keeps the lock", async () => {
    await open("dec_v1");
    expect(unwrap(await applyVerdict(db, verdict("dec_v1")))).toEqual({ applied: true });
    expect(await read("dec_v1")).toMatchObject({ attempt: 1, state: "open" });
    expect(await isLocked("dec_v1")).toBe(true);
  });

  test("closes and frees the lock on an acceptance", async () => {
    await open("dec_v2");
    unwrap(await applyVerdict(db, verdict("dec_v2", { accepted: true, nextState: "accepted" })));
    expect(await read("dec_v2")).toMatchObject({ attempt: 0, state: "accepted", closedAtMs: 2_000 });
    expect(await isLocked("dec_v2")).toBe(false);
  });

  test("applies one of 20 concurrent equal verdicts and answers the rest the same way", async () => {
    await open("dec_v3");
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => applyVerdict(db, verdict("dec_v3", { id: `ver_v3_${i}` }))),
    );
    expect(all.map(unwrap).filter((answer) => answer.applied)).toHaveLength(1);
    expect((await read("dec_v3")).attempt).toBe(1);
  });

  test("refuses the opposite verdict on a judged attempt", async () => {
    await open("dec_v4");
    unwrap(await applyVerdict(db, verdict("dec_v4")));
    const opposite = verdict("dec_v4", { id: "ver_other", accepted: true, nextState: "accepted" });
    expect(faultOf(await applyVerdict(db, opposite)).kind).toBe("conflict");
    expect(await read("dec_v4")).toMatchObject({ attempt: 1, state: "open" });
  });

  test("refuses an attempt that is not current, and a foreign decision", async () => {
    await open("dec_v5");
    expect(faultOf(await applyVerdict(db, verdict("dec_v5", { attempt: 3 }))).kind).toBe("conflict");
    expect(faultOf(await applyVerdict(db, verdict("dec_v5", { tenantId: "t2" }))).kind).toBe("conflict");
    expect(await read("dec_v5")).toMatchObject({ attempt: 0, state: "open" });
  });
});

describe("saveOutcome()", () => {
  test("closes the decision, frees its lock and refuses a second outcome", async () => {
    await open("dec_o1");
    unwrap(await saveOutcome(db, outcome("dec_o1")));
    expect(await read("dec_o1")).toMatchObject({ state: "closed", closedAtMs: 3_000 });
    expect(await isLocked("dec_o1")).toBe(false);
    expect(faultOf(await saveOutcome(db, outcome("dec_o1", { id: "out_second" }))).kind).toBe("conflict");
  });

  test("keeps the state that a verdict gave", async () => {
    await open("dec_o2");
    unwrap(await applyVerdict(db, verdict("dec_o2", { accepted: true, nextState: "accepted" })));
    unwrap(await saveOutcome(db, outcome("dec_o2")));
    expect((await read("dec_o2")).state).toBe("accepted");
  });

  test("answers a conflict, not a missing decision, when a verdict has moved it on meanwhile", async () => {
    await open("dec_o4");
    unwrap(await applyVerdict(db, verdict("dec_o4")));
    expect(faultOf(await saveOutcome(db, outcome("dec_o4")))).toMatchObject({
      kind: "conflict",
      message: expect.stringContaining("stands at attempt 1"),
    });
    expect(await read("dec_o4")).toMatchObject({ attempt: 1, state: "open" });
  });

  test("does not find a foreign decision", async () => {
    await open("dec_o3");
    expect(faultOf(await saveOutcome(db, outcome("dec_o3", { tenantId: "t2" }))).kind).toBe("not_found");
  });
});

test("readRouteState() counts each attempt once, outcome before verdict, since a time", async () => {
  const tenantId = "t-obs";
  await open("dec_b1", tenantId);
  await open("dec_b2", tenantId);
  await open("dec_b3", tenantId);
  unwrap(await applyVerdict(db, verdict("dec_b1", { tenantId, accepted: true, nextState: "accepted" })));
  unwrap(await saveOutcome(db, outcome("dec_b1", { tenantId, y: 0, result: "failure" })));
  unwrap(await applyVerdict(db, verdict("dec_b2", { tenantId })));
  unwrap(await saveOutcome(db, outcome("dec_b2", { tenantId, attempt: 1, y: null, result: "abandoned" })));
  unwrap(await applyVerdict(db, verdict("dec_b3", { tenantId, createdAtMs: 10 })));
  const observed = (await state(tenantId, "none", 1_000)).outcomes;
  const common = { modelId: "vendor/small", taskType: "bugfix", predictedP: 0.7, tags: [] };
  expect(observed).toEqual([
    { ...common, y: 0, createdAtMs: 3_000 },
    { ...common, y: 0, createdAtMs: 2_000 },
  ]);
});
