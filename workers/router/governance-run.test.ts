import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { decisionSchema } from "../../shared/contract/decisions.ts";
import { governanceReportSchema } from "../../shared/contract/governance-answers.ts";
import { runPreviewSchema, runSchema } from "../../shared/contract/run-answers.ts";
import defaultGovernance from "../../shared/data/default-governance.json" with { type: "json" };
import { type GovernanceEventRow, saveGovernanceEvents } from "../platform/d1/governance-events-store.ts";
import { openCircuit } from "../platform/d1/provider-states-store.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { type Answered, catalog, dataOf, serveCatalog } from "./testing/caller.ts";
import { playStep } from "./testing/play-step.ts";
import { newRunCaller, type RunCaller } from "./testing/run-caller.ts";

beforeAll(() => serveCatalog(catalog.version, 1));

const TYPO = "Fix the typo in README.md";
const APP =
  "Build a todo app:\n1. Write tests for the API\n2. Build the API on the tasks table\n3. Design the tasks table";
const BUILDER = ["anthropic/claude-sonnet-4.6", "openai/gpt-5.4", "google/gemini-3.1-pro-preview"];
const implementer = { agent: "implementer", tier: "SMALL" };

const errorOf = ({ status, body }: Answered): unknown => [status, Object(body).error?.code];
const readEvents = async (caller: RunCaller, query = ""): Promise<readonly Record<string, unknown>[]> => {
  const response = await caller.raw({ method: "GET", path: `/api/governance/telemetry${query}` });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
  const text = await response.text();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
};
const save = (caller: RunCaller, body: unknown) => caller.send({ method: "PUT", path: "/api/governance", body });

describe("POST /api/route with governance", () => {
  it("decides for the role's model, says so, keeps it with the receipt and recomputes to the same", async () => {
    const caller = await newRunCaller("gov-route", "read");
    const decision = dataOf(decisionSchema, await caller.post("/api/route", { task: TYPO, governance: implementer }));
    expect(decision.model).toBe(BUILDER[0]);
    expect(decision.governance).toMatchObject({ role: "builder", version: 0, attempt: 0, state: "READY" });
    const stored = dataOf(decisionSchema, await caller.get(`/api/decisions/${decision.id}`));
    expect(stored.governance).toEqual(decision.governance);
    const again = await caller.post(`/api/decisions/${decision.id}/recompute`, { task: TYPO });
    expect(Object(again.body).data).toMatchObject({ equal: true, reclassified: true, differences: [] });
    expect(await readEvents(caller)).toMatchObject([
      { role: "builder", agent: "implementer", decision_id: decision.id, model_used: BUILDER[0], outcome: null },
    ]);
  });

  it("lets the rule pick in auto mode, within the role's cost tier", async () => {
    const { post } = await newRunCaller("gov-auto", "read");
    const governance = { agent: "explorer", tier: "SMALL", mode: "auto" };
    const decision = dataOf(decisionSchema, await post("/api/route", { task: TYPO, governance }));
    expect(decision.governance).toMatchObject({ model: null, is_advisory: true });
    const most = decision.governance?.constraints?.max_prompt_usd_per_million ?? 0;
    const row = catalog.models.find(({ id }) => id === decision.model);
    expect(row?.prices.promptMicroUsdPerMillion).toBeLessThanOrEqual(most * 1_000_000);
  });

  it("takes another decision under another file, agent or none, and the same under the same", async () => {
    const caller = await newRunCaller("gov-cache", "read", "admin");
    const route = async (governance?: unknown) =>
      dataOf(decisionSchema, await caller.post("/api/route", { task: TYPO, ...(governance ? { governance } : {}) }));
    const [plain, first, second] = [await route(), await route(implementer), await route(implementer)];
    expect([first.id === second.id, first.id === plain.id]).toEqual([true, false]);
    await save(caller, defaultGovernance);
    const third = await route(implementer);
    expect([third.id === first.id, third.governance?.version]).toEqual([false, 1]);
  });

  it("falls back within the list, and is refused once it is gone", async () => {
    const caller = await newRunCaller("gov-denied", "read", "admin");
    const policy = Object((await caller.get("/api/policy")).body).data;
    const deny = (models: readonly string[]) =>
      caller.send({ method: "PUT", path: "/api/policy", body: { ...policy, deny: models } });
    await deny(BUILDER.slice(0, 1));
    const body = { task: TYPO, governance: implementer };
    const decision = dataOf(decisionSchema, await caller.post("/api/route", body));
    expect(decision.model).toBe(BUILDER[1]);
    expect(decision.governance).toMatchObject({ used_fallback: true, attempt: 1 });
    await deny(BUILDER);
    const gone = await caller.post("/api/route", body);
    expect(errorOf(gone)).toEqual([422, "NO_MODEL"]);
    expect(Object(gone.body).error.details).toMatchObject({ state: "WAITING_APPROVAL" });
    expect((await readEvents(caller)).at(-1)).toMatchObject({ waiting_approval: true, model_used: null });
    expect(errorOf(await caller.post("/api/route", { task: TYPO, governance: { agent: "nobody" } }))).toEqual([
      404,
      "NOT_FOUND",
    ]);
    const empty = await caller.post("/api/route", { task: TYPO, governance: {} });
    expect([errorOf(empty), Object(empty.body).error.details.field]).toEqual([
      [400, "MISSING_PARAM"],
      "governance.role",
    ]);
  });
});

describe("POST /api/runs with governance", () => {
  it("runs on the role's list and nothing else, beside a role block of the prompt", async () => {
    const caller = await newRunCaller("gov-runs", "run", "read");
    const run = await caller.create({ task: TYPO, mode: "single", governance: implementer, role: { persona: "none" } });
    const [step] = run.plan.steps;
    expect(step?.model?.model).toBe(BUILDER[0]);
    expect(step?.fallbacks.map(({ model }) => model)).toEqual(BUILDER.slice(1));
    expect(await readEvents(caller)).toMatchObject([{ run_id: run.id, step_id: "call-1", source: "step" }]);
    await playStep({ runId: run.id, stepId: "call-1", text: "done", microUsd: 1_234 });
    expect(await readEvents(caller)).toMatchObject([
      { outcome: "success", cost_micro_usd: 1_234, model_used: BUILDER[0], attempt: 0 },
    ]);
  });

  it("merges and judges by the roles that the file names for that", async () => {
    const { post } = await newRunCaller("gov-executor", "run", "read");
    const dry = async (body: unknown) => dataOf(runPreviewSchema, await post("/api/runs?dry_run=1", body));
    const { plan } = await dry({ task: APP, mode: "swarm", governance: implementer });
    const kinds = Object.fromEntries(plan.steps.map((step) => [step.kind, step]));
    expect(kinds.merge?.model?.model).toBe("anthropic/claude-opus-4.8");
    expect(kinds.merge?.fallbacks.map(({ model }) => model)).toEqual([
      "openai/gpt-5.5",
      "google/gemini-3.1-pro-preview",
    ]);
    expect(kinds.call?.model?.model).toBe(BUILDER[0]);
    const named = await post("/api/runs?dry_run=1", {
      ...{ task: APP, mode: "swarm", governance: implementer },
      merge: { model: "openai/gpt-5.5" },
    });
    expect([errorOf(named), Object(named.body).error.details.field]).toEqual([[400, "INVALID_PARAM"], "merge.model"]);
    const auto = await dry({ task: TYPO, mode: "cascade", governance: { ...implementer, mode: "auto" } });
    expect(auto.plan.steps.some(({ kind }) => kind === "judge")).toBe(true);
  });

  it("refuses a held decision of another agent", async () => {
    const { post } = await newRunCaller("gov-held", "run", "read");
    await post("/api/route", { task: TYPO, task_id: "T-1", governance: implementer });
    const ours = await post("/api/runs?dry_run=1", { task: TYPO, task_id: "T-1", governance: implementer });
    expect(ours.status).toBe(200);
    const other = { task: TYPO, task_id: "T-1", governance: { agent: "explorer" } };
    expect(errorOf(await post("/api/runs?dry_run=1", other))).toEqual([409, "CONFLICT"]);
  });

  it("awaits approval where all of the list are out of reach for now, and starts once somebody approves", async () => {
    const tenant = "gov-circuit";
    const caller = await newRunCaller(tenant, "run", "read");
    for (const provider of ["openrouter", "anthropic", "openai", "google"])
      unwrap(await openCircuit(await openTestDb(), { tenantId: tenant, provider, reason: "auth", nowMs: Date.now() }));
    const body = { task: TYPO, mode: "single", governance: implementer };
    expect(errorOf(await caller.post("/api/route", body))).toEqual([422, "NO_MODEL"]);
    const run = await caller.create(body);
    expect(run.status).toBe("awaiting_approval");
    expect(run.gate.reason).toContain("waits for approval");
    const waiting = { waiting_approval: true };
    expect(await readEvents(caller)).toMatchObject([waiting, { ...waiting, run_id: run.id }]);
    const approver = await newRunCaller(tenant, "approve", "read");
    const approved = await approver.post(`/api/runs/${run.id}/approve`);
    expect(Object(approved.body).data).toMatchObject({ status: "running", changed: true });
    expect((await caller.read(runSchema, `/api/runs/${run.id}`)).steps[0]?.state).toBe("ready");
  });
});

describe("telemetry", () => {
  const event = (at: number, over: Partial<GovernanceEventRow>): GovernanceEventRow => ({
    ...{ id: `gov_${over.tenantId}_${String(at).padStart(4, "0")}`, tenantId: "", source: "ask" },
    ...{ atMs: Date.now() - 1_000 + at, updatedAtMs: 1_000 + at, governanceVersion: "0", agent: "implementer" },
    ...{ role: "builder", tier: "SMALL", effectiveTier: "SMALL", mode: "deterministic" },
    ...{ modelAsked: "Claude Sonnet 4.6", modelUsed: BUILDER[0] ?? null, attempt: 0, capped: false },
    ...{ waitingApproval: false, hint: "medium", hintHonoured: true, decisionId: null, runId: null, stepId: null },
    ...{ outcome: null, costMicroUsd: null },
    ...over,
  });
  const outcomes = (tenantId: string, from: number, count: number): readonly GovernanceEventRow[] =>
    Array.from({ length: count }, (_, i) => {
      const isFallback = i % 2 === 1;
      return event(from + i, {
        tenantId,
        modelUsed: BUILDER[isFallback ? 1 : 0] ?? null,
        attempt: isFallback ? 1 : 0,
        outcome: isFallback || i % 10 === 0 ? "success" : "failure",
        costMicroUsd: 1_000,
      });
    });

  it("is told by the outcome of a decision", async () => {
    const caller = await newRunCaller("gov-outcome", "read", "feedback");
    const { id } = dataOf(decisionSchema, await caller.post("/api/route", { task: TYPO, governance: implementer }));
    await caller.post("/api/outcomes", { decision_id: id, result: "success", cost_usd: 0.5 });
    expect(await readEvents(caller)).toMatchObject([{ outcome: "success", cost_micro_usd: 500_000 }]);
    const report = dataOf(governanceReportSchema, await caller.get("/api/governance/report"));
    expect(report).toMatchObject({
      events: 1,
      outcomes: 1,
      roles: [{ role: "builder", resolutions: 1, successes: 1 }],
    });
  });

  it("suggests nothing before 50 outcomes of a role at a tier, and never changes the file", async () => {
    const caller = await newRunCaller("gov-report", "read");
    const db = await openTestDb();
    const read = async () => dataOf(governanceReportSchema, await caller.get("/api/governance/report"));
    unwrap(await saveGovernanceEvents(db, outcomes("gov-report", 0, 49)));
    expect(await read()).toMatchObject({ outcomes: 49, suggestions: [] });
    unwrap(await saveGovernanceEvents(db, outcomes("gov-report", 49, 31)));
    const { suggestions, roles } = await read();
    expect(roles[0]?.fallbacks.count).toBeGreaterThan(0);
    expect(suggestions.length).toBeGreaterThan(0);
    expect(suggestions[0]).toMatchObject({ role: "builder", tier: "SMALL" });
    expect(Object((await caller.get("/api/governance")).body).meta).toEqual({ version: 0 });
  });

  it("is exported as NDJSON, page by page, and again where something changed", async () => {
    const caller = await newRunCaller("gov-export", "read");
    unwrap(await saveGovernanceEvents(await openTestDb(), outcomes("gov-export", 0, 5)));
    const page = async (query: string) => {
      const response = await caller.raw({ method: "GET", path: `/api/governance/telemetry?limit=2${query}` });
      const text = await response.text();
      return { lines: text.split("\n").slice(0, -1), cursor: response.headers.get("x-next-cursor"), text };
    };
    const seen: string[] = [];
    let cursor = "";
    for (;;) {
      const next = await page(cursor);
      seen.push(...next.lines);
      cursor = `&cursor=${next.cursor}`;
      if (next.lines.length < 2) break;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map((line) => JSON.parse(line).id)).size).toBe(5);
    expect(JSON.parse(seen[0] ?? "")).not.toHaveProperty("tenant_id");
    expect((await page(cursor)).text).toBe("");
    await env.DB.prepare(
      "update governance_events set updated_at_ms = 9999 where tenant_id = 'gov-export' and attempt = 1",
    ).run();
    expect((await page(cursor)).lines.length).toBeGreaterThan(0);
    expect(errorOf(await caller.get("/api/governance/telemetry?cursor=nonsense"))).toEqual([400, "INVALID_PARAM"]);
    expect(errorOf(await caller.get("/api/governance/telemetry?limit=5000"))).toEqual([400, "INVALID_PARAM"]);
  });
});
