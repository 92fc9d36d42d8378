import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { providerKeyShownSchema } from "../../shared/contract/provider-keys.ts";
import { runChangedSchema, runSchema } from "../../shared/contract/run-answers.ts";
import { readProviderKey } from "../platform/d1/provider-keys-store.ts";
import { makeSealer } from "../platform/seal.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { faultOf, unwrap } from "../platform/testing/unwrap.ts";
import { type Answered, catalog, dataOf, serveCatalog } from "./testing/caller.ts";
import { newRunCaller, RUN_ENV, type RunCaller } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TASK = "Fix the typo in README.md";
const GATED =
  "Rotate the JWT signing keys in production and delete the old ones from the vault, then force all users to log in again";
const SECRET = "sk-adversary-canary-0123456789-9zyx";
const path = "/api/providers/openai/key";
const errorOf = ({ status, body }: Answered): unknown => [status, Object(body).error?.code];
const put = (caller: RunCaller, key: unknown, at = path) => caller.send({ method: "PUT", path: at, body: { key } });

describe("/api/providers/:name/key", () => {
  it.each(["read", "run", "approve"] as const)("is closed to a key of scope %s, each way", async (scope) => {
    const caller = await newRunCaller("pk-scopes", scope);
    for (const method of ["GET", "PUT", "DELETE"]) {
      const answer = await caller.send({ method, path, ...(method === "PUT" ? { body: { key: SECRET } } : {}) });
      expect([method, errorOf(answer)]).toEqual([method, [403, "FORBIDDEN"]]);
      expect(JSON.stringify(answer.body)).not.toContain("canary");
    }
    const { results } = await env.DB.prepare("select * from provider_keys where tenant_id = 'pk-scopes'").all();
    expect(results).toEqual([]);
  });

  it.each([
    ...["__proto__", "constructor", "OpenAI", "openai%00", "openai%20", "%2e%2e", "openai%2Fkey", "openai;x=1"],
    ...["%F0%9F%90%99", "a".repeat(5_000), "'%20or%201=1--", SECRET],
  ])("knows no provider %s", async (name) => {
    const caller = await newRunCaller("pk-names", "admin");
    const answer = await put(caller, SECRET, `/api/providers/${name}/key`);
    expect([400, 404, 414]).toContain(answer.status);
    expect(
      await env.DB.prepare("select count(*) as n from provider_keys where tenant_id = 'pk-names'").first("n"),
    ).toBe(0);
  });

  it.each([
    ...["", " ", "1234567", `${SECRET}\n`, `${SECRET}\r\nx-other: 1`, `\u0000${SECRET}`, `${SECRET}\u00e9`],
    ...[`sk-${"x".repeat(998)}`, "x".repeat(400_000), null, 12345678, [SECRET], { canary: SECRET }],
  ])("takes no key %#", async (key) => {
    const caller = await newRunCaller("pk-bad", "admin");
    const answer = await put(caller, key);
    expect([400, 413]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toMatch(/canary|xxxx/);
    expect(Object((await caller.get(path)).body).data.configured).toBe(false);
  });

  it("shows four characters of a long key, none of a short one, and never more in rows or logs", async () => {
    const lines: string[] = [];
    const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
    const caller = await newRunCaller("pk-shown", "admin", "run", "read");
    const shownOf = async (key: string) => {
      const answers = [await put(caller, key), await caller.get(path)];
      expect(answers.some(({ body }) => JSON.stringify(body).includes(key))).toBe(false);
      return answers.map((answer) => dataOf(providerKeyShownSchema, answer).last4);
    };
    expect(await shownOf(SECRET)).toEqual(["9zyx", "9zyx"]);
    expect(await shownOf("fifteen-chars-x")).toEqual([null, null]);
    expect(await shownOf("12345678")).toEqual([null, null]);
    await caller.create({ task: TASK, constraints: { allow: ["openai/*"] } });
    await put(caller, SECRET);
    await caller.send({ method: "DELETE", path });
    spy.mockRestore();
    expect(lines.filter((line) => /canary|12345678|fifteen/.test(line))).toEqual([]);
    const { results } = await env.DB.prepare("select * from provider_keys where tenant_id = 'pk-shown'").all();
    expect(results).toEqual([]);
  });

  it("is not opened under another tenant's name, nor under another provider's, wherever its row is copied", async () => {
    const [owner, thief] = [await newRunCaller("pk-owner", "admin"), "pk-thief"];
    await put(owner, SECRET);
    const copy = (tenant: string, provider: string) =>
      env.DB.prepare(
        "insert into provider_keys select ?, ?, sealed, last4, saved_by, saved_at_ms from provider_keys where tenant_id = 'pk-owner' and provider = 'openai'",
      )
        .bind(tenant, provider)
        .run();
    await copy(thief, "openai");
    await copy("pk-owner", "anthropic");
    const db = await openTestDb();
    const openAs = async (tenantId: string, provider: string) => {
      const sealed = unwrap(await readProviderKey(db, { tenantId, provider })) ?? "";
      return makeSealer(RUN_ENV.MASTER_SECRET).open({ purpose: "provider_key", id: `${tenantId}/${provider}`, sealed });
    };
    expect(unwrap(await openAs("pk-owner", "openai"))).toBe(SECRET);
    for (const [tenant, provider] of [
      [thief, "openai"],
      ["pk-owner", "anthropic"],
    ] as const)
      expect(faultOf(await openAs(tenant, provider)).kind).toBe("malformed_data");
  });
});

describe("approval by keys of one tenant", () => {
  it("goes by the key, not by who holds it: another key of the same person may, with the scope alone", async () => {
    const tenant = "two-keys";
    const asker = await newRunCaller(tenant, "run", "read", "approve");
    const { id, decision_id } = await asker.create({ task: GATED });
    const refused = [await newRunCaller(tenant, "run", "read"), await newRunCaller(tenant, "admin"), asker];
    for (const caller of refused)
      for (const door of [`/api/runs/${id}/approve`, `/api/decisions/${decision_id}/approve`])
        expect(errorOf(await caller.post(door))).toEqual([403, "FORBIDDEN"]);
    const foreign = await newRunCaller("two-keys-not", "approve", "read");
    expect(errorOf(await foreign.post(`/api/runs/${id}/approve`))).toEqual([404, "NOT_FOUND"]);
    expect((await asker.read(runSchema, `/api/runs/${id}`)).status).toBe("awaiting_approval");
    const second = await newRunCaller(tenant, "approve", "read");
    const changed = dataOf(runChangedSchema, await second.post(`/api/runs/${id}/approve`));
    expect([changed.status, (changed.approval_id ?? "").startsWith("apr")]).toEqual(["running", true]);
    const run = await asker.read(runSchema, `/api/runs/${id}`);
    const decision = Object((await asker.get(`/api/decisions/${decision_id}`)).body).data;
    expect([run.gate.approval_id, decision.gate.approval_id]).toEqual([changed.approval_id, changed.approval_id]);
    const row = await env.DB.prepare("select approved_by as approver from runs where id = ?")
      .bind(id)
      .first("approver");
    expect(row).toBe(second.keyId);
  });

  it("of two keys at once lets one through, and one approval stands on run and decision", async () => {
    const asker = await newRunCaller("two-race", "run", "read");
    const { id, decision_id } = await asker.create({ task: GATED });
    const approvers = [await newRunCaller("two-race", "approve"), await newRunCaller("two-race", "approve")];
    const answers = await Promise.all(approvers.map((caller) => caller.post(`/api/runs/${id}/approve`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const run = await asker.read(runSchema, `/api/runs/${id}`);
    const decision = Object((await asker.get(`/api/decisions/${decision_id}`)).body).data;
    expect(run.gate.approval_id).toBe(decision.gate.approval_id);
  });

  it("that comes after the wait is over lifts neither the run's gate nor the decision's", async () => {
    const asker = await newRunCaller("too-late", "run", "read");
    const { id, decision_id } = await asker.create({ task: GATED });
    await env.DB.prepare("update runs set wait_until_ms = 1 where id = ?").bind(id).run();
    const approver = await newRunCaller("too-late", "approve");
    expect(errorOf(await approver.post(`/api/runs/${id}/approve`))).toEqual([409, "CONFLICT"]);
    expect(Object((await asker.get(`/api/decisions/${decision_id}`)).body).data.gate.approval_id).toBeNull();
  });
});

describe("approval of a run whose decision was approved by its own asker", () => {
  it("is given by a third key, and not by the one that asked for the decision", async () => {
    const tenant = "three-keys";
    const decider = await newRunCaller(tenant, "run", "read", "approve");
    const runner = await newRunCaller(tenant, "run", "read", "approve");
    const routed = await decider.post("/api/route", { task: GATED, task_id: "three" });
    const decisionId = Object(routed.body).data.id;
    expect((await runner.post(`/api/decisions/${decisionId}/approve`)).status).toBe(200);
    const { id, status, decision_id } = await runner.create({ task: GATED, task_id: "three" });
    expect([status, decision_id]).toEqual(["awaiting_approval", decisionId]);
    for (const caller of [decider, runner])
      expect(errorOf(await caller.post(`/api/runs/${id}/approve`))).toEqual([403, "FORBIDDEN"]);
    const third = await newRunCaller(tenant, "approve");
    expect(dataOf(runChangedSchema, await third.post(`/api/runs/${id}/approve`)).status).toBe("running");
  });
});

describe("POST /api/runs/:id/resume", () => {
  it("puts the run under the policy's caps of now, whatever they were when it was accepted", async () => {
    const caller = await newRunCaller("resume-caps", "run", "read", "admin");
    const policy = Object(Object((await caller.get("/api/policy")).body).data);
    const setDay = async (day_max_usd: number | null) => {
      const runs = { max_usd: null, key_max_usd: 7, day_max_usd, retention_days: 7 };
      const { version: _, ...rest } = policy;
      expect((await caller.send({ method: "PUT", path: "/api/policy", body: { ...rest, runs } })).status).toBe(200);
    };
    const { id } = await caller.create({ task: TASK });
    await setDay(3);
    await env.DB.batch([
      env.DB.prepare("update steps set state = 'paused_budget' where run_id = ?").bind(id),
      env.DB.prepare("update runs set state = 'paused_budget' where id = ?").bind(id),
    ]);
    expect(dataOf(runChangedSchema, await caller.post(`/api/runs/${id}/resume`, {})).status).toBe("running");
    const row = await env.DB.prepare("select day_cap_micro_usd as day, has_key_cap as keyed from runs where id = ?")
      .bind(id)
      .first();
    expect(row).toEqual({ day: 3_000_000, keyed: 1 });
    const key = env.DB.prepare("select cap_micro_usd as cap from budgets where scope = ?").bind(`key:${caller.keyId}`);
    expect(await key.first("cap")).toBe(7_000_000);
  });
});
