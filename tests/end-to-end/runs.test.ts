import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { playRoles, roleOf, toVerdict } from "../fake-provider/play-roles.ts";
import { refuse, WIRES } from "../fake-provider/speech.ts";
import { type FakeProvider, startFakeProvider } from "../fake-provider/start-fake-provider.ts";
import { PATIENCE, START_MS } from "./patience.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

interface Told {
  readonly id: string;
  readonly status: string;
  readonly output: string | null;
  readonly steps: readonly { readonly state: string; readonly calls: number }[];
  readonly cost: { readonly spent_usd: number; readonly reserved_usd: number };
}

const TASK = "1. Write the parser for the CSV export\n2. Write its tests\n3. Document the format in the README";
const MODES = [
  ["single", 1],
  ["collective", 3],
  ["cascade", 2],
  ["plan", 2],
  ["swarm", 2],
] as const;

describe.each(WIRES)("over the wire format of %s,", { timeout: 300_000 }, (wire) => {
  let provider: FakeProvider;
  let host: TestHost;
  beforeAll(async () => {
    provider = await startFakeProvider();
    host = await startRunHost({ providerUrl: provider.url, wire });
  }, START_MS);
  afterAll(async () => {
    await host?.remove();
    await provider?.close();
  });

  async function ask(path: string, body?: object): Promise<Told> {
    const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
    const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const answer = await fetch(`${host.url}${path}`, { headers, ...request });
    const { data } = (await answer.json()) as { readonly data: Told };
    return data;
  }

  /** Until it stands there; its state, its result and the calls that were made for it. */
  async function waitFor(id: string, status: string, from: number) {
    await expect.poll(async () => (await ask(`/api/runs/${id}`)).status, PATIENCE).toBe(status);
    const calls = provider.calls.slice(from);
    expect(calls.every((call) => call.wire === wire && call.isStreaming)).toBe(true);
    return { run: await ask(`/api/runs/${id}`), result: await ask(`/api/runs/${id}/result`), calls };
  }

  test("runs of all five modes go from the door to their results, side by side", async () => {
    provider.script = playRoles({});
    const from = provider.calls.length;
    const made = await Promise.all(MODES.map(([mode]) => ask("/api/runs", { task: TASK, mode })));
    let counted = 0;
    for (const [i, { id }] of made.entries()) {
      const { run, result } = await waitFor(id, "done", from);
      const calls = run.steps.reduce((sum, step) => sum + step.calls, 0);
      expect(calls).toBeGreaterThanOrEqual(MODES[i]?.[1] ?? 1);
      expect(run.cost.reserved_usd).toBe(0);
      expect(run.cost.spent_usd).toBeGreaterThan(0);
      expect(result.output).not.toBeNull();
      counted += calls;
    }
    expect(provider.calls.length - from).toBe(counted);
  });

  test("a collective whose branch and its stand-ins fail merges what was paid for", async () => {
    const own = playRoles({ merge: "of those that answered" });
    const from = provider.calls.length;
    let broken: string | null = null;
    provider.script = (call) => {
      if (roleOf(call) === "work") broken ??= call.model;
      return roleOf(call) === "work" && call.model === broken ? refuse(call.wire, { status: 422 }) : own(call);
    };
    const { id } = await ask("/api/runs", { task: TASK, mode: "collective", count: 3 });
    const { run, result } = await waitFor(id, "done", from);
    expect(run.steps.map(({ state }) => state).sort()).toEqual(["done", "done", "done", "failed"]);
    expect(result.output).toBe("of those that answered");
  });

  test("a cascade escalates what its judge rejects", async () => {
    provider.script = playRoles({ judge: (call) => toVerdict(call, 1) });
    const from = provider.calls.length;
    const { id } = await ask("/api/runs", { task: TASK, mode: "cascade" });
    const { calls } = await waitFor(id, "done", from);
    expect(calls.filter((call) => roleOf(call) === "work").length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(calls[2]?.body)).toContain("rejected answer");
  });

  test("a cascade waits for the verdict from outside and hands its evidence to the next model", async () => {
    provider.script = playRoles({});
    const from = provider.calls.length;
    const { id } = await ask("/api/runs", { task: TASK, mode: "cascade", verifier: "external" });
    await waitFor(id, "awaiting_verdict", from);
    expect(provider.calls.length - from).toBe(1);
    await ask(`/api/runs/${id}/verdict`, { accepted: false, source: "ci", evidence: "test_parse FAILED at line 7" });
    await expect.poll(() => provider.calls.length - from, PATIENCE).toBe(2);
    expect(JSON.stringify(provider.calls.at(-1)?.body)).toContain("test_parse FAILED at line 7");
    // A chain of three waits again.
    const isMoving = async (): Promise<boolean> => (await ask(`/api/runs/${id}`)).status === "running";
    await expect.poll(isMoving, PATIENCE).toBe(false);
    const { status } = await ask(`/api/runs/${id}`);
    if (status === "awaiting_verdict") await ask(`/api/runs/${id}/verdict`, { accepted: true, source: "person" });
    await waitFor(id, "done", from);
  });
});
