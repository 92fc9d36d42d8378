import { beforeAll, expect, test } from "vitest";
import { sampleDecision } from "../testing/sample-decision.ts";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import { type NewAttemptEvent, noteRepositoryEvent } from "./attempt-events-store.ts";
import { saveDecision } from "./decisions-store.ts";
import type { Db } from "./open-db.ts";
import { readRouteState } from "./route-state-store.ts";
import { applyVerdict, type NewVerdict } from "./verdicts-store.ts";
import { readVerifiers } from "./verifiers-store.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

async function judged(tenantId: string, id: string, said: Partial<NewVerdict> = {}): Promise<void> {
  unwrap(await saveDecision(db, { record: sampleDecision({ id, tenantId }), locks: [], nowMs: 1 }));
  const about = { id: `ver_${id}`, decisionId: id, tenantId, attempt: 0, accepted: true, source: "ci" } as const;
  const model = { modelId: "vendor/small", effort: "default", taskType: "bugfix", predictedP: 0.7 } as const;
  const rest = { evidenceSha256: null, evidenceBytes: 0, costMicroUsd: null, repository: null, nextModelId: null };
  const ends = { nextState: "accepted", createdAtMs: 2_000, createdBy: "key_1" } as const;
  unwrap(await applyVerdict(db, { ...about, ...model, ...rest, ...ends, ...said }));
}

let told = 0;
const note = (tenantId: string, decisionId: string, event: Partial<NewAttemptEvent> = {}) => {
  told += 1;
  const about = { id: `evt_${told}`, tenantId, decisionId, attempt: null, repository: null } as const;
  return noteRepositoryEvent(db, { ...about, kind: "stands", createdAtMs: 3_000, createdBy: "webhook", ...event });
};
const learned = async (tenantId: string) =>
  unwrap(await readRouteState(db, { tenantId, lockKey: "none", nowMs: 9_000, sinceMs: 0 })).outcomes.map(({ y }) => y);

test("noteRepositoryEvent() turns what was learned of an attempt, whichever way it was judged", async () => {
  await judged("ev-turn", "dec_ev1");
  await judged("ev-turn", "dec_ev2", { accepted: false, nextState: "exhausted", createdAtMs: 1_000 });
  expect(await learned("ev-turn")).toEqual([1, 0]);
  unwrap(await note("ev-turn", "dec_ev1", { kind: "reverted" }));
  unwrap(await note("ev-turn", "dec_ev2", { kind: "stands" }));
  expect(await learned("ev-turn")).toEqual([0, 1]);
  unwrap(await note("ev-turn", "dec_ev2", { kind: "reopened" }));
  expect(await learned("ev-turn")).toEqual([0, 0]);
});

test("a judge's verdict moves the decision on and is nothing to learn from", async () => {
  await judged("ev-judge", "dec_ev3", { source: "judge" });
  expect(await learned("ev-judge")).toEqual([]);
});

test("noteRepositoryEvent() gives a verdict its repository in lower case, and leaves one that has its own", async () => {
  await judged("ev-repo", "dec_ev4");
  await judged("ev-repo", "dec_ev5", { repository: "acme/own" });
  unwrap(await note("ev-repo", "dec_ev4", { repository: "Acme/Shop" }));
  unwrap(await note("ev-repo", "dec_ev5", { repository: "Acme/Shop" }));
  const found = unwrap(await readVerifiers(db, { tenantId: "ev-repo", repository: null, nowMs: 9_000 }));
  expect(found.map(({ repository, acceptedRight }) => [repository, acceptedRight])).toEqual([
    ["acme/own", 1],
    ["acme/shop", 1],
  ]);
});

test("noteRepositoryEvent() knows no foreign decision, no attempt ahead, and counts each kind once of 20 at a time", async () => {
  await judged("ev-once", "dec_ev6");
  expect(faultOf(await note("ev-other", "dec_ev6")).kind).toBe("not_found");
  expect(faultOf(await note("ev-once", "dec_ev6", { attempt: 1 })).kind).toBe("conflict");
  const answers = await Promise.all(Array.from({ length: 20 }, () => note("ev-once", "dec_ev6")));
  expect(answers.filter((answer) => unwrap(answer).recorded)).toHaveLength(1);
});
