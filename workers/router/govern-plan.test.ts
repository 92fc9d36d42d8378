import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { decisionSchema } from "../../shared/contract/decisions.ts";
import { runPreviewSchema, runSchema } from "../../shared/contract/run-answers.ts";
import defaultGovernance from "../../shared/data/default-governance.json" with { type: "json" };
import { openCircuit } from "../platform/d1/provider-states-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { catalog, dataOf, serveCatalog } from "./testing/caller.ts";
import { playStep } from "./testing/play-step.ts";
import { newRunCaller, type RunCaller } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TYPO = "Fix the typo in README.md";
const RISKY = "Rotate the JWT signing keys of the production login service and drop the old sessions table";
const APP =
  "Build a todo app:\n1. Write tests for the API\n2. Build the API on the tasks table\n3. Design the tasks table";
const implementer = { agent: "implementer", tier: "SMALL" };
const auto = { ...implementer, mode: "auto" };

const preview = async ({ post }: RunCaller, body: unknown) =>
  dataOf(runPreviewSchema, await post("/api/runs?dry_run=1", body));
const rowsOf = async (tenantId: string) => {
  const all = await env.DB.prepare("select * from governance_events where tenant_id = ? order by at_ms, step_id")
    .bind(tenantId)
    .all();
  return all.results;
};

/** The shipped roles with the builder's model left to the rule, and another list for whoever judges. */
const withJudge = (primary: string, fallbacks: readonly string[]) => {
  const inherit = { inherit_from: "default" };
  const by_tier = { TRIVIAL: inherit, SMALL: inherit, MEDIUM: inherit, LARGE: inherit };
  const judge = { ...defaultGovernance.roles.critic, primary, fallbacks, by_tier };
  const builder = { ...defaultGovernance.roles.builder, primary: "auto", fallbacks: [], by_tier };
  return { ...defaultGovernance, roles: { ...defaultGovernance.roles, builder, critic: judge } };
};

describe("governPlan()", () => {
  it.each(["collective", "cascade"])("says that a %s of one named model is a single call", async (mode) => {
    const caller = await newRunCaller(`plan-one-${mode}`, "run", "read");
    const one = await preview(caller, { task: TYPO, mode, governance: implementer });
    expect(one.plan.steps.map(({ kind }) => kind)).toEqual(["call"]);
    expect(one.plan.notes).toContain("role_names_one_model");
    expect(one.warnings.join()).toContain(`so this ${mode} is a single call; governance.mode "auto"`);
    const several = await preview(caller, { task: TYPO, mode, governance: auto });
    expect(several.plan.steps.length).toBeGreaterThan(1);
    expect(several.plan.notes).not.toContain("role_names_one_model");
  });

  it("has an answer judged by the first of the role's list that is of another maker", async () => {
    const caller = await newRunCaller("plan-judge", "run", "read", "admin");
    const body = { task: TYPO, mode: "cascade", governance: implementer };
    const save = async (primary: string, ...fallbacks: string[]) => {
      const saved = await caller.send({ method: "PUT", path: "/api/governance", body: withJudge(primary, fallbacks) });
      expect([saved.status, saved.body]).toMatchObject([200, { data: {} }]);
      const { plan, warnings } = await preview(caller, body);
      const judge = plan.steps.find(({ kind }) => kind === "judge");
      const author = plan.steps.find(({ id }) => id === judge?.depends_on[0])?.model?.model ?? "";
      return { plan, warnings, judge, author };
    };
    const makerOf = (model: string | undefined) => model?.split("/")[0];
    const before = await save("Claude Sonnet 4.6", "GPT-5.4", "Gemini 3.1 Pro Preview");
    const own = catalog.models.filter(({ id, kind }) => kind === "model" && makerOf(id) === makerOf(before.author));
    const [first = "", second = ""] = own.map(({ id }) => id);
    const other = makerOf(before.author) === "openai" ? "Claude Sonnet 4.6" : "GPT-5.4";

    const mixed = await save(before.author, other);
    expect(makerOf(mixed.author)).toBe(makerOf(before.author));
    expect(makerOf(mixed.judge?.model?.model)).not.toBe(makerOf(mixed.author));
    expect(mixed.judge?.fallbacks).toEqual([]);
    expect(mixed.plan.notes).not.toContain("same_family_judge");

    const family = await save(first, ...(second === "" ? [] : [second]));
    expect(makerOf(family.judge?.model?.model)).toBe(makerOf(family.author));
    expect(family.plan.notes).toContain("same_family_judge");
    expect(family.warnings.join()).toContain("names nobody of another maker");
  });

  it("lets parts, too, await approval where all of the list are out of reach for now", async () => {
    const tenantId = "plan-parts-wait";
    const caller = await newRunCaller(tenantId, "run", "read");
    const db = await openTestDb();
    for (const provider of ["openrouter", "anthropic", "openai", "google"])
      unwrap(await openCircuit(db, { tenantId, provider, reason: "auth", nowMs: Date.now() }));
    const run = await caller.create({ task: APP, mode: "swarm", governance: implementer });
    expect(run.status).toBe("awaiting_approval");
    expect(run.plan.steps.map(({ kind }) => kind)).toEqual(["call", "call", "call", "merge"]);
  });

  it("names both reasons where models are out of reach and a part is for a person to look at", async () => {
    const tenantId = "plan-both-reasons";
    const caller = await newRunCaller(tenantId, "run", "read");
    const db = await openTestDb();
    for (const provider of ["openrouter", "anthropic", "openai", "google"])
      unwrap(await openCircuit(db, { tenantId, provider, reason: "auth", nowMs: Date.now() }));
    const task = "Build a todo app:\n1. Write the API\n2. Design the tasks table\n3. Deploy everything";
    for (const body of [
      { task, mode: "swarm" },
      { task: RISKY, mode: "single" },
    ]) {
      const run = await caller.create({ ...body, governance: implementer });
      expect([run.status, run.gate.reason]).toEqual([
        "awaiting_approval",
        expect.stringMatching(/risk[^;]*; .*waits for approval/s),
      ]);
      const { gate } = await caller.read(runSchema, `/api/runs/${run.id}`);
      expect(gate.reason).toBe(run.gate.reason);
    }
  });

  it("accepts a held decision whose list has gone since, to await approval", async () => {
    const tenantId = "plan-held-wait";
    const caller = await newRunCaller(tenantId, "run", "read");
    const body = { task: TYPO, task_id: "T-9", mode: "single", governance: implementer };
    await caller.post("/api/route", { task: TYPO, task_id: "T-9", governance: implementer });
    const db = await openTestDb();
    for (const provider of ["openrouter", "anthropic", "openai", "google"])
      unwrap(await openCircuit(db, { tenantId, provider, reason: "auth", nowMs: Date.now() }));
    const run = await caller.create(body);
    expect([run.status, run.gate.reason]).toEqual(["awaiting_approval", expect.stringContaining("waits for approval")]);
  });
});

describe("POST /api/runs of a decision that was approved before", () => {
  it("answers that the run has started, and under which approval", async () => {
    const caller = await newRunCaller("plan-approved", "run", "read");
    const approver = await newRunCaller("plan-approved", "approve", "read");
    const body = { task: RISKY, mode: "single" };
    const first = await caller.create(body);
    expect([first.status, first.gate.approval_id]).toEqual(["awaiting_approval", null]);
    await approver.post(`/api/runs/${first.id}/approve`);
    const key = { "Idempotency-Key": "again" };
    const second = dataOf(
      runSchema.pick({ id: true, status: true, gate: true }),
      await caller.post("/api/runs", body, key),
    );
    const seen = await caller.read(runSchema, `/api/runs/${second.id}`);
    expect(second.status).toBe("running");
    expect(seen).toMatchObject({ status: "running", gate: second.gate, steps: [{ state: "ready" }] });
    expect(second.gate.approval_id).toMatch(/^apr_/);
    const events = Object((await caller.get(`/api/runs/${second.id}/events`)).body).data;
    expect(events.map(({ type }: { type: string }) => type)).toContain("approved");
    const replayed = await caller.post("/api/runs", body, key);
    expect(Object(replayed.body).data).toMatchObject({ id: second.id, status: "running" });
  });
});

describe("the telemetry of a run's step", () => {
  it("is told by an outcome of the run's decision, and by a verdict on it", async () => {
    for (const [tenant, path, said] of [
      ["told-outcome", "/api/outcomes", { result: "failure" }],
      ["told-verdict", "/api/decisions/ID/verdict", { accepted: false, source: "person" }],
    ] as const) {
      const caller = await newRunCaller(tenant, "run", "read", "feedback");
      const run = await caller.create({ task: TYPO, mode: "single", governance: implementer });
      await playStep({ runId: run.id, stepId: "call-1", text: "done", microUsd: 700 });
      expect(await rowsOf(tenant)).toMatchObject([{ outcome: "success", cost_micro_usd: 700 }]);
      const body = path === "/api/outcomes" ? { ...said, decision_id: run.decision_id } : said;
      const answer = await caller.post(path.replace("ID", run.decision_id), body);
      expect(answer.status).toBe(200);
      expect(await rowsOf(tenant)).toMatchObject([{ source: "step", outcome: "failure", cost_micro_usd: 700 }]);
    }
  });

  it("alone is told where the decision was asked for before the run", async () => {
    const caller = await newRunCaller("told-once", "run", "read", "feedback");
    const asked = { task: TYPO, task_id: "T-2", governance: implementer };
    const { id } = dataOf(decisionSchema, await caller.post("/api/route", asked));
    const run = await caller.create({ ...asked, mode: "single" });
    await playStep({ runId: run.id, stepId: "call-1", text: "done" });
    await caller.post("/api/outcomes", { decision_id: id, result: "failure" });
    const rows = await rowsOf("told-once");
    expect(rows.map(({ source, outcome }) => [source, outcome])).toEqual([
      ["decision", null],
      ["step", "failure"],
    ]);
  });

  it("is told of the merge where several parts made the answer", async () => {
    const caller = await newRunCaller("told-merge", "run", "read", "feedback");
    const run = await caller.create({ task: APP, mode: "swarm", governance: implementer });
    for (const { id } of run.plan.steps) await playStep({ runId: run.id, stepId: id, text: "done" });
    await caller.post("/api/outcomes", { decision_id: run.decision_id, result: "failure" });
    const rows = await rowsOf("told-merge");
    expect(rows.map(({ step_id, outcome }) => [step_id, outcome]).sort()).toEqual(
      run.plan.steps.map(({ id, kind }) => [id, kind === "merge" ? "failure" : "success"]).sort(),
    );
  });

  it.each([true, false])("is told by a check from outside that says %s", async (accepted) => {
    const tenant = `told-check-${accepted}`;
    const caller = await newRunCaller(tenant, "run", "read", "feedback");
    const run = await caller.create({ task: TYPO, mode: "cascade", verifier: "external", governance: auto });
    await playStep({ runId: run.id, stepId: "call-1", text: accepted ? "done" : "wrong" });
    await caller.post(`/api/runs/${run.id}/verdict`, { accepted, source: "ci" });
    const [first] = await rowsOf(tenant);
    expect(first).toMatchObject({ step_id: "call-1", outcome: accepted ? "success" : "failure" });
  });
});

describe("GET /api/governance/telemetry", () => {
  it("goes on before the newest changes, so that one which was dated before it landed is not missed", async () => {
    const caller = await newRunCaller("told-late", "run", "read");
    await caller.create({ task: TYPO, mode: "single", governance: implementer });
    const page = async (query = "") => {
      const response = await caller.raw({ method: "GET", path: `/api/governance/telemetry${query}` });
      return { lines: (await response.text()).split("\n").slice(0, -1), cursor: response.headers.get("x-next-cursor") };
    };
    const first = await page();
    await env.DB.prepare(
      "insert into governance_events select 'gov_late', tenant_id, source, at_ms, updated_at_ms - 5000, governance_version, agent, role, tier, effective_tier, mode, model_asked, model_used, attempt, capped, waiting_approval, hint, hint_honoured, decision_id, run_id, step_id, outcome, cost_micro_usd from governance_events where tenant_id = 'told-late'",
    ).run();
    const next = await page(`?cursor=${first.cursor}`);
    expect(next.lines.map((line) => JSON.parse(line).id)).toContain("gov_late");
    expect((await page(`?limit=1&cursor=${first.cursor}`)).cursor).toMatch(/\.gov_late$/);
  });
});

describe("GET /api/route", () => {
  it("speaks for an agent as POST does", async () => {
    const { get, post } = await newRunCaller("get-governed", "read");
    const query = `task=${encodeURIComponent(TYPO)}`;
    const got = dataOf(
      decisionSchema,
      await get(`/api/route?${query}&governance_agent=implementer&governance_tier=SMALL`),
    );
    const posted = dataOf(decisionSchema, await post("/api/route", { task: TYPO, governance: implementer }));
    expect([got.governance?.role, got.id]).toEqual(["builder", posted.id]);
    const wrong = await get(`/api/route?${query}&governance_tier=SMALL`);
    expect(Object(wrong.body).error.details.field).toBe("governance_role");
  });
});
