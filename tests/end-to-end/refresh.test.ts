import { setTimeout as delay } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { offer } from "../fake-sources/made-market.ts";
import { CATEGORIES, TABLE } from "../fake-sources/replay-plans.ts";
import { endless, type ReplayServer, send, startReplayServer } from "../fake-sources/replay-server.ts";
import { sourceEnv } from "../fake-sources/source-env.ts";
import { killMidWrite } from "./kill-mid-write.ts";
import { PATIENCE } from "./patience.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

const hosts: TestHost[] = [];
const servers: ReplayServer[] = [];
afterAll(async () => {
  for (const host of hosts) await host.remove();
  for (const server of servers) await server.close();
});

async function start(env: Readonly<Record<string, string>>): Promise<TestHost> {
  // Whoever waits for long asks often.
  const host = await startTestHost({ env: { ...env, RATE_LIMIT_PER_MINUTE: "off" } });
  hosts.push(host);
  return host;
}

async function startServer(): Promise<ReplayServer> {
  const server = await startReplayServer();
  servers.push(server);
  return server;
}

interface Answered {
  readonly status: number;
  readonly body: { readonly data: Record<string, unknown>; readonly error?: { readonly code: string } };
  readonly retryAfter: string | null;
}

async function call(host: TestHost, path: string, body?: unknown): Promise<Answered> {
  const headers = { authorization: `Bearer ${host.key}`, "content-type": "application/json" };
  const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${host.url}${path}`, { headers, ...init });
  const retryAfter = response.headers.get("retry-after");
  return { status: response.status, body: (await response.json()) as Answered["body"], retryAfter };
}

/** Asks for a refresh and answers the status once it is over. */
async function refresh(host: TestHost): Promise<Answered["body"]["data"]> {
  const before = (await call(host, "/api/status")).body.data.lastRefresh;
  const asked = await call(host, "/api/refresh", {});
  expect(asked.body).toEqual({ data: { started: true, estimatedSeconds: 30 } });
  for (const endMs = Date.now() + PATIENCE.timeout; Date.now() < endMs; await delay(PATIENCE.interval)) {
    const { data } = (await call(host, "/api/status")).body;
    if (data.refreshing === false && data.lastRefresh !== before && data.lastRefresh !== null) return data;
  }
  throw new Error(`the refresh came to no end:\n${host.output()}`);
}

const statesOf = (status: Answered["body"]["data"]): Record<string, string> =>
  Object.fromEntries(
    Object.entries(status.sources as Record<string, { status: string; error?: string }>).map(([name, source]) => [
      name,
      source.status === "ok" ? "ok" : `${source.status} ${source.error?.split(":")[0] ?? ""}`.trim(),
    ]),
  );

describe("POST /api/refresh", { timeout: 400_000 }, () => {
  it("on a machine without network says so of every source, and picks go on from the shipped catalogue", async () => {
    // Nothing listens on the discard port.
    const host = await start(sourceEnv("http://127.0.0.1:9"));
    const shipped = (await call(host, "/api/status")).body.data;
    expect(shipped.message).toContain("No source was asked yet");
    const status = await refresh(host);
    expect(status).toMatchObject({
      status: "degraded",
      last_refresh: { outcome: "unreachable" },
      catalog: { version: (shipped.catalog as { version: string }).version, origin: "embedded" },
    });
    expect(status.message).toContain("none of 7 sources could be read");
    expect(status.message).toContain("the catalogue that ships");
    const { "hf-leaderboard": retired, ...asked } = statesOf(status);
    expect([retired, new Set(Object.values(asked))]).toEqual([
      "off retired; not scheduled",
      new Set(["failed unavailable"]),
    ]);
    expect((await call(host, "/api/pick?task=coding")).status).toBe(200);
    expect((await call(host, "/api/route", { task: "Fix the login button" })).status).toBe(200);
  });

  it("through hostile sources gives right rows or a typed fault for each, in the workers' own runtime", async () => {
    const server = await startServer();
    const other = await startServer();
    offer(server, { models: 200, price: 100 });
    server.replies.set("/aa", send("", { status: 410 }));
    server.replies.set("/filter", send("", { status: 429, headers: { "retry-after": "3600" } }));
    server.replies.set("/table_2026_01_08.csv", send(TABLE.slice(0, -8)));
    server.replies.set("/categories_2026_01_08.json", send(CATEGORIES));
    server.replies.set("/aider", send("<!doctype html><title>Sign in</title>"));
    server.replies.set("/epoch", endless(server, 200 * 1024 * 1024));
    server.replies.set("/models-dev", send("", { status: 302, headers: { location: `${other.url}/models-dev` } }));
    const host = await start(sourceEnv(server.url));
    expect(statesOf(await refresh(host))).toEqual({
      openrouter: "ok",
      "artificial-analysis": "failed not_found",
      lmarena: "failed rate_limited",
      livebench: "failed malformed_data",
      "hf-leaderboard": "off retired; not scheduled",
      aider: "failed malformed_data",
      epoch: "failed malformed_data",
      "models-dev": "failed forbidden",
    });
    expect([other.asked, server.sentBytes < 100 * 1024 * 1024]).toEqual([[], true]);
    expect(host.output()).not.toMatch(/_bug"|unhandled|Uncaught/i);
  });

  it("serves what changed, holds back what a guard speaks against, and serves that once it is accepted", async () => {
    const server = await startServer();
    offer(server, { models: 200, price: 100 });
    const host = await start(sourceEnv(server.url));
    const first = await refresh(host);
    expect(first).toMatchObject({ last_refresh: { outcome: "loaded" }, catalog: { origin: "live", models: 200 } });
    offer(server, { models: 120, price: 300 });
    const held = await refresh(host);
    expect(held).toMatchObject({ catalog: { version: (first.catalog as { version: string }).version } });
    expect((held.held_back as { reasons: string[] }).reasons[0]).toContain("of 200 models 120 are left");
    const { version } = held.held_back as { version: string };
    const diff = (await call(host, `/api/catalog/diff?to=${version}`)).body.data;
    expect(diff).toMatchObject({
      new: [],
      price_changes: [{ id: "maker/model-1", price: "prompt", before: 1, after: 3 }],
    });
    expect(diff.gone).toHaveLength(80);
    const limited = await call(host, "/api/refresh", {});
    // An hour since the first, less what was waited for since.
    expect([limited.status, Number(limited.retryAfter) > 3_000]).toEqual([429, true]);
    expect((await call(host, "/api/refresh", { accept_held: true, version: "other" })).status).toBe(409);
    const accepted = await call(host, "/api/refresh", { accept_held: true, version });
    expect(accepted.body.data).toMatchObject({ started: false, accepted: version });
    expect((await call(host, "/api/status")).body.data).toMatchObject({
      catalog: { version, models: 120 },
      held_back: null,
    });
    expect((await call(host, "/api/catalog/diff")).body.data.to).toMatchObject({ version });
    expect((await call(host, "/api/refresh", { accept_held: true })).status).toBe(409);
    expect((await call(host, "/api/catalog/diff?to=nothing")).status).toBe(404);
  });
});

it("a host that is killed at any write of a refresh leaves one whole catalogue", { timeout: 1_200_000 }, async () => {
  const rolls = [0.1, 0.99, 0.1, 0.5, 0.9, 0.3, 0.9, 0.8, 0.2, 0.7];
  const { count, broken } = await killMidWrite(5, () => rolls.pop() ?? 0.5);
  expect([count, broken]).toEqual([5, []]);
});
