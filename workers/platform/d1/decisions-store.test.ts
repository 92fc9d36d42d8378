import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { sampleDecision } from "../testing/sample-decision.ts";
import { openTestDb } from "../testing/test-database.ts";
import { faultOf, unwrap } from "../testing/unwrap.ts";
import { saveApproval } from "./approvals-store.ts";
import { type LockRequest, listDecisions, readDecision, saveDecision } from "./decisions-store.ts";
import type { Db } from "./open-db.ts";
import { readRouteState } from "./route-state-store.ts";

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
  unwrap(await readRouteState(db, { tenantId: "t1", lockKey, nowMs, sinceMs: 0 })).held?.id ?? null;

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

describe("listDecisions()", () => {
  const tenantId = "t-list";
  const list = async (fields: { cursor?: string | null; limit?: number; search?: string | null }) =>
    unwrap(await listDecisions(db, { tenantId, cursor: null, limit: 100, search: null, ...fields }));
  const ids = async (search: string) => (await list({ search })).entries.map(({ decision }) => decision.id);

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
      seen.push(...page.entries.map(({ decision }) => decision.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(["dec_l3", "dec_l2", "dec_l1", "dec_l4"]);
  });

  test("names the approval of each, and reads no receipt", async () => {
    const approval = { id: "apr_l1", decisionId: "dec_l1", tenantId, approvedBy: "k", note: null, createdAtMs: 1 };
    unwrap(await saveApproval(db, approval));
    await env.DB.prepare("update decisions set receipt = 'unread' where tenant_id = 't-list'").run();
    const { entries } = await list({});
    expect(entries.map(({ decision, approvalId }) => [decision.id, approvalId])).toEqual([
      ["dec_l3", null],
      ["dec_l2", null],
      ["dec_l1", "apr_l1"],
      ["dec_l4", null],
    ]);
    for (const { decision } of entries) expect(decision).not.toHaveProperty("receipt");
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
