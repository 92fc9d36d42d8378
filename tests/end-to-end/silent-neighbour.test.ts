import { afterAll, beforeAll, expect, test } from "vitest";
import { echo, type FakeProvider, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { HANG } from "../fake-provider/timeline.ts";
import { PATIENCE, START_MS } from "./patience.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

let provider: FakeProvider;
let host: TestHost;
beforeAll(async () => {
  provider = await startFakeProvider();
  // No sweep sends a step again while this lasts: whoever goes on does so by its own message.
  host = await startRunHost({ providerUrl: provider.url, env: { STALE_AFTER_MS: "3600000" } });
}, START_MS);
afterAll(async () => {
  await host?.remove();
  await provider?.close();
});

async function ask(path: string, body?: object): Promise<{ readonly id: string; readonly status: string }> {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const answer = await fetch(`${host.url}${path}`, { headers, ...request });
  const { data } = (await answer.json()) as { readonly data: { readonly id: string; readonly status: string } };
  return data;
}

/** More than a batch of the queue carries. */
const HUNG = 7;

test("runs go on beside calls that fall silent, and after those are canceled", async () => {
  for (const cycle of [1, 2]) {
    const from = provider.calls.length;
    provider.script = () => [HANG];
    const hung = await Promise.all(
      Array.from({ length: HUNG }, (_, i) => ask("/api/runs", { task: `Fall silent ${cycle} ${i}`, mode: "single" })),
    );
    await expect.poll(() => provider.calls.length - from, PATIENCE).toBe(HUNG);
    provider.script = echo;
    const left = () => provider.calls.slice(from, from + HUNG).filter(({ endedAtMs }) => endedAtMs === null).length;
    for (const mode of ["single", "collective"]) {
      const { id } = await ask("/api/runs", { task: `Go on ${cycle}`, mode });
      const status = async (): Promise<string> => (await ask(`/api/runs/${id}`)).status;
      await expect.poll(status, PATIENCE).toBe("done");
    }
    // All of that beside calls that were silent to the end of it.
    expect(left()).toBe(HUNG);
    for (const { id } of hung) expect((await ask(`/api/runs/${id}/cancel`, {})).status).toBe("canceled");
    await expect.poll(left, PATIENCE).toBe(0);
  }
}, 300_000);
