import { afterAll, expect, it } from "vitest";
import { PATIENCE, START_MS } from "./patience.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

const hosts: TestHost[] = [];
afterAll(async () => {
  for (const host of hosts) await host.remove();
});

async function start(stateDir?: string): Promise<TestHost> {
  // Whoever waits for long asks often.
  const env = { RATE_LIMIT_PER_MINUTE: "off" };
  const host = await startTestHost(stateDir === undefined ? { env } : { env, stateDir });
  hosts.push(host);
  return host;
}

async function call(host: TestHost, method: string, path: string, body?: unknown) {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(`${host.url}${path}`, { method, headers, ...init });
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as { data: Record<string, unknown>; meta?: Record<string, unknown> };
}

it("keeps decisions, the kickoff lock, keys and the policy through kill -9", { timeout: START_MS }, async () => {
  const before = await start();
  const task = { task: "move the session store to Redis", task_id: "P-1" };
  const decided = await call(before, "POST", "/api/route", task);
  expect(decided.data.classification).toMatchObject({ engine: "onnx" });
  const { data: policy } = await call(before, "GET", "/api/policy");
  await call(before, "PUT", "/api/policy", { ...policy, preset: "quality" });
  await before.stop("SIGKILL");

  const after = await start(before.stateDir);
  expect(after.key).toBe(before.key);
  const again = await call(after, "POST", "/api/route", task);
  expect(again).toEqual({ data: decided.data, meta: { cached: true } });
  const read = await call(after, "GET", "/api/policy");
  expect(read.data.preset).toBe("quality");
  expect(read.meta?.version).toBe(1);
  const recomputed = await call(after, "POST", `/api/decisions/${decided.data.id}/recompute`);
  expect(recomputed.data.equal).toBe(true);
});

it("answers a probe through the queue", { timeout: START_MS }, async () => {
  const host = await start();
  const { data } = await call(host, "POST", "/api/status/probe");
  const probe = async () => (await call(host, "GET", `/api/status/probe/${data.probe_id}`)).data;
  await expect.poll(probe, PATIENCE).toEqual({ state: "done", fault: null });
});
