import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "../../shared/contract/door.ts";
import { MCP_TOOLS } from "../../shared/contract/mcp.ts";
import { WAIT_MOST_S } from "../../shared/contract/mcp-run-tools.ts";
import { type FakeProvider, type SeenCall, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { HANG, until } from "../fake-provider/timeline.ts";
import { makeKey } from "./make-key.ts";
import { errorOf, toValue } from "./mcp-answers.ts";
import { type Called, type CallOptions, OPEN, type TestClient } from "./mcp-clients.ts";
import { PATIENCE, START_MS } from "./patience.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

const ALL_SCOPES: readonly Scope[] = ["read", "run", "feedback", "approve"];

let provider: FakeProvider;
let host: TestHost;
const clients: TestClient[] = [];
beforeAll(async () => {
  provider = await startFakeProvider();
  host = await startRunHost({ providerUrl: provider.url });
}, START_MS);
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await host?.remove();
  await provider?.close();
});

/** Whether a call is one of a run of this task. */
const asks = ({ body }: SeenCall, task: string): boolean => JSON.stringify(body).includes(task);

/** The status of a run at its end, which a slow machine reaches only after more waits than one. */
async function waitForEnd(client: TestClient, run_id: string, toOptions = (): CallOptions => ({})): Promise<Called> {
  const wait = () => client.call("smartspawn_run_status", { run_id, wait_s: WAIT_MOST_S }, toOptions());
  let called = await wait();
  for (let waits = 1; waits < 5 && JSON.parse(called.text).state === "running"; waits += 1) called = await wait();
  return called;
}

type Way = keyof typeof OPEN;
const WAYS = Object.keys(OPEN) as Way[];

async function open(way: Way, key: string): Promise<TestClient> {
  const client = await OPEN[way]({ url: host.url, key });
  clients.push(client);
  // A client checks structured answers only against schemas that it has listed.
  await client.toolNames();
  return client;
}

describe.each(WAYS)("%s", { timeout: 300_000 }, (way) => {
  let client: TestClient;
  let approver: TestClient;
  beforeAll(async () => {
    client = await open(way, await makeKey(host, { scopes: ["read", "run", "feedback"] }));
    approver = await open(way, await makeKey(host, { scopes: ALL_SCOPES }));
  }, START_MS);

  it("lists every tool, the approving one only for keys that may approve", async () => {
    expect(await approver.toolNames()).toEqual(Object.keys(MCP_TOOLS));
    expect(await client.toolNames()).toEqual(Object.keys(MCP_TOOLS).filter((name) => name !== "spawnpoint_approve"));
    expect(client.version()).toMatch(way.startsWith("new") ? /^2026-07-28$/ : /^(2025-11-25|unknown)$/);
  });

  it("plays smart-spawn's calls: create, wait with progress, result, artifacts, list, cancel, health", async () => {
    const task = "1. Write the parser for the CSV export\n2. Write its tests";
    const { script } = provider;
    // No answer before the first word of progress: the run cannot have ended by the time somebody waits for it.
    const waited = Promise.withResolvers<void>();
    provider.script = (seen) => [until(waited.promise), ...script(seen)];
    const created = toValue(
      "smartspawn_run_create",
      await client.call("smartspawn_run_create", {
        ...{ task, mode: "collective", budget: "low", context: "typescript, nextjs", collectiveCount: 2 },
        role: { persona: "backend-engineer", stack: ["typescript"], guardrails: ["code"] },
        merge: { style: "concise" },
      }),
    );
    expect(created).toMatchObject({ status: "queued", created_at: expect.any(String), cap_usd: 5 });
    const { run_id } = created;
    /** By wait. */
    const told: number[][] = [];
    const status = await waitForEnd(client, run_id, () => {
      const heard: number[] = [];
      told.push(heard);
      const onProgress = (progress: number) => {
        heard.push(progress);
        waited.resolve();
      };
      return { onProgress };
    });
    provider.script = script;
    const { progress, ...stands } = toValue("smartspawn_run_status", status);
    expect(stands).toEqual({
      ...{ run_id, status: "completed", state: "done", last_event: "run_done" },
      updated_at: expect.any(String),
    });
    expect(progress).toEqual({ total_nodes: 3, done_nodes: 3, running_nodes: 0, failed_nodes: 0, percent: 100 });
    expect(told[0]?.length).toBeGreaterThan(0);
    for (const heard of told) expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    const result = toValue(
      "smartspawn_run_result",
      await client.call("smartspawn_run_result", { run_id, include_raw: true }),
    );
    expect(result).toMatchObject({
      status: "completed",
      merged_output: expect.any(String),
      summary: expect.any(String),
    });
    expect(result.cost).toEqual({
      ...{ prompt_tokens: expect.any(Number), completion_tokens: expect.any(Number) },
      usd_estimate: expect.any(Number),
    });
    expect(result.cost.prompt_tokens).toBeGreaterThan(0);
    expect(result.artifacts.map(({ type }: { type: string }) => type)).toEqual(["raw", "raw", "merged"]);
    expect(result.raw_outputs).toHaveLength(3);
    const ask = { run_id, node_id: "merged" };
    const merged = toValue("smartspawn_artifact_get", await client.call("smartspawn_artifact_get", ask));
    expect(merged).toMatchObject({ artifact_type: "merged", content: result.merged_output });
    expect(merged.metadata).toMatchObject({
      bytes: expect.any(Number),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await client.read(merged.metadata.path)).toBe(merged.content);
    const plan = await client.call("smartspawn_artifact_get", { run_id, node_id: "plan" });
    expect(toValue("smartspawn_artifact_get", plan).artifact_type).toBe("plan");
    const listed = await client.call("smartspawn_run_list", { status: "completed", limit: 200 });
    const { runs } = toValue("smartspawn_run_list", listed);
    expect(runs.map((run: { run_id: string }) => run.run_id)).toContain(run_id);
    const canceled = await client.call("smartspawn_run_cancel", { run_id });
    expect(toValue("smartspawn_run_cancel", canceled)).toMatchObject({ run_id, status: "completed", changed: false });
    expect(toValue("smartspawn_health", await client.call("smartspawn_health", {}))).toEqual({
      ...{ openrouter_configured: true, smart_spawn_api_reachable: true, db_writable: true },
      ...{ artifact_storage_writable: true, worker_alive: true },
    });
  });

  it("decides, judges and learns by the tools of its own, and shows decisions as resources", async () => {
    const task = `fix the flaky test of the parser, seen by the ${way}`;
    const classified = await client.call("spawnpoint_classify", { task });
    expect(toValue("spawnpoint_classify", classified).risk.label).toEqual(expect.any(String));
    const both = await client.call("spawnpoint_classify", { tasks: [task, "rename a variable"] });
    const { classifications } = toValue("spawnpoint_classify", both);
    expect(classifications).toHaveLength(2);
    expect(classifications[0]).toEqual(JSON.parse(classified.text));
    const models = toValue(
      "spawnpoint_models",
      await client.call("spawnpoint_models", { category: "coding", limit: 2 }),
    );
    expect(models.models).toHaveLength(2);
    const decision = toValue("spawnpoint_route", await client.call("spawnpoint_route", { task }));
    const read = JSON.parse(await client.read(`spawnpoint://decisions/${decision.id}`));
    expect(read).toMatchObject({ id: decision.id, model: decision.model });
    expect(await client.resources()).toContain(`spawnpoint://decisions/${decision.id}`);
    expect(await client.templates()).toEqual(["spawnpoint://decisions/{id}", "spawnpoint://runs/{run}/steps/{step}"]);
    const verdict = { decision_id: decision.id, accepted: true, source: "ci" };
    const judged = toValue("spawnpoint_verdict", await client.call("spawnpoint_verdict", verdict));
    expect(judged.status).toBe("accepted");
    const outcome = { decision_id: decision.id, result: "success", rating: 5 };
    const recorded = toValue("spawnpoint_outcome", await client.call("spawnpoint_outcome", outcome));
    expect(recorded).toMatchObject({ decision_id: decision.id, recorded: true });
  });

  it("keeps a gated decision and a gated run from the key that asked, and takes another's approval", async () => {
    const task = `refactor JWT key rotation in prod, asked by the ${way}`;
    const decision = toValue("spawnpoint_route", await approver.call("spawnpoint_route", { task }));
    expect(decision.gate.requires_approval).toBe(true);
    const own = await approver.call("spawnpoint_approve", { decision_id: decision.id });
    expect(errorOf(own)).toMatchObject({ code: "FORBIDDEN" });
    const other = await open(way, await makeKey(host, { scopes: ["read", "approve"] }));
    const given = await other.call("spawnpoint_approve", { decision_id: decision.id, note: "looked at it" });
    expect(toValue("spawnpoint_approve", given)).toMatchObject({ decision_id: decision.id });
    const gated = { task: `${task}, as a run`, mode: "single" };
    const run = toValue("smartspawn_run_create", await approver.call("smartspawn_run_create", gated));
    expect(run).toMatchObject({ status: "queued", state: "awaiting_approval", requires_approval: true });
    const { run_id } = run;
    expect(errorOf(await approver.call("spawnpoint_approve", { run_id }))).toMatchObject({ code: "FORBIDDEN" });
    expect(toValue("spawnpoint_approve", await other.call("spawnpoint_approve", { run_id }))).toMatchObject({ run_id });
    const ended = await waitForEnd(other, run_id);
    expect(toValue("smartspawn_run_status", ended)).toMatchObject({ status: "completed" });
  });

  it("refuses bad input in words, scopes that are missing, tools that are none", async () => {
    const bad = await client.call("smartspawn_run_create", { task: "x", mode: "single", budget: "gold" });
    expect(errorOf(bad)).toEqual({
      ...{ error: 'Cannot read budget "gold": expected low, medium, high or any', code: "INVALID_PARAM" },
      details: { field: "budget" },
    });
    const extra = await client.call("smartspawn_run_create", { task: "x", mode: "single", surprise: 1 });
    expect(errorOf(extra).error).toBe('Cannot read field "surprise": there is no such field');
    const both = { decision_id: "a", run_id: "b", accepted: true, source: "ci" };
    expect(errorOf(await client.call("spawnpoint_verdict", both))).toMatchObject({ code: "INVALID_PARAM" });
    const reader = await open(way, await makeKey(host, { scopes: ["read"] }));
    const task = `refused to the ${way}`;
    const refused = await reader.call("smartspawn_run_create", { task, mode: "single" });
    expect(errorOf(refused).error).toContain("scope run");
    const unlisted = await reader.call("spawnpoint_approve", { run_id: "run_x" });
    expect(errorOf(unlisted).error).toContain("scope approve");
    const rated = await reader.call("spawnpoint_outcome", { decision_id: "dec_x", result: "success" });
    expect(errorOf(rated).error).toContain("scope feedback");
    expect(provider.calls.filter((call) => asks(call, task))).toEqual([]);
    await expect(client.call("constructor", {})).rejects.toThrow("There is no such tool");
  });

  it("answers a foreign run and decision as it does unknown ones", async () => {
    const run = toValue(
      "smartspawn_run_create",
      await client.call("smartspawn_run_create", { task: `explain it to the ${way}`, mode: "single" }),
    );
    const stranger = await open(way, await makeKey(host, { scopes: ALL_SCOPES, tenantId: `stranger ${way}` }));
    const asks = [
      ["smartspawn_run_status", {}],
      ["smartspawn_run_status", { wait_s: 5 }],
      ["smartspawn_run_result", {}],
      ["smartspawn_run_cancel", {}],
      ["smartspawn_artifact_get", { node_id: "merged" }],
      ["smartspawn_artifact_get", { node_id: "plan" }],
      ["smartspawn_artifact_get", { node_id: "call-1" }],
      ["spawnpoint_approve", {}],
      ["spawnpoint_verdict", { accepted: true, source: "ci" }],
    ] as const;
    const unknown = `run_${"0".repeat(26)}`;
    for (const [tool, args] of asks) {
      const foreign = await stranger.call(tool, { ...args, run_id: run.run_id });
      const none = await stranger.call(tool, { ...args, run_id: unknown });
      expect(errorOf(foreign)).toMatchObject({ code: "NOT_FOUND" });
      expect(foreign.text.replaceAll(run.run_id, unknown)).toBe(none.text);
    }
    expect(toValue("smartspawn_run_list", await stranger.call("smartspawn_run_list", {})).runs).toEqual([]);
    const reads = [`runs/${run.run_id}/steps/call-1`, `decisions/${run.decision_id}`];
    for (const path of reads) await expect(stranger.read(`spawnpoint://${path}`)).rejects.toThrow(/Cannot find/);
    await expect(stranger.read("file:///etc/passwd")).rejects.toThrow(/Cannot find/);
  });

  it("starts one run for one idempotency key", async () => {
    const args = { task: `once for the ${way}`, mode: "single", idempotency_key: `once ${way}`.replaceAll(" ", "-") };
    const made = await Promise.all([1, 2, 3].map(() => client.call("smartspawn_run_create", args)));
    const again = toValue("smartspawn_run_create", await client.call("smartspawn_run_create", args));
    for (const one of made.filter(({ isError }) => !isError)) expect(JSON.parse(one.text).run_id).toBe(again.run_id);
    for (const one of made.filter(({ isError }) => isError)) expect(errorOf(one)).toMatchObject({ code: "CONFLICT" });
    const other = await client.call("smartspawn_run_create", { ...args, task: "something else" });
    expect(errorOf(other)).toMatchObject({ code: "KEY_REUSED" });
  });

  it("cancels a run whose provider is silent, and leaves the provider", async () => {
    const { script, calls } = provider;
    const args = { task: `never done for the ${way}`, mode: "single" };
    // Runs of the tests before this one may still be asking.
    provider.script = (seen) => (asks(seen, args.task) ? [HANG] : script(seen));
    const mine = () => calls.filter((call) => asks(call, args.task));
    const { run_id } = toValue("smartspawn_run_create", await client.call("smartspawn_run_create", args));
    await expect.poll(() => mine().length, PATIENCE).toBe(1);
    provider.script = script;
    const waiting = client.call("smartspawn_run_status", { run_id, wait_s: WAIT_MOST_S });
    const canceled = toValue("smartspawn_run_cancel", await client.call("smartspawn_run_cancel", { run_id }));
    expect(canceled).toEqual({ run_id, status: "canceled", state: "canceled", changed: true });
    expect(toValue("smartspawn_run_status", await waiting)).toMatchObject({ status: "canceled", state: "canceled" });
    await expect.poll(() => mine()[0]?.wasAbandoned, PATIENCE).toBe(true);
    const again = toValue("smartspawn_run_cancel", await client.call("smartspawn_run_cancel", { run_id }));
    expect(again).toMatchObject({ status: "canceled", changed: false });
  });

  it("leaves a wait that is cancelled, and answers on", async () => {
    const task = `wait for the ${way}: refactor JWT key rotation in prod`;
    const { script } = provider;
    const args = { task: `slowly ${way}`, mode: "single" };
    // No answer before the wait is left: nothing but leaving can end it.
    const left = Promise.withResolvers<void>();
    provider.script = (seen) => (asks(seen, args.task) ? [until(left.promise), ...script(seen)] : script(seen));
    const run = toValue("smartspawn_run_create", await client.call("smartspawn_run_create", args));
    const leaving = new AbortController();
    const waiting = client.call(
      "smartspawn_run_result",
      { run_id: run.run_id, wait_s: WAIT_MOST_S },
      { signal: leaving.signal, onProgress: () => leaving.abort(new Error("enough")) },
    );
    await expect(waiting).rejects.toThrow();
    left.resolve();
    // The run goes on: a wait is not what it lives by.
    const ended = await waitForEnd(client, run.run_id);
    provider.script = script;
    expect(toValue("smartspawn_run_status", ended)).toMatchObject({ status: "completed" });
    expect(toValue("spawnpoint_classify", await client.call("spawnpoint_classify", { task })).engine).toBe("onnx");
  });

  it("answers 100 calls at once, each its own", async () => {
    const tasks = Array.from({ length: 100 }, (_, i) => `fix the parser, case ${i}${" and more".repeat(i)}`);
    const answers = await Promise.all(tasks.map((task) => client.call("spawnpoint_classify", { task })));
    const tokens = answers.map((answer) => toValue("spawnpoint_classify", answer).tokens);
    // Longer texts have more pieces, up to the cap: an answer that belongs to another call would stand out of order.
    expect(tokens).toEqual([...tokens].sort((a, b) => a - b));
    expect(new Set(tokens).size).toBeGreaterThan(50);
  });
});
