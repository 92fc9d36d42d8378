import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { runPreviewSchema, runSchema } from "../../shared/contract/run-answers.ts";
import type { Answered } from "./testing/caller.ts";
import { catalog, dataOf, serveCatalog } from "./testing/caller.ts";
import { newRunCaller, sentSteps } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TASK = "Fix the typo in README.md";
const APP =
  "Build a todo app:\n1. Write tests for the API\n2. Build the API on the tasks table\n3. Design the tasks table\n4. Build the settings page\n5. Deploy everything";

const errorOf = ({ status, body }: Answered): unknown => [
  status,
  Object(body).error?.code,
  Object(body).error?.message,
];
const rowsOf = async (table: string, tenant: string): Promise<number> => {
  const row = await env.DB.prepare(`select count(*) as n from ${table} where tenant_id = ?`)
    .bind(tenant)
    .first<{ n: number }>();
  return row?.n ?? 0;
};

describe("POST /api/runs", () => {
  it("stores the run, puts its first step in the queue and answers 202", async () => {
    const { post, read } = await newRunCaller("create", "run", "read");
    const answer = await post("/api/runs", { task: TASK });
    expect(answer.status).toBe(202);
    const { id, status, cap_usd } = Object(answer.body).data;
    expect([status, cap_usd]).toEqual(["running", 5]);
    expect(sentSteps.filter((name) => name.startsWith(id))).toEqual([`${id}/call-1`]);
    const run = await read(runSchema, `/api/runs/${id}`);
    expect(run).toMatchObject({ status: "running", mode: "single", progress: { total: 1, done: 0, percent: 0 } });
    expect(run.cost).toMatchObject({ cap_usd: 5, spent_usd: 0, reserved_usd: 0 });
  });

  it.each([
    ["single", {}, ["call"]],
    ["collective", { count: 2 }, ["call", "call", "merge"]],
    ["cascade", {}, ["call", "judge", "call"]],
    ["cascade", { verifier: "external" }, ["call", "verdict", "call"]],
  ])("plans mode %s %j", async (mode, more, kinds) => {
    const { create } = await newRunCaller("modes", "run", "read");
    const { plan, mode: planned } = await create({ task: TASK, mode, ...more });
    expect(planned).toBe(mode);
    expect(plan.steps.map(({ kind }) => kind).slice(0, kinds.length)).toEqual(kinds);
    expect(plan.steps.flatMap(({ model }) => model?.provider ?? [])).not.toContain("openai");
  });

  it("classifies and decides the parts of plan and swarm before it answers", async () => {
    const { create, read } = await newRunCaller("parts", "run", "read");
    const swarm = await create({ task: APP, mode: "swarm" });
    // "Deploy everything" is for a person to look at, whatever the whole is.
    expect(swarm.status).toBe("awaiting_approval");
    expect((await read(runSchema, `/api/runs/${swarm.id}`)).gate.reason).not.toBe("");
    expect(swarm.plan.steps.map(({ kind }) => kind)).toEqual([...Array<string>(5).fill("call"), "merge"]);
    expect(Math.max(...swarm.plan.steps.map(({ wave }) => wave))).toBeLessThan(5);
    const plan = await create({ task: APP, mode: "plan" });
    expect(plan.plan.steps.map(({ wave }) => wave)).toEqual([0, 1, 2, 3, 4, 5]);
    const whole = await create({ task: TASK, mode: "swarm" });
    expect([whole.mode, whole.plan.notes]).toEqual(["swarm", ["one_part"]]);
  });

  it("answers a preview with dry_run=1 and starts nothing", async () => {
    const { post } = await newRunCaller("preview", "run", "read");
    const answer = await post("/api/runs?dry_run=1", { task: TASK, mode: "collective", max_usd: 0.000001 });
    expect(answer.status).toBe(200);
    const { fits_cap, estimate, plan } = dataOf(runPreviewSchema, answer);
    expect(fits_cap).toBe(false);
    expect(plan.steps).toHaveLength(4);
    expect(estimate.expected_usd).toBeGreaterThan(0);
    expect(estimate.worst_usd).toBeGreaterThan(estimate.expected_usd);
    expect(estimate.unpriced).toEqual([]);
    expect(await rowsOf("runs", "preview")).toBe(0);
  });

  it("previews without a single provider key, and refuses to run", async () => {
    const { send } = await newRunCaller("no-keys", "run", "read");
    const body = { task: TASK };
    const preview = await send({ method: "POST", path: "/api/runs?dry_run=1", body }, { PROVIDER_KEYS: "" });
    expect(dataOf(runPreviewSchema, preview).warnings.join()).toContain("No key for");
    const run = await send({ method: "POST", path: "/api/runs", body }, { PROVIDER_KEYS: "" });
    expect(String(errorOf(run))).toContain("422,NO_MODEL");
  });

  it("refuses a run of a locked decision whose model no key reaches, and previews it with a warning", async () => {
    const { send, post } = await newRunCaller("stranded", "run", "read");
    const body = { task: TASK, task_id: "T-locked" };
    await post("/api/route", body);
    const run = await send({ method: "POST", path: "/api/runs", body }, { PROVIDER_KEYS: "" });
    expect(String(errorOf(run))).toContain("409,CONFLICT");
    expect(await rowsOf("runs", "stranded")).toBe(0);
    const preview = await send({ method: "POST", path: "/api/runs?dry_run=1", body }, { PROVIDER_KEYS: "" });
    expect(dataOf(runPreviewSchema, preview).warnings.join()).toContain("No key for");
  });

  it("is not available without a master secret, and stores nothing", async () => {
    const { send } = await newRunCaller("no-secret", "run", "read");
    const answer = await send({ method: "POST", path: "/api/runs", body: { task: TASK } }, { MASTER_SECRET: "short" });
    expect(String(errorOf(answer))).toContain("503,UNAVAILABLE");
    expect(await rowsOf("runs", "no-secret")).toBe(0);
  });

  it("keeps no word of the task in clear", async () => {
    const { create } = await newRunCaller("privacy", "run", "read");
    await create({
      task: "Fix the quokkafish in README.md",
      mode: "collective",
      context: { files: ["quokkafish.md"] },
    });
    const tables = ["runs", "steps", "run_events", "run_texts", "budgets", "decisions", "idempotency_keys"];
    for (const table of tables) {
      const { results } = await env.DB.prepare(`select * from ${table}`).all();
      expect([table, JSON.stringify(results).includes("quokkafish")]).toEqual([table, false]);
    }
  });

  it.each([
    [{ task: "" }, "task"],
    [{ task: TASK, mode: "party" }, "mode"],
    [{ task: TASK, max_usd: 0 }, "max_usd"],
    [{ task: TASK, max_usd: 1_001 }, "max_usd"],
    [{ task: TASK, count: 3 }, "count"],
    [{ task: TASK, mode: "collective", count: 6 }, "count"],
    [{ task: TASK, mode: "swarm", verifier: "external" }, "verifier"],
    [{ task: TASK, merge: { style: "loud" } }, "merge.style"],
    [{ task: TASK, mode: "collective", merge: { model: "no/such" } }, "merge.model"],
    [{ task: TASK, mode: "collective", merge: { model: "openai/*" } }, "merge.model"],
    [{ task: TASK, surprise: 1 }, "surprise"],
  ])("refuses %j by the name of the field", async (body, field) => {
    const { post } = await newRunCaller("refused", "run", "read");
    const answer = await post("/api/runs", body);
    expect([answer.status, Object(answer.body).error?.details?.field]).toEqual([400, field]);
    expect(await rowsOf("runs", "refused")).toBe(0);
  });

  it.each([
    "http://hooks.example.com/x",
    "https://hooks.example.com:8443/x",
    "https://hooks.example.com.evil.test/x",
    "https://evil.test/hooks.example.com",
    "https://user:pass@hooks.example.com/x",
    "https://hooks.example.com@evil.test/x",
    "https://127.0.0.1/x",
    "https://2130706433/x",
    "https://0x7f.1/x",
    "https://[::1]/x",
    "https://[::ffff:169.254.169.254]/x",
    "https://169.254.169.254/latest/meta-data",
    "https://10.0.0.8/x",
    "https://localhost/x",
    "https://metadata.internal/x",
    "https://127.0.0.1.nip.io/x",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "//hooks.example.com/x",
    "",
  ])("does not take %s as a callback", async (callback_url) => {
    const { post } = await newRunCaller("ssrf", "run", "read");
    const answer = await post("/api/runs", { task: TASK, callback_url });
    expect([answer.status, Object(answer.body).error?.details?.field]).toEqual([400, "callback_url"]);
  });

  it("plans the delivery to an allowed host", async () => {
    const { create } = await newRunCaller("callback", "run", "read");
    const { plan } = await create({ task: TASK, callback_url: "https://hooks.example.com/done" });
    expect(plan.steps.map(({ kind, wave }) => [kind, wave])).toEqual([
      ["call", 0],
      ["deliver", 1],
    ]);
  });

  it("takes the policy's caps, and the request's over them", async () => {
    const caller = await newRunCaller("caps", "run", "read", "admin");
    const policy = Object(Object((await caller.get("/api/policy")).body).data);
    expect(policy.runs).toEqual({ max_usd: null, key_max_usd: null, day_max_usd: null, retention_days: 7 });
    const runs = { max_usd: 2, key_max_usd: 10, day_max_usd: 20, retention_days: 1 };
    const saved = await caller.send({ method: "PUT", path: "/api/policy", body: { ...policy, runs } });
    expect(Object(saved.body).data?.runs).toEqual(runs);
    expect((await caller.create({ task: TASK })).cap_usd).toBe(2);
    expect((await caller.create({ task: TASK, max_usd: 0.5 })).cap_usd).toBe(0.5);
    const caps = await env.DB.prepare("select cap_micro_usd as cap from budgets where scope like ?")
      .bind(`%${caller.keyId}%`)
      .first();
    expect(caps).toEqual({ cap: 10_000_000 });
  });

  it("keeps the decision of a task_id, and calls its models where a key is", async () => {
    const caller = await newRunCaller("lock", "run", "read");
    const routed = await caller.post("/api/route", { task: TASK, task_id: "T-1", constraints: { provider: "openai" } });
    const decision = Object(routed.body).data;
    expect(decision.provider).toBe("openai");
    const run = await caller.create({ task: TASK, task_id: "T-1" });
    expect(run.decision_id).toBe(decision.id);
    expect(run.plan.steps[0]?.model).toMatchObject({ model: decision.model, provider: "openrouter" });
  });
});

describe("Idempotency-Key", () => {
  const body = { task: TASK, mode: "single" };

  it("gives the first answer again, and refuses another body", async () => {
    const { post } = await newRunCaller("idem", "run", "read");
    const first = await post("/api/runs", body, { "idempotency-key": '"abc 1"' });
    const again = await post("/api/runs", body, { "idempotency-key": '"abc 1"' });
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([202, 202, "true"]);
    expect(again.body).toEqual(first.body);
    const other = await post("/api/runs", { ...body, max_usd: 1 }, { "idempotency-key": '"abc 1"' });
    expect(String(errorOf(other))).toContain("422,KEY_REUSED");
    expect(await rowsOf("runs", "idem")).toBe(1);
  });

  it("makes one run of many requests at once; the others are told that it runs, or get its answer", async () => {
    const { post } = await newRunCaller("idem-many", "run", "read");
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post("/api/runs", body, { "idempotency-key": "k" })),
    );
    expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    const ids = new Set(answers.flatMap((answer) => Object(answer.body).data?.id ?? []));
    expect([ids.size, await rowsOf("runs", "idem-many")]).toEqual([1, 1]);
  });

  it("keeps nothing of a request that was refused", async () => {
    const { send, post } = await newRunCaller("idem-refused", "run", "read");
    const headers = { "idempotency-key": "k" };
    const refused = await send({ method: "POST", path: "/api/runs", body, headers }, { PROVIDER_KEYS: "" });
    expect(refused.status).toBe(422);
    expect((await post("/api/runs", body, headers)).status).toBe(202);
  });

  it.each(["", " ", '"', "ä", "x".repeat(256), '"a"b"'])("refuses %j as a key", async (key) => {
    const { post } = await newRunCaller("idem-bad", "run", "read");
    const answer = await post("/api/runs", body, { "idempotency-key": key });
    expect([answer.status, Object(answer.body).error?.details?.field]).toEqual([400, "Idempotency-Key"]);
  });

  it("belongs to the tenant", async () => {
    const [one, two] = [await newRunCaller("idem-a", "run"), await newRunCaller("idem-b", "run")];
    const headers = { "idempotency-key": "same" };
    const [first, second] = [await one.post("/api/runs", body, headers), await two.post("/api/runs", body, headers)];
    expect([first.status, second.status, second.headers.get("idempotency-replayed")]).toEqual([202, 202, null]);
  });
});
