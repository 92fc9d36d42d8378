import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { errorOf, toValue } from "./mcp-answers.ts";
import { OPEN } from "./mcp-clients.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost();
});
afterAll(() => host?.remove());

describe("POST /mcp", () => {
  const HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const PING = { jsonrpc: "2.0", id: 1, method: "ping" };
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${host.url}/mcp`, { method: "POST", headers: { ...HEADERS, ...headers }, body: JSON.stringify(body) });

  it("takes POST alone, from no other site's page, one message at a time, up to the body cap", async () => {
    for (const method of ["GET", "DELETE", "PUT"]) {
      const answer = await fetch(`${host.url}/mcp`, { method, headers: { accept: "text/event-stream" } });
      expect([method, answer.status, answer.headers.get("allow")]).toEqual([method, 405, "POST"]);
      expect(await answer.json()).toMatchObject({ error: { code: "METHOD_NOT_ALLOWED" } });
    }
    for (const origin of ["https://evil.example", "null", "http://localhost:1", "nonsense"]) {
      expect([origin, (await post(PING, { origin })).status]).toEqual([origin, 403]);
    }
    expect((await post(PING, { origin: host.url })).status).toBe(200);
    expect((await post([PING, PING])).status).toBe(400);
    expect((await post({ ...PING, params: { fill: "x".repeat(300_000) } })).status).toBe(413);
    expect((await post(PING, { "content-type": "text/plain" })).status).toBe(415);
    expect((await post(PING, { authorization: "Bearer sp_wrong" })).status).toBe(401);
  });

  it("answers what is no message of the protocol with an error of it, without a stack", async () => {
    const bodies = [
      {},
      { jsonrpc: "1.0" },
      { ...PING, method: "no/such" },
      { ...PING, method: 5 },
      { ...PING, params: 5 },
    ];
    const calls = [null, 5, "x", { name: 5 }, { name: "__proto__" }, { name: "smartspawn_health", arguments: [] }].map(
      (params) => ({ ...PING, method: "tools/call", params }),
    );
    for (const body of [...bodies, ...calls]) {
      const answer = await post(body);
      const text = await answer.text();
      expect([JSON.stringify(body), answer.status < 500]).toEqual([JSON.stringify(body), true]);
      expect(text).toMatch(/"error"|"isError":true/);
      expect(text).not.toMatch(/\bat \S+:\d+|node_modules|workers\/|TypeError/);
    }
    expect(answerable(await post(PING))).toBe(true);
  });

  const answerable = ({ status, headers }: Response): boolean =>
    status === 200 &&
    headers.get("cache-control") === "no-store" &&
    headers.get("x-content-type-options") === "nosniff";

  it("lets requests without a key read where the deployment does, and nothing else", async () => {
    const nobody = await OPEN["old client over HTTP"]({ url: host.url, key: null });
    expect(toValue("spawnpoint_models", await nobody.call("spawnpoint_models", { limit: 1 })).models).toHaveLength(1);
    const refused = await nobody.call("smartspawn_run_create", { task: "x", mode: "single" });
    expect(errorOf(refused)).toMatchObject({ code: "UNAUTHORIZED" });
    expect(await nobody.toolNames()).not.toContain("spawnpoint_approve");
    await nobody.close();
  });
});
