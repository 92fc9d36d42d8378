import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import { planSingle } from "../../shared/run/plan/single.ts";
import { toCore } from "../../shared/run/testing/made-run.ts";
import type { Db } from "../platform/d1/open-db.ts";
import { deleteProviderKey, saveProviderKey } from "../platform/d1/provider-keys-store.ts";
import type { EgressRules } from "../platform/egress-rules.ts";
import { makeSealer, toCallbackSecret } from "../platform/seal.ts";
import { openTestDb } from "../platform/testing/test-database.ts";
import { unwrap } from "../platform/testing/unwrap.ts";
import { isSignedAsStandard } from "../platform/verify-signature.ts";
import { bindProviders } from "./bind-providers.ts";
import { DEFAULT_ENDPOINTS } from "./providers/endpoint.ts";
import { checkBooks, makeExecutor, SECRET } from "./testing/made-executor.ts";

let db: Db;
beforeAll(async () => {
  db = await openTestDb();
});

const core = toCore();
const told = planSingle(core, { deliver: true });
const plain = planSingle(core, { deliver: false });
const HOOK = "https://hooks.example.com/done?token=hook-canary";

interface Heard {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** The executor's real ways out, with the network of a test behind them. */
function makeWays(answer: (heard: Heard) => Response | Promise<Response>, nowMs: () => number) {
  const heard: Heard[] = [];
  const fetch: EgressRules["fetch"] = async (url, init) => {
    const one = { url, headers: new Headers(init.headers), body: String(init.body) };
    heard.push(one);
    return answer(one);
  };
  const outside = {
    ...{ db, sealer: makeSealer(SECRET), masterSecret: SECRET, endpoints: DEFAULT_ENDPOINTS, keys: new Map() },
    ...{ callbackHosts: ["hooks.example.com"], allowLoopbackHttp: false, fetch, nowMs },
  };
  return { heard, ...bindProviders(outside) };
}

async function tell(tenantId: string, answer: (heard: Heard) => Response | Promise<Response>, url = HOOK) {
  const clock = { nowMs: () => 0 };
  const ways = makeWays(answer, () => clock.nowMs());
  const executor = makeExecutor(db, () => "answer-canary", { sendCallback: ways.sendCallback });
  clock.nowMs = () => executor.clock.nowMs;
  const startedMs = executor.clock.nowMs;
  const runId = await executor.accept(told, { tenantId, texts: { callback: { url }, task: "prompt-canary" } });
  await executor.drain();
  const seen = await executor.look(runId, tenantId);
  return { executor, ways, runId, seen, tookMs: executor.clock.nowMs - startedMs };
}

describe("a callback", () => {
  test("verifies under the tenant's own secret alone, and says nothing of task, answer or address", async () => {
    const { ways, runId, executor } = await tell("tell_signed", () => new Response(null, { status: 204 }));
    const [one, ...more] = ways.heard;
    if (one === undefined) throw new Error("nothing was sent");
    expect(more).toEqual([]);
    const headerOf = (name: string) => one.headers.get(`webhook-${name}`);
    const signed = { id: headerOf("id"), timestamp: headerOf("timestamp"), signature: headerOf("signature") };
    const isSigned = async (body: string, tenantId: string, nowMs = executor.clock.nowMs) =>
      isSignedAsStandard(Uint8Array.from(new TextEncoder().encode(body)), signed, {
        secrets: [await toCallbackSecret(SECRET, tenantId)],
        nowMs,
      });
    expect(await isSigned(one.body, "tell_signed")).toBe(true);
    expect(await isSigned(one.body, "tell_other")).toBe(false);
    expect(await isSigned(one.body.replace("done", "failed"), "tell_signed")).toBe(false);
    expect(await isSigned(one.body, "tell_signed", executor.clock.nowMs + 600_000)).toBe(false);
    expect(one.body).not.toContain("canary");
    expect(JSON.parse(one.body)).toEqual({
      type: "run.ended",
      timestamp: expect.any(String),
      data: { run_id: runId, state: "done", complete: true, cost_usd: 0.00015, decision_id: null },
    });
  });

  test.each([
    ["500", () => new Response("no", { status: 500 })],
    ["a redirect", () => new Response(null, { status: 307, headers: { location: "https://evil.example/" } })],
    ["no connection", () => Promise.reject(new TypeError("refused"))],
  ])("to a receiver that answers %s is tried five times under one id, and the run has ended all the while", async (name, answer) => {
    const tenantId = `tell_dead_${name.replaceAll(" ", "_")}`;
    const { ways, seen, runId, tookMs, executor } = await tell(tenantId, answer);
    expect(new Set(ways.heard.map(({ headers }) => headers.get("webhook-id")))).toEqual(new Set([`${runId}_deliver`]));
    expect([ways.heard.length, new Set(ways.heard.map(({ url }) => url)).size]).toEqual([5, 1]);
    expect(seen.run.state).toBe("done");
    expect(seen.states).toEqual({ "call-1": "done", deliver: "failed" });
    expect((seen.run.endedAtMs ?? 0) - seen.run.createdAtMs).toBeLessThan(1_000);
    expect(tookMs).toBeGreaterThan(750_000);
    expect([await executor.output(runId, "call-1", tenantId), checkBooks(seen)]).toEqual(["answer-canary", true]);
  });

  test("that is taken at the third try is not sent again", async () => {
    let tries = 0;
    const { ways, seen } = await tell("tell_third", () => new Response(null, { status: ++tries < 3 ? 503 : 200 }));
    expect([ways.heard.length, seen.states.deliver]).toEqual([3, "done"]);
  });

  test.each([
    "https://evil.example/",
    "http://hooks.example.com/",
    "https://hooks.example.com:444/",
    "https://169.254.169.254/",
  ])("goes nowhere where the stored address is %s by then", async (url) => {
    const { ways, seen } = await tell("tell_moved", () => new Response(null, { status: 204 }), url);
    expect([ways.heard.length, seen.run.state, seen.states.deliver]).toEqual([0, "done", "failed"]);
  });
});

describe("a provider key that is gone", () => {
  test("fails a run that was accepted with it, unsent and unbilled; another tenant's is never taken instead", async () => {
    const of = { tenantId: "gone_key", provider: "openrouter" };
    const sealer = makeSealer(SECRET);
    const save = async (tenantId: string) => {
      const sealed = await sealer.seal({
        purpose: "provider_key",
        id: `${tenantId}/openrouter`,
        text: `sk-${tenantId}`,
      });
      unwrap(await saveProviderKey(db, { ...of, tenantId, sealed, last4: "", savedBy: "k", nowMs: 1 }));
    };
    await save("gone_key");
    await save("kept_key");
    const ways = makeWays(
      () => Response.json({ choices: [{ message: { content: "hi" }, finish_reason: "stop" }] }),
      () => 1,
    );
    const executor = makeExecutor(db, () => "never", { callModel: ways.callModel });
    const runId = await executor.accept(plain, of);
    const kept = await executor.accept(plain, { tenantId: "kept_key" });
    expect(unwrap(await deleteProviderKey(db, of))).toBe(true);
    await executor.drain();
    const seen = await executor.look(runId, "gone_key");
    expect([seen.run.state, seen.run.budget.spentMicroUsd, seen.steps[0]?.failure]).toEqual(["failed", 0, "no_key"]);
    expect((await executor.look(kept, "kept_key")).run.state).toBe("done");
    expect(new Set(ways.heard.map(({ headers }) => headers.get("authorization")))).toEqual(
      new Set(["Bearer sk-kept_key"]),
    );
    const { results } = await env.DB.prepare("select * from run_events where run_id = ?").bind(runId).all();
    expect(JSON.stringify(results)).not.toContain("sk-");
  });
});
