import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { decisionSchema } from "../../shared/contract/decisions.ts";
import { policyDocumentSchema } from "../../shared/contract/policy-document.ts";
import { catalog, dataOf, newCaller, serveCatalog } from "./testing/caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const recomputed = z.object({ equal: z.boolean(), differences: z.array(z.unknown()), reclassified: z.boolean() });

describe("POST /api/decisions/:id/recompute", () => {
  it("rebuilds 100 decisions identically from receipt and stored classification", async () => {
    const { route } = await newCaller("recompute", "read");
    const subjects = ["login form", "billing export", "search index", "image cache", "audit log"];
    const verbs = ["fix the crash in", "write tests for", "document", "redesign", "migrate", "profile", "add retry to"];
    const budgets = ["low", "medium", "high"];
    const ids: string[] = [];
    for (let i = 0; i < 100; i += 1) {
      const task = `${verbs[i % verbs.length]} the ${subjects[i % subjects.length]} (${i})`;
      const worth = i % 4 === 0 ? { value_usd: 0.5 + i } : {};
      const verifier = i % 5 === 0 ? { verifier: "external" } : {};
      ids.push((await route({ task, budget: budgets[i % 3], ...worth, ...verifier })).id);
    }
    // Another key of the tenant, so that the rate limit of one key is not the test.
    const { post } = await newCaller("recompute", "read");
    for (const id of ids) {
      const answer = dataOf(recomputed, await post(`/api/decisions/${id}/recompute`));
      expect(answer).toEqual({ equal: true, differences: [], reclassified: false });
    }
  });

  it("classifies the text anew when it is handed in, and refuses another text", async () => {
    const { route, post } = await newCaller("recompute-text", "read");
    const { id } = await route({ task: "tidy the changelog" });
    const same = await post(`/api/decisions/${id}/recompute`, { task: "tidy the changelog" });
    expect(dataOf(recomputed, same)).toMatchObject({ equal: true, reclassified: true });
    const other = await post(`/api/decisions/${id}/recompute`, { task: "tidy the change log" });
    expect(other.body).toMatchObject({ error: { code: "INVALID_PARAM" } });
  });

  it("takes the context that the decision was asked with: its text is part of what was classified", async () => {
    const { route, post } = await newCaller("recompute-context", "read");
    const task = { task: "tidy the module", context: { files: ["src/cart.ts"], stack: ["typescript"] } };
    const { id } = await route(task);
    const same = await post(`/api/decisions/${id}/recompute`, task);
    expect(dataOf(recomputed, same)).toMatchObject({ equal: true, reclassified: true });
    const without = await post(`/api/decisions/${id}/recompute`, { task: task.task });
    expect(without.body).toMatchObject({ error: { code: "INVALID_PARAM" } });
    const alone = await post(`/api/decisions/${id}/recompute`, { context: task.context });
    expect(alone.body).toMatchObject({ error: { code: "MISSING_PARAM" } });
  });

  it("uses the catalogue and policy of the decision, not today's", async () => {
    const { route, get, put, post } = await newCaller("recompute-past", "read", "admin");
    const { id } = await route({ task: "speed up the nightly import" });
    await serveCatalog("later", 50);
    const policy = dataOf(policyDocumentSchema, await get("/api/policy"));
    await put("/api/policy", { ...policy, preset: "quality" });
    expect(dataOf(recomputed, await post(`/api/decisions/${id}/recompute`)).equal).toBe(true);
    await serveCatalog(catalog.version, 1);
  });

  it("classifies the stored text by itself where the policy stores prompts", async () => {
    const { route, get, put, post } = await newCaller("recompute-stored", "read", "admin");
    const policy = dataOf(policyDocumentSchema, await get("/api/policy"));
    await put("/api/policy", { ...policy, store_prompt_text: true });
    const { id } = await route({ task: "paginate the customer list" });
    expect(dataOf(recomputed, await post(`/api/decisions/${id}/recompute`))).toMatchObject({
      equal: true,
      reclassified: true,
    });
    const found = dataOf(z.array(decisionSchema), await get("/api/decisions?search=customer%20list"));
    expect(found.map((decision) => decision.id)).toEqual([id]);
  });
});

it("recompute() reads a stored prompt with a lone surrogate as it was read when it was decided", async () => {
  const { route, get, put, post } = await newCaller("recompute-surrogate", "read", "admin");
  const policy = dataOf(policyDocumentSchema, await get("/api/policy"));
  await put("/api/policy", { ...policy, store_prompt_text: true });
  const { id } = await route({ task: "fix the emoji picker \ud800 crash" });
  expect(dataOf(recomputed, await post(`/api/decisions/${id}/recompute`))).toMatchObject({
    equal: true,
    reclassified: true,
  });
});

describe("GET /api/decisions", () => {
  it("pages through all of a tenant's decisions, newest first, each once", async () => {
    const { route, get } = await newCaller("pages", "read");
    const made: string[] = [];
    for (let i = 0; i < 7; i += 1) made.unshift((await route({ task: `rename helper number ${i}` })).id);
    const seen: string[] = [];
    const page = z.object({
      data: z.array(z.object({ id: z.string() })),
      meta: z.object({ next_cursor: z.string().nullable() }),
    });
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const { data, meta } = page.parse((await get(`/api/decisions?limit=3${query}`)).body);
      seen.push(...data.map(({ id }) => id));
      cursor = meta.next_cursor;
    }
    expect(seen).toEqual(made);
  });
});

describe("gate and verdicts", () => {
  it("lets another key with scope approve lift the gate, and nobody else", async () => {
    // Of its own, so that a second try of this test lists its own decision alone.
    const tenant = `gate-${crypto.randomUUID()}`;
    const asker = await newCaller(tenant, "read", "approve");
    const approver = await newCaller(tenant, "approve");
    const admin = await newCaller(tenant, "admin");
    const { id, gate } = await asker.route({ task: "refactor JWT key rotation in prod" });
    expect(gate).toMatchObject({ requires_approval: true, approval_id: null });
    expect((await asker.post(`/api/decisions/${id}/approve`)).status).toBe(403);
    expect((await admin.post(`/api/decisions/${id}/approve`)).status).toBe(403);
    const answer = z.object({ approval_id: z.string(), approved_by: z.literal(approver.keyId) });
    const approved = dataOf(answer, await approver.post(`/api/decisions/${id}/approve`, { note: "window agreed" }));
    const read = dataOf(decisionSchema, await asker.get(`/api/decisions/${id}`));
    expect(read.gate.approval_id).toBe(approved.approval_id);
    const listed = dataOf(z.array(decisionSchema), await asker.get("/api/decisions"));
    expect(listed.map((decision) => [decision.id, decision.gate.approval_id])).toEqual([[id, approved.approval_id]]);
    expect((await approver.post(`/api/decisions/${id}/approve`)).status).toBe(409);
  });

  it.each([
    { task: "rotate the signing keys of the production auth service" },
    { task: "rotate the signing keys of the production payment service", task_id: "G-1" },
  ])("keeps a key from approving what another key had asked for first and it asked for too: %j", async (task) => {
    const first = await newCaller("gate-cached", "read");
    const second = await newCaller("gate-cached", "read", "approve");
    const third = await newCaller("gate-cached", "approve");
    const { id, gate } = await first.route(task);
    expect(gate.requires_approval).toBe(true);
    expect((await second.route(task)).id).toBe(id);
    expect((await second.post(`/api/decisions/${id}/approve`)).status).toBe(403);
    expect((await third.post(`/api/decisions/${id}/approve`)).status).toBe(200);
  });

  it("counts the evidence in bytes", async () => {
    const { route, verdict } = await newCaller("evidence", "read", "feedback");
    const { id } = await route({ task: "show prices in euros" });
    await verdict(id, { accepted: true, source: "ci", evidence: "5 € 🦊" });
    const row = env.DB.prepare("select evidence_bytes as bytes from verdicts where decision_id = ?").bind(id);
    expect(await row.first()).toEqual({ bytes: 10 });
  });

  it("answers the next model on rejection, moves the lock to it and ends it on acceptance", async () => {
    const { route, verdict, post } = await newCaller("verdict", "read", "feedback");
    const task = { task: "add a dark theme to the settings page", task_id: "V-1" };
    const first = await route(task);
    const rejected = await verdict(first.id, { accepted: false, evidence: "FAIL settings.test.ts", source: "ci" });
    expect(rejected).toMatchObject({ status: "next", evidence: "FAIL settings.test.ts" });
    expect(rejected.next?.model).not.toBe(first.model);
    expect(await route(task)).toMatchObject({ id: first.id, attempt: 1, model: rejected.next?.model });
    const standing = await route(task);
    expect(standing.rationale).toContain(`${first.model} was rejected`);
    expect(standing.alternatives.map(({ model }) => model)).toContain(standing.model);
    const standIns = standing.fallbacks.map(({ model }) => model);
    expect(standIns).not.toContain(first.model);
    expect(new Set(standIns).size).toBe(standIns.length);
    expect(standIns.length).toBeLessThanOrEqual(3);
    expect(standing.alternatives[0]).toMatchObject({ model: standing.model, expected: standing.expected });
    const repeated = await verdict(first.id, { accepted: false, source: "ci", attempt: 0 });
    expect(repeated.next).toEqual(rejected.next);
    const changed = await post(`/api/decisions/${first.id}/verdict`, { accepted: true, source: "ci", attempt: 0 });
    expect(changed.status).toBe(409);
    expect(await verdict(first.id, { accepted: true, source: "person" })).toMatchObject({
      status: "accepted",
      next: null,
    });
    expect((await route(task)).id).not.toBe(first.id);
    const late = await post(`/api/decisions/${first.id}/verdict`, { accepted: false, source: "ci" });
    expect(late.status).toBe(409);
  });

  it("answers no next model for a task that has ended or moved on", async () => {
    const { route, verdict, post } = await newCaller("ended", "read", "feedback");
    const ended = await route({ task: "add a dark theme to the settings page", task_id: "E-1" });
    const rejected = { accepted: false, source: "ci", attempt: 0 } as const;
    expect((await verdict(ended.id, rejected)).status).toBe("next");
    const success = { decision_id: ended.id, result: "success" };
    expect((await post("/api/outcomes", { ...success, attempt: 0 })).status).toBe(409);
    expect((await post("/api/outcomes", { ...success, attempt: 1 })).status).toBe(200);
    const again = await post(`/api/decisions/${ended.id}/verdict`, rejected);
    expect([again.status, JSON.stringify(again.body)]).toEqual([409, expect.stringContaining("has ended (closed)")]);

    const moved = await route({ task: "add a light theme to the settings page", task_id: "E-2" });
    await verdict(moved.id, rejected);
    await verdict(moved.id, { ...rejected, attempt: 1 });
    expect((await post(`/api/decisions/${moved.id}/verdict`, rejected)).status).toBe(409);
  });

  it("accepts no attempt that nobody approved, and approves no decision that has ended", async () => {
    const { route, post, verdict } = await newCaller("gate-verdict", "read", "feedback");
    const approver = await newCaller("gate-verdict", "approve");
    const { id } = await route({ task: "refactor JWT key rotation in prod" });
    const accepted = { accepted: true, source: "ci" } as const;
    expect((await post(`/api/decisions/${id}/verdict`, accepted)).status).toBe(409);
    expect((await approver.post(`/api/decisions/${id}/approve`)).status).toBe(200);
    expect((await verdict(id, accepted)).status).toBe("accepted");
    const other = await route({ task: "refactor JWT key rotation in production" });
    expect((await post("/api/outcomes", { decision_id: other.id, result: "success" })).status).toBe(409);
    const rejected = { accepted: false, source: "ci" } as const;
    expect((await verdict(other.id, { ...rejected, attempt: 0 })).status).toBe("approval_required");
    expect((await post(`/api/decisions/${other.id}/verdict`, { ...rejected, attempt: 1 })).status).toBe(409);
    expect((await post("/api/outcomes", { decision_id: other.id, result: "abandoned" })).status).toBe(200);
    const late = await approver.post(`/api/decisions/${other.id}/approve`);
    expect([late.status, JSON.stringify(late.body)]).toEqual([409, expect.stringContaining("ended (closed)")]);
  });

  it("learns nothing from a rejection of an attempt that nobody had approved, also after the approval and an event", async () => {
    const { route, post, get, verdict } = await newCaller("gate-teach", "read", "feedback");
    const approver = await newCaller("gate-teach", "approve");
    const task = "refactor JWT key rotation in prod";
    const first = await route({ task, task_id: "G-1" });
    const rejected = { accepted: false, source: "ci", attempt: 0, repository: "acme/gate" } as const;
    expect((await verdict(first.id, rejected)).status).toBe("approval_required");
    const expectedOf = async (taskId: string) => {
      const { alternatives, expected, model } = await route({ task, task_id: taskId });
      return { alternatives, expected, model };
    };
    const { alternatives, expected, model } = first;
    expect(await expectedOf("G-2")).toEqual({ alternatives, expected, model });
    await approver.post(`/api/decisions/${first.id}/approve`);
    expect((await verdict(first.id, rejected)).status).toBe("next");
    await post(`/api/decisions/${first.id}/events`, { kind: "stands", attempt: 0 });
    expect(await expectedOf("G-3")).toEqual({ alternatives, expected, model });
    expect((await get("/api/verifiers?repository=acme/gate")).body).toMatchObject({ data: [] });
    // What was allowed teaches as ever.
    const allowed = await route({ task, task_id: "G-4" });
    await approver.post(`/api/decisions/${allowed.id}/approve`);
    expect((await verdict(allowed.id, rejected)).status).toBe("next");
    expect((await get("/api/verifiers?repository=acme/gate")).body).toMatchObject({ data: [{ unlabelled: 1 }] });
    expect(await expectedOf("G-5")).not.toEqual({ alternatives, expected, model });
  });

  it("keeps a forced mode after a rejection", async () => {
    const { route, verdict } = await newCaller("forced", "read", "feedback");
    const task = { task: "add a dark theme to the settings page", task_id: "F-1", mode: "swarm" };
    const { id } = await route(task);
    await verdict(id, { accepted: false, source: "ci" });
    expect(await route(task)).toMatchObject({ id, attempt: 1, mode: "swarm" });
  });

  it("is exhausted after the last model, and the lock is free", async () => {
    const { route, verdict } = await newCaller("exhausted", "read", "feedback");
    const task = { task: "make the importer stream", task_id: "X-1" };
    const { id } = await route(task);
    const statuses: string[] = [];
    for (let i = 0; i < 10 && statuses.at(-1) !== "exhausted"; i += 1) {
      statuses.push((await verdict(id, { accepted: false, source: "ci" })).status);
    }
    expect(statuses.at(-1)).toBe("exhausted");
    expect((await route(task)).id).not.toBe(id);
  });
});

describe("POST /api/outcomes", () => {
  it("teaches the tenant that reports, nobody else, and ends the lock", async () => {
    const { route, post } = await newCaller("outcomes", "read", "feedback");
    const task = { task: "show the order date in the list", task_id: "O-1" };
    const first = await route(task);
    const outcome = { decision_id: first.id, result: "failure", rating: 2, cost_usd: 0.4 };
    expect((await post("/api/outcomes", outcome)).status).toBe(200);
    expect((await post("/api/outcomes", { ...outcome, result: "success" })).status).toBe(409);
    const second = await route({ ...task, constraints: { allow: [first.model] } });
    expect(second.id).not.toBe(first.id);
    expect(second.expected.success).toBeLessThan(first.expected.success);
    const stranger = await newCaller("outcomes-stranger", "read");
    expect((await stranger.route(task)).expected).toEqual(first.expected);
  });
});
