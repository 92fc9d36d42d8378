import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { classificationSchema } from "../../shared/contract/classify.ts";
import { decisionSchema } from "../../shared/contract/decisions.ts";
import { DOORS } from "../../shared/contract/doors.ts";
import { policyDocumentSchema } from "../../shared/contract/policy-document.ts";
import { catalog, dataOf, newCaller, serveCatalog } from "./testing/caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

describe("POST /api/classify", () => {
  it("answers one task with the onnx engine and probabilities that sum to 1", async () => {
    const { post } = await newCaller("classify", "read");
    const answer = await post("/api/classify", { task: "fix the crash when the cart is empty" });
    const data = dataOf(classificationSchema, answer);
    expect(data.engine).toBe("onnx");
    for (const head of [data.complexity, data.task_type, data.risk]) {
      const values = Object.values(head.probabilities);
      expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
      expect(head.confidence).toBe(Math.max(...values));
    }
    expect(data.overall_confidence).toBe(
      Math.min(data.complexity.confidence, data.task_type.confidence, data.risk.confidence),
    );
    expect(data.model.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("answers many tasks in order, each as it would be answered alone", async () => {
    const { post } = await newCaller("classify", "read");
    const tasks = ["write unit tests for the parser", "rotate the production signing keys", "why is the build slow?"];
    const many = dataOf(z.array(classificationSchema), await post("/api/classify", { tasks }));
    expect(many).toHaveLength(3);
    expect(many[1]).toEqual(dataOf(classificationSchema, await post("/api/classify", { task: tasks[1] })));
  });
});

describe("POST /api/route", () => {
  it("gates a risky task and gives a trivial one a cheaper model", async () => {
    const { route } = await newCaller("route", "read");
    const risky = await route({ task: "refactor JWT key rotation in prod" });
    expect(risky.classification.risk.label).toBe("high");
    expect(risky.gate.requires_approval).toBe(true);
    const trivial = await route({ task: "fix the typo in the login button label" });
    expect(trivial.classification).toMatchObject({ complexity: { label: "easy" }, risk: { label: "low" } });
    expect(trivial.expected.cost_usd).toBeLessThan(risky.expected.cost_usd);
    expect(trivial.gate.requires_approval).toBe(false);
  });

  it("answers GET with ?task= as it answers POST, and an identical request with the same id", async () => {
    const { route, get } = await newCaller("route-get", "read");
    const posted = await route({ task: "add dark mode", budget: "medium" });
    const got = await get("/api/route?task=add+dark+mode&budget=medium");
    expect(dataOf(decisionSchema, got).id).toBe(posted.id);
    expect(got.body).toMatchObject({ meta: { cached: true } });
  });

  it("lets no GET move a lock", async () => {
    const { get } = await newCaller("route-get", "read");
    const answer = await get("/api/route?task=add+dark+mode&task_id=T-9&reroute=true");
    expect(answer.body).toMatchObject({ error: { code: "INVALID_PARAM", details: { field: "reroute" } } });
  });

  it("keeps the decision of a task_id across a catalogue swap and a policy change, until reroute", async () => {
    const { post, get, put, route } = await newCaller("lock", "read", "admin");
    const task = { task: "split the report module", task_id: "T-1" };
    const first = await route(task);
    await serveCatalog("swapped", 30);
    const policy = dataOf(policyDocumentSchema, await get("/api/policy"));
    expect((await put("/api/policy", { ...policy, preset: "frugal" })).status).toBe(200);
    const again = await post("/api/route", { ...task, task: "a wording that changed meanwhile" });
    expect(again.body).toEqual({ data: first, meta: { cached: true } });
    const rerouted = await route({ ...task, reroute: true });
    expect(rerouted).toMatchObject({ catalog_version: "swapped", policy_version: 1 });
    expect((await route(task)).id).toBe(rerouted.id);
    await serveCatalog(catalog.version, 1);
  });

  it("gives 20 concurrent requests for one task the same decision", async () => {
    const { route } = await newCaller("concurrent", "read");
    const task = { task: "cache the tax table", task_id: "T-2" };
    const decisions = await Promise.all(Array.from({ length: 20 }, () => route(task)));
    expect(new Set(decisions.map(({ id }) => id)).size).toBe(1);
  });

  it("keeps tenants apart", async () => {
    const [a, b] = [await newCaller("tenant-a", "read", "feedback"), await newCaller("tenant-b", "read", "feedback")];
    const task = { task: "add a health check", task_id: "same" };
    const [ofA, ofB] = [await a.route(task), await b.route(task)];
    expect(ofA.id).not.toBe(ofB.id);
    expect((await b.get(`/api/decisions/${ofA.id}`)).status).toBe(404);
    expect((await b.post(`/api/decisions/${ofA.id}/verdict`, { accepted: true, source: "ci" })).status).toBe(404);
    expect(dataOf(z.array(decisionSchema), await b.get("/api/decisions")).map(({ id }) => id)).toEqual([ofB.id]);
  });

  it("keeps tenants apart whatever their names and task ids are made of", async () => {
    const [a, b] = [await newCaller("acme", "read"), await newCaller("acme:x", "read")];
    const ofA = await a.route({ task: "rotate the keys of project zeta", task_id: "x:1" });
    const ofB = await b.route({ task: "say hello", task_id: "1" });
    expect(ofB).toMatchObject({ task_id: "1" });
    expect(ofB.id).not.toBe(ofA.id);
    expect((await a.route({ task: "again", task_id: "x:1" })).id).toBe(ofA.id);
  });

  it("says of a mode with several calls that its figures are those of one", async () => {
    const { route } = await newCaller("modes", "read");
    const { rationale } = await route({ task: "build a plugin system", mode: "swarm" });
    expect(rationale).toContain("those of one call by this model");
  });

  it("names the filter that leaves no model", async () => {
    const { post } = await newCaller("empty", "read");
    const answer = await post("/api/route", { task: "add a test", constraints: { allow: ["nobody/nothing"] } });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ error: { code: "NO_MODEL", details: { emptied_by: "allow" } } });
  });
});

describe("GET and PUT /api/policy", () => {
  it("shows what would change without saving it", async () => {
    const { get, put } = await newCaller("policy", "read", "admin");
    const read = await get("/api/policy");
    expect(read.body).toMatchObject({ meta: { version: 0 } });
    const policy = dataOf(policyDocumentSchema, read);
    const preview = DOORS.putPolicy.response.options[1];
    const frugal = dataOf(preview, await put("/api/policy?dry_run=1", { ...policy, preset: "frugal" }));
    expect(frugal.samples).toBe(20);
    expect(frugal.changed_count).toBeGreaterThan(0);
    expect(dataOf(preview, await put("/api/policy?dry_run=1", policy)).changed_count).toBe(0);
    expect((await put("/api/policy?dry_run=1&expected_version=41", policy)).status).toBe(409);
    expect((await get("/api/policy")).body).toMatchObject({ meta: { version: 0 } });
  });

  it("refuses to overwrite a save that came between", async () => {
    const { get, put } = await newCaller("policy-race", "read", "admin");
    const policy = dataOf(policyDocumentSchema, await get("/api/policy"));
    expect((await put("/api/policy?expected_version=0", policy)).body).toMatchObject({ meta: { version: 1 } });
    expect((await put("/api/policy?expected_version=0", policy)).status).toBe(409);
  });
});
