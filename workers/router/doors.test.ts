import { exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { parseCatalog } from "../../shared/catalog/parse-catalog.ts";
import { DOORS } from "../../shared/contract/doors.ts";
import type { ERROR_CODES } from "../../shared/contract/error-codes.ts";
import defaultCatalogue from "../../shared/data/default-catalogue.json" with { type: "json" };
import { makeKey } from "../platform/api-key.ts";
import type { Scope } from "../platform/auth.ts";
import { saveKey } from "../platform/d1/api-keys-store.ts";
import { saveCatalog } from "../platform/d1/catalog-store.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";

const catalog = unwrap(parseCatalog(defaultCatalogue));
let db: Db;

beforeAll(async () => {
  db = await openTestDb();
  await saveCatalogAs(catalog.version, 1);
});

/** Serves the default rows under another version, prices multiplied: what a refresh overnight may do. */
async function saveCatalogAs(version: string, priceFactor: number): Promise<void> {
  const models = catalog.models.map((row) => ({
    ...row,
    cost: { ...row.cost, microUsd: row.cost.microUsd * priceFactor },
  }));
  unwrap(await saveCatalog(db, { catalog: { ...catalog, version, models }, report: {}, createdAtMs: Date.now() }));
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of every shape
  readonly body: any;
}

interface Caller {
  readonly keyId: string;
  readonly send: (method: string, path: string, body?: unknown) => Promise<Answered>;
}

let callers = 0;

/** A caller with a key and an address of its own: the rate limit counts both. */
async function newCaller(tenantId: string, ...scopes: Scope[]): Promise<Caller> {
  const { key, row } = await makeKey({ tenantId, name: "test", scopes, nowMs: Date.now() });
  unwrap(await saveKey(db, row));
  callers += 1;
  const headers = { authorization: `Bearer ${key}`, "cf-connecting-ip": `203.0.113.${callers}` };
  return { keyId: row.id, send: (method, path, body) => send(method, path, { body, headers }) };
}

async function send(
  method: string,
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answered> {
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  const request = new Request(`http://localhost${path}`, { method, headers: { ...type, ...headers }, ...init });
  const response = await exports.default.fetch(request);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const codeOf = ({ body }: Answered): (typeof ERROR_CODES)[number] => body.error.code;

describe("POST /api/classify", () => {
  it("answers one task with the onnx engine and probabilities that sum to 1", async () => {
    const { send } = await newCaller("classify", "read");
    const { status, body } = await send("POST", "/api/classify", { task: "fix the crash when the cart is empty" });
    expect(status).toBe(200);
    expect(body.data.engine).toBe("onnx");
    for (const head of ["complexity", "task_type", "risk"]) {
      const values: number[] = Object.values(body.data[head].probabilities);
      expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
      expect(body.data[head].confidence).toBe(Math.max(...values));
    }
    expect(body.data.model.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("answers many tasks in order, each as it would be answered alone", async () => {
    const { send } = await newCaller("classify", "read");
    const tasks = ["write unit tests for the parser", "rotate the production signing keys", "why is the build slow?"];
    const { body } = await send("POST", "/api/classify", { tasks });
    expect(body.data).toHaveLength(3);
    const alone = await send("POST", "/api/classify", { task: tasks[1] });
    expect(body.data[1]).toEqual(alone.body.data);
  });
});

describe("POST /api/route", () => {
  it("gates a risky task and gives a trivial one a cheaper model", async () => {
    const { send } = await newCaller("route", "read");
    const risky = (await send("POST", "/api/route", { task: "refactor JWT key rotation in prod" })).body.data;
    expect(risky.classification.risk.label).toBe("high");
    expect(risky.gate).toMatchObject({ requires_approval: true });
    const trivial = (await send("POST", "/api/route", { task: "fix the typo in the login button label" })).body.data;
    expect(trivial.classification).toMatchObject({ complexity: { label: "easy" }, risk: { label: "low" } });
    expect(trivial.expected.cost_usd).toBeLessThan(risky.expected.cost_usd);
    expect(trivial.gate.requires_approval).toBe(false);
  });

  it("answers GET with ?task= as it answers POST", async () => {
    const { send } = await newCaller("route-get", "read");
    const posted = await send("POST", "/api/route", { task: "add dark mode", budget: "medium" });
    const got = await send("GET", "/api/route?task=add+dark+mode&budget=medium");
    expect(got.body.data.id).toBe(posted.body.data.id);
    expect(got.body.meta).toEqual({ cached: true });
  });

  it("keeps the decision of a task_id across a catalogue swap and a policy change, until reroute", async () => {
    const { send } = await newCaller("lock", "read", "admin");
    const task = { task: "split the report module", task_id: "T-1" };
    const first = await send("POST", "/api/route", task);
    expect(first.body.meta.cached).toBe(false);
    await saveCatalogAs("swapped", 30);
    const policy = (await send("GET", "/api/policy")).body.data;
    expect((await send("PUT", "/api/policy", { ...policy, preset: "frugal" })).status).toBe(200);
    const again = await send("POST", "/api/route", { ...task, task: "a wording that changed meanwhile" });
    expect(again.body.data).toEqual(first.body.data);
    expect(again.body.meta.cached).toBe(true);
    const rerouted = await send("POST", "/api/route", { ...task, reroute: true });
    expect(rerouted.body.data).toMatchObject({ catalog_version: "swapped", policy_version: 1 });
    expect((await send("POST", "/api/route", task)).body.data.id).toBe(rerouted.body.data.id);
    await saveCatalogAs(catalog.version, 1);
  });

  it("gives 20 concurrent requests for one task the same decision", async () => {
    const { send } = await newCaller("concurrent", "read");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => send("POST", "/api/route", { task: "cache the tax table", task_id: "T-2" })),
    );
    expect(new Set(answers.map((answer) => answer.body.data.id)).size).toBe(1);
  });

  it("keeps tenants apart", async () => {
    const a = await newCaller("tenant-a", "read", "feedback");
    const b = await newCaller("tenant-b", "read", "feedback");
    const task = { task: "add a health check", task_id: "same" };
    const [ofA, ofB] = [await a.send("POST", "/api/route", task), await b.send("POST", "/api/route", task)];
    expect(ofA.body.data.id).not.toBe(ofB.body.data.id);
    expect((await b.send("GET", `/api/decisions/${ofA.body.data.id}`)).status).toBe(404);
    const verdict = await b.send("POST", `/api/decisions/${ofA.body.data.id}/verdict`, {
      accepted: true,
      source: "ci",
    });
    expect(verdict.status).toBe(404);
    expect((await b.send("GET", "/api/decisions")).body.data).toHaveLength(1);
  });

  it("names the filter that leaves no model", async () => {
    const { send } = await newCaller("empty", "read");
    const answer = await send("POST", "/api/route", { task: "add a test", constraints: { allow: ["nobody/nothing"] } });
    expect([answer.status, codeOf(answer)]).toEqual([422, "NO_MODEL"]);
    expect(answer.body.error.details.emptied_by).toBe("allow");
  });
});

describe("POST /api/decisions/:id/recompute", () => {
  it("rebuilds 100 decisions identically from receipt and stored classification", async () => {
    const caller = await newCaller("recompute", "read");
    const subjects = ["login form", "billing export", "search index", "image cache", "audit log"];
    const verbs = ["fix the crash in", "write tests for", "document", "redesign", "migrate", "profile", "add retry to"];
    const budgets = ["low", "medium", "high"];
    const ids: string[] = [];
    for (let i = 0; i < 100; i += 1) {
      const body = {
        task: `${verbs[i % verbs.length]} the ${subjects[i % subjects.length]} (${i})`,
        budget: budgets[i % 3],
        ...(i % 4 === 0 ? { value_usd: 0.5 + i } : {}),
        ...(i % 5 === 0 ? { verifier: "external" } : {}),
      };
      // Two callers of one tenant, so that the rate limit of one key is not the test.
      ids.push((await caller.send("POST", "/api/route", body)).body.data.id);
    }
    const other = await newCaller("recompute", "read");
    for (const id of ids) {
      const { body } = await other.send("POST", `/api/decisions/${id}/recompute`);
      expect(body.data).toEqual({ id, equal: true, differences: [], reclassified: false });
    }
  });

  it("classifies the text anew when it is handed in, and refuses another text", async () => {
    const { send } = await newCaller("recompute-text", "read");
    const { id } = (await send("POST", "/api/route", { task: "tidy the changelog" })).body.data;
    const same = await send("POST", `/api/decisions/${id}/recompute`, { task: "tidy the changelog" });
    expect(same.body.data).toMatchObject({ equal: true, reclassified: true });
    const other = await send("POST", `/api/decisions/${id}/recompute`, { task: "tidy the change log" });
    expect(codeOf(other)).toBe("INVALID_PARAM");
  });

  it("uses the catalogue and policy of the decision, not today's", async () => {
    const { send } = await newCaller("recompute-past", "read", "admin");
    const { id } = (await send("POST", "/api/route", { task: "speed up the nightly import" })).body.data;
    await saveCatalogAs("later", 50);
    const policy = (await send("GET", "/api/policy")).body.data;
    await send("PUT", "/api/policy", { ...policy, preset: "quality" });
    expect((await send("POST", `/api/decisions/${id}/recompute`)).body.data.equal).toBe(true);
    await saveCatalogAs(catalog.version, 1);
  });
});

describe("gate and verdicts", () => {
  const risky = { task: "rotate the production database credentials", task_id: "R-1" };

  it("lets another key with scope approve lift the gate, and nobody else", async () => {
    const asker = await newCaller("gate", "read", "approve");
    const approver = await newCaller("gate", "approve");
    const { id, gate } = (await asker.send("POST", "/api/route", risky)).body.data;
    expect(gate).toMatchObject({ requires_approval: true, approval_id: null });
    expect(codeOf(await asker.send("POST", `/api/decisions/${id}/approve`))).toBe("FORBIDDEN");
    const admin = await newCaller("gate", "admin");
    expect((await admin.send("POST", `/api/decisions/${id}/approve`)).status).toBe(403);
    const approved = await approver.send("POST", `/api/decisions/${id}/approve`, { note: "window agreed" });
    expect(approved.body.data.approved_by).toBe(approver.keyId);
    const read = await asker.send("GET", `/api/decisions/${id}`);
    expect(read.body.data.gate.approval_id).toBe(approved.body.data.approval_id);
    expect((await approver.send("POST", `/api/decisions/${id}/approve`)).status).toBe(409);
  });

  it("answers the next model on rejection, moves the lock to it and ends it on acceptance", async () => {
    const { send } = await newCaller("verdict", "read", "feedback");
    const task = { task: "add a dark theme to the settings page", task_id: "V-1" };
    const first = (await send("POST", "/api/route", task)).body.data;
    const rejected = await send("POST", `/api/decisions/${first.id}/verdict`, {
      accepted: false,
      evidence: "FAIL settings.test.ts",
      source: "ci",
    });
    expect(rejected.body.data).toMatchObject({ status: "next", evidence: "FAIL settings.test.ts" });
    const next = rejected.body.data.next;
    expect(next.model).not.toBe(first.model);
    const held = (await send("POST", "/api/route", task)).body.data;
    expect(held).toMatchObject({ id: first.id, attempt: 1, model: next.model });
    const repeated = await send("POST", `/api/decisions/${first.id}/verdict`, {
      accepted: false,
      source: "ci",
      attempt: 0,
    });
    expect(repeated.body.data.next).toEqual(next);
    const accepted = await send("POST", `/api/decisions/${first.id}/verdict`, { accepted: true, source: "person" });
    expect(accepted.body.data).toMatchObject({ status: "accepted", next: null });
    const after = (await send("POST", "/api/route", task)).body.data;
    expect(after.id).not.toBe(first.id);
    const late = await send("POST", `/api/decisions/${first.id}/verdict`, { accepted: false, source: "ci" });
    expect(late.status).toBe(409);
  });

  it("is exhausted after the last model, and the lock is free", async () => {
    const { send } = await newCaller("exhausted", "read", "feedback");
    const task = { task: "make the importer stream", task_id: "X-1" };
    const { id } = (await send("POST", "/api/route", task)).body.data;
    const statuses: string[] = [];
    for (let i = 0; i < 10 && statuses.at(-1) !== "exhausted"; i += 1) {
      statuses.push(
        (await send("POST", `/api/decisions/${id}/verdict`, { accepted: false, source: "ci" })).body.data.status,
      );
    }
    expect(statuses.at(-1)).toBe("exhausted");
    expect((await send("POST", "/api/route", task)).body.data.id).not.toBe(id);
  });
});

describe("POST /api/outcomes", () => {
  it("teaches the tenant that reports and ends the lock", async () => {
    const { send } = await newCaller("outcomes", "read", "feedback");
    const task = { task: "show the order date in the list", task_id: "O-1" };
    const first = (await send("POST", "/api/route", task)).body.data;
    const recorded = await send("POST", "/api/outcomes", {
      decision_id: first.id,
      result: "failure",
      rating: 2,
      cost_usd: 0.4,
    });
    expect(recorded.body.data.recorded).toBe(true);
    expect((await send("POST", "/api/outcomes", { decision_id: first.id, result: "success" })).status).toBe(409);
    const second = (await send("POST", "/api/route", task)).body.data;
    expect(second.id).not.toBe(first.id);
    const lowered = [second, ...second.alternatives].find((pick: { model: string }) => pick.model === first.model);
    if (lowered !== undefined) expect(lowered.expected.success).toBeLessThan(first.expected.success);
    const stranger = await newCaller("outcomes-stranger", "read");
    const unmoved = (await stranger.send("POST", "/api/route", task)).body.data;
    expect(unmoved.expected).toEqual(first.expected);
  });
});

describe("GET and PUT /api/policy", () => {
  it("shows what would change without saving it", async () => {
    const { send } = await newCaller("policy", "read", "admin");
    const { data, meta } = (await send("GET", "/api/policy")).body;
    expect(meta.version).toBe(0);
    const dry = await send("PUT", "/api/policy?dry_run=1", { ...data, preset: "frugal" });
    expect(dry.body.data.samples).toBe(20);
    expect(dry.body.data.changed_count).toBeGreaterThan(0);
    const none = await send("PUT", "/api/policy?dry_run=1", data);
    expect(none.body.data.changed_count).toBe(0);
    expect((await send("GET", "/api/policy")).body.meta.version).toBe(0);
  });

  it("refuses to overwrite a save that came between", async () => {
    const { send } = await newCaller("policy-race", "read", "admin");
    const { data } = (await send("GET", "/api/policy")).body;
    expect((await send("PUT", "/api/policy?expected_version=0", data)).body.meta.version).toBe(1);
    expect((await send("PUT", "/api/policy?expected_version=0", data)).status).toBe(409);
  });
});

describe("every door", () => {
  it("refuses a request without a key unless it is public", async () => {
    for (const door of Object.values(DOORS)) {
      const path = door.path.replace(/:[a-z_]+/g, "x");
      const headers = { "cf-connecting-ip": "203.0.113.250" };
      const answer = await send(door.method, path, { headers });
      expect([path, answer.status]).toEqual([path, door.auth === "public" ? 200 : 401]);
    }
  });

  it("refuses a key that lacks its scope", async () => {
    const { send } = await newCaller("scopes", "run");
    for (const door of Object.values(DOORS).filter((door) => door.auth !== "public")) {
      expect((await send(door.method, door.path.replace(/:[a-z_]+/g, "x"))).status).toBe(403);
    }
  });

  it("answers a wrong method with 405 and Allow, and an unknown path with 404", async () => {
    const wrong = await send("DELETE", "/api/route");
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST, GET"]);
    expect((await send("GET", "/api/nothing")).status).toBe(404);
  });

  it("limits by key, with Retry-After of the whole period", async () => {
    const { send } = await newCaller("limited", "read");
    const statuses: number[] = [];
    let last: Answered | null = null;
    for (let i = 0; i < 210; i += 1) {
      last = await send("GET", "/api/policy");
      statuses.push(last.status);
    }
    expect(statuses.filter((status) => status === 200).length).toBe(200);
    expect(last?.headers.get("retry-after")).toBe("60");
  });
});
