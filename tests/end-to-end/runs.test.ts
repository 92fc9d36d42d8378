import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeProvider, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

let provider: FakeProvider;
let host: TestHost;
beforeAll(async () => {
  provider = await startFakeProvider();
  host = await startRunHost({ providerUrl: provider.url });
});
afterAll(async () => {
  await host?.remove();
  await provider?.close();
});

interface Told {
  readonly id: string;
  readonly status: string;
  readonly steps: readonly { readonly state: string; readonly calls: number }[];
  readonly cost: { readonly spent_usd: number; readonly reserved_usd: number };
}

async function ask(path: string, body?: object): Promise<Told> {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${host.url}${path}`, { headers, ...request });
  const { data } = (await answer.json()) as { readonly data: Told };
  return data;
}

const TASK = "1. Write the parser for the CSV export\n2. Write its tests\n3. Document the format in the README";

test.each([
  ["single", 1],
  ["collective", 3],
  ["cascade", 2],
  ["plan", 2],
  ["swarm", 2],
])("a run of mode %s goes from the door to its result, through queue, database and provider", async (mode, atLeast) => {
  const before = provider.calls.length;
  const { id } = await ask("/api/runs", { task: TASK, mode });
  await expect.poll(async () => (await ask(`/api/runs/${id}`)).status, { timeout: 30_000, interval: 200 }).toBe("done");
  const run = await ask(`/api/runs/${id}`);
  const made = provider.calls.length - before;
  expect(made).toBeGreaterThanOrEqual(atLeast);
  expect(run.steps.reduce((sum, { calls }) => sum + calls, 0)).toBe(made);
  expect(run.cost.reserved_usd).toBe(0);
  expect(run.cost.spent_usd).toBeGreaterThan(0);
});
