import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Scope } from "../../shared/contract/door.ts";
import { MCP_TOOLS } from "../../shared/contract/mcp.ts";
import { type FakeProvider, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { HANG, until } from "../fake-provider/timeline.ts";
import { errorOf, toValue } from "./mcp-answers.ts";
import { OPEN, type TestClient } from "./mcp-clients.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const ALL_SCOPES: readonly Scope[] = ["read", "run", "feedback", "approve"];
/** Long enough for a run of a few fast steps on a busy machine. */
const WAIT_S = 40;
const POLL = { timeout: 30_000, interval: 200 };

let provider: FakeProvider;
let host: TestHost;
const clients: TestClient[] = [];
beforeAll(async () => {
  provider = await startFakeProvider();
  host = await startRunHost({ providerUrl: provider.url });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await host?.remove();
  await provider?.close();
});

async function makeKey(scopes: readonly Scope[], tenant = "default"): Promise<string> {
  const args = ["create", "--scope", scopes.join(","), "--tenant", tenant, "--name", "mcp"];
  const env = { ...process.env, STATE_DIR: host.stateDir };
  const child = spawn(process.execPath, [join(ROOT, "scripts", "key.ts"), ...args], { env });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  await new Promise((resolve) => child.on("close", resolve));
  const [key] = /\bsp_\w{38}/.exec(output) ?? [];
  if (key === undefined) throw new Error(`no key was made: ${output}`);
  return key;
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

describe.each(WAYS)("%s", (way) => {
  let client: TestClient;
  let approver: TestClient;
  beforeAll(async () => {
    client = await open(way, await makeKey(["read", "run", "feedback"]));
    approver = await open(way, await makeKey(ALL_SCOPES));
  });

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
    const told: number[] = [];
    const onProgress = (progress: number) => {
      told.push(progress);
      waited.resolve();
    };
    const status = await client.call("smartspawn_run_status", { run_id, wait_s: WAIT_S }, { onProgress });
    provider.script = script;
    const { progress, ...stands } = toValue("smartspawn_run_status", status);
    expect(stands).toEqual({
      ...{ run_id, status: "completed", state: "done", last_event: "run_done" },
      updated_at: expect.any(String),
    });
    expect(progress).toEqual({ total_nodes: 3, done_nodes: 3, running_nodes: 0, failed_nodes: 0, percent: 100 });
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
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
    const other = await open(way, await makeKey(["read", "approve"]));
    const given = await other.call("spawnpoint_approve", { decision_id: decision.id, note: "looked at it" });
    expect(toValue("spawnpoint_approve", given)).toMatchObject({ decision_id: decision.id });
    const gated = { task: `${task}, as a run`, mode: "single" };
    const run = toValue("smartspawn_run_create", await approver.call("smartspawn_run_create", gated));
    expect(run).toMatchObject({ status: "queued", state: "awaiting_approval", requires_approval: true });
    const { run_id } = run;
    expect(errorOf(await approver.call("spawnpoint_approve", { run_id }))).toMatchObject({ code: "FORBIDDEN" });
    expect(toValue("spawnpoint_approve", await other.call("spawnpoint_approve", { run_id }))).toMatchObject({ run_id });
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
    const reader = await open(way, await makeKey(["read"]));
    const before = provider.calls.length;
    const refused = await reader.call("smartspawn_run_create", { task: "x", mode: "single" });
    expect(errorOf(refused).error).toContain("scope run");
    const unlisted = await reader.call("spawnpoint_approve", { run_id: "run_x" });
    expect(errorOf(unlisted).error).toContain("scope approve");
    const rated = await reader.call("spawnpoint_outcome", { decision_id: "dec_x", result: "success" });
    expect(errorOf(rated).error).toContain("scope feedback");
    expect(provider.calls).toHaveLength(before);
    await expect(client.call("constructor", {})).rejects.toThrow("There is no such tool");
  });

  it("answers a foreign run and decision as it does unknown ones", async () => {
    const run = toValue(
      "smartspawn_run_create",
      await client.call("smartspawn_run_create", { task: `explain it to the ${way}`, mode: "single" }),
    );
    const stranger = await open(way, await makeKey(ALL_SCOPES, `stranger ${way}`));
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
    const before = calls.length;
    provider.script = () => [HANG];
    const args = { task: `never done for the ${way}`, mode: "single" };
    const { run_id } = toValue("smartspawn_run_create", await client.call("smartspawn_run_create", args));
    await expect.poll(() => calls.length, POLL).toBe(before + 1);
    provider.script = script;
    const waiting = client.call("smartspawn_run_status", { run_id, wait_s: WAIT_S });
    const canceled = toValue("smartspawn_run_cancel", await client.call("smartspawn_run_cancel", { run_id }));
    expect(canceled).toEqual({ run_id, status: "canceled", state: "canceled", changed: true });
    expect(toValue("smartspawn_run_status", await waiting)).toMatchObject({ status: "canceled", state: "canceled" });
    await expect.poll(() => calls[before]?.wasAbandoned, POLL).toBe(true);
    const again = toValue("smartspawn_run_cancel", await client.call("smartspawn_run_cancel", { run_id }));
    expect(again).toMatchObject({ status: "canceled", changed: false });
  });

  it("leaves a wait that is cancelled, and answers on", async () => {
    const task = `wait for the ${way}: refactor JWT key rotation in prod`;
    const { script } = provider;
    provider.script = (seen) => [{ do: "wait", ms: 6_000 }, ...script(seen)];
    const args = { task: `slowly ${way}`, mode: "single" };
    const run = toValue("smartspawn_run_create", await client.call("smartspawn_run_create", args));
    const leaving = new AbortController();
    const startedMs = Date.now();
    const waiting = client.call(
      "smartspawn_run_result",
      { run_id: run.run_id, wait_s: WAIT_S },
      { signal: leaving.signal, onProgress: () => leaving.abort(new Error("enough")) },
    );
    setTimeout(() => leaving.abort(new Error("enough")), 4_000);
    await expect(waiting).rejects.toThrow();
    expect(Date.now() - startedMs).toBeLessThan(20_000);
    provider.script = script;
    // The run goes on: a wait is not what it lives by.
    const ended = await client.call("smartspawn_run_status", { run_id: run.run_id, wait_s: WAIT_S });
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
