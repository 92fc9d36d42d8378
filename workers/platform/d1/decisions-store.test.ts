import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { sampleDecision } from "../testing/sample-decision.ts";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import {
  closeDecision,
  type LockRequest,
  listDecisions,
  moveAttempt,
  readDecision,
  readLockedDecision,
  releaseLocks,
  saveDecision,
} from "./decisions-store.ts";
import type { Db } from "./open-db.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const lock = (key: string, fields: Partial<LockRequest> = {}): LockRequest => ({
  key,
  expiresAtMs: null,
  replace: false,
  ...fields,
});

const save = async (id: string, locks: readonly LockRequest[], nowMs = 1_000) =>
  unwrap(await saveDecision(db, { record: sampleDecision({ id }), locks, nowMs }));

const holder = async (lockKey: string, nowMs = 1_000) =>
  unwrap(await readLockedDecision(db, { lockKey, nowMs }))?.id ?? null;

describe("saveDecision()", () => {
  test("gives back what was saved, NUL and emoji in the prompt included", async () => {
    const record = sampleDecision({ id: "dec_round", promptText: 'a\u0000b 🦊 "quoted"', taskId: "T-1" });
    expect(unwrap(await saveDecision(db, { record, locks: [], nowMs: 1 }))).toEqual({
      decisionId: record.id,
      won: true,
    });
    expect(unwrap(await readDecision(db, { tenantId: "t1", id: "dec_round" }))).toEqual(record);
  });

  test("ends with one decision when 20 requests race for one lock", async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `dec_race_${i}`);
    const saved = await Promise.all(ids.map((id) => save(id, [lock("race"), lock("race-second")])));
    expect(new Set(saved.map((answer) => answer.decisionId)).size).toBe(1);
    expect(saved.filter((answer) => answer.won)).toHaveLength(1);
    const found = await Promise.all(ids.map((id) => readDecision(db, { tenantId: "t1", id })));
    expect(found.filter((answer) => answer.ok)).toHaveLength(1);
    expect(await holder("race-second")).toBe(saved[0]?.decisionId);
  });

  test("is harmless when it is repeated with the same id", async () => {
    await save("dec_again", [lock("again")]);
    expect(await save("dec_again", [lock("again")])).toEqual({ decisionId: "dec_again", won: true });
  });

  test("takes an expired lock, but not one that expires later", async () => {
    await save("dec_old", [lock("ttl", { expiresAtMs: 2_000 })]);
    expect(await save("dec_early", [lock("ttl")], 1_999)).toEqual({ decisionId: "dec_old", won: false });
    expect(await holder("ttl", 1_999)).toBe("dec_old");
    expect(await holder("ttl", 2_000)).toBe(null);
    expect(await save("dec_late", [lock("ttl")], 2_000)).toEqual({ decisionId: "dec_late", won: true });
  });

  test("takes a held lock when it replaces", async () => {
    await save("dec_first", [lock("reroute")]);
    expect(await save("dec_second", [lock("reroute", { replace: true })])).toEqual({
      decisionId: "dec_second",
      won: true,
    });
    expect(await holder("reroute")).toBe("dec_second");
  });

  test("lets one of 20 take over from a named holder", async () => {
    await save("dec_stale", [lock("stale")]);
    const take = lock("stale", { replace: true, replaceHolder: "dec_stale" });
    const saved = await Promise.all(Array.from({ length: 20 }, (_, i) => save(`dec_fresh_${i}`, [take])));
    expect(new Set(saved.map((answer) => answer.decisionId)).size).toBe(1);
    expect(saved.filter((answer) => answer.won)).toHaveLength(1);
  });

  test("leaves the other locks alone when it loses the first", async () => {
    await save("dec_holder", [lock("first")]);
    await save("dec_loser", [lock("first"), lock("other")]);
    expect(await holder("other")).toBe(null);
  });
});

describe("readDecision()", () => {
  test("answers a foreign id exactly like an unknown one", async () => {
    await save("dec_foreign", []);
    const foreign = faultOf(await readDecision(db, { tenantId: "t2", id: "dec_foreign" }));
    expect(foreign).toEqual({ kind: "not_found", what: "decision", id: "dec_foreign" });
  });

  test("names the column that does not have its shape", async () => {
    await save("dec_broken", []);
    await env.DB.prepare("update decisions set core = '{}' where id = 'dec_broken'").run();
    expect(faultOf(await readDecision(db, { tenantId: "t1", id: "dec_broken" }))).toMatchObject({
      kind: "malformed_data",
      what: "core of decision dec_broken",
    });
  });
});

describe("moveAttempt(), closeDecision()", () => {
  test("apply once, to the attempt they name", async () => {
    await save("dec_move", [lock("move")]);
    const at = (attempt: number) => ({ tenantId: "t1", id: "dec_move", attempt });
    const moved = await Promise.all([moveAttempt(db, at(0)), moveAttempt(db, at(0))]);
    expect(moved.map(unwrap).sort()).toEqual([false, true]);
    const close = { state: "exhausted", nowMs: 5_000 } as const;
    expect(unwrap(await closeDecision(db, { ...at(0), ...close }))).toBe(false);
    expect(await holder("move")).toBe("dec_move");
    expect(unwrap(await closeDecision(db, { ...at(1), ...close }))).toBe(true);
    expect(await holder("move")).toBe(null);
    expect(unwrap(await readDecision(db, { tenantId: "t1", id: "dec_move" }))).toMatchObject({
      attempt: 1,
      state: "exhausted",
      closedAtMs: 5_000,
    });
  });

  test("leave a foreign decision and its locks alone", async () => {
    await save("dec_own", [lock("own")]);
    const close = { tenantId: "t2", id: "dec_own", attempt: 0, state: "closed", nowMs: 1 } as const;
    expect(unwrap(await closeDecision(db, close))).toBe(false);
    expect(await holder("own")).toBe("dec_own");
  });
});

test("releaseLocks() frees every key of one decision", async () => {
  await save("dec_release", [lock("r1"), lock("r2")]);
  unwrap(await releaseLocks(db, { decisionId: "dec_release" }));
  expect([await holder("r1"), await holder("r2")]).toEqual([null, null]);
});

describe("listDecisions()", () => {
  const tenantId = "t-list";
  const list = async (fields: { cursor?: string | null; limit?: number; search?: string | null }) =>
    unwrap(await listDecisions(db, { tenantId, cursor: null, limit: 100, search: null, ...fields }));
  const ids = async (search: string) => (await list({ search })).records.map((record) => record.id);

  beforeAll(async () => {
    const rows = [
      { id: "dec_l1", createdAtMs: 10, taskId: "JIRA-7" },
      { id: "dec_l2", createdAtMs: 20, promptText: "raise it by 100% in snake_case" },
      { id: "dec_l3", createdAtMs: 20, promptText: "raise it by 100x in snakeXcase" },
      { id: "dec_l4", createdAtMs: 5, promptText: `${"long ".repeat(20)}needle` },
    ];
    for (const row of rows) {
      unwrap(await saveDecision(db, { record: sampleDecision({ tenantId, ...row }), locks: [], nowMs: 1 }));
    }
  });

  test("pages newest first without gap or repeat, also among equal times", async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof list>> = await list({ cursor, limit: 1 });
      seen.push(...page.records.map((record) => record.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(["dec_l3", "dec_l2", "dec_l1", "dec_l4"]);
  });

  test("finds by task id in either case, model, label and stored text", async () => {
    expect(await ids("jira-7")).toEqual(["dec_l1"]);
    expect(await ids("vendor/SMALL")).toHaveLength(4);
    expect(await ids("bugfix")).toHaveLength(4);
    expect(await ids("needle")).toEqual(["dec_l4"]);
  });

  test("takes % and _ as plain characters, and a search longer than 50 bytes", async () => {
    expect(await ids("100%")).toEqual(["dec_l2"]);
    expect(await ids("snake_case")).toEqual(["dec_l2"]);
    expect(await ids(`${"long ".repeat(19)}long needle`)).toEqual(["dec_l4"]);
    expect(await ids("%")).toEqual(["dec_l2"]);
    expect(await ids("' or 1=1 --")).toEqual([]);
  });

  test.each(["x", "AAAA", btoa("1 "), btoa("1 é;drop"), "🦊"])("refuses the cursor %s", async (cursor) => {
    const listed = await listDecisions(db, { tenantId, cursor, limit: 1, search: null });
    expect(faultOf(listed)).toMatchObject({ kind: "invalid_param", field: "cursor" });
  });
});
