import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { MCP_TOOLS, type McpTool } from "../../shared/contract/mcp.ts";
import { errorOf, toValue } from "./mcp-answers.ts";
import { OPEN } from "./mcp-clients.ts";
import { START_MS } from "./patience.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

let host: TestHost;
beforeAll(async () => {
  host = await startTestHost({ env: { RATE_LIMIT_PER_MINUTE: "off" } });
}, START_MS);
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
      // What the caller did is no fault of ours, and the checker's own words are nobody's.
      expect(text).not.toMatch(/-32603|invalid_type/);
      expect(text).not.toMatch(/\bat \S+:\d+|node_modules|workers\/|TypeError/);
    }
    expect(answerable(await post(PING))).toBe(true);
  });

  const answerable = ({ status, headers }: Response): boolean =>
    status === 200 &&
    headers.get("cache-control") === "no-store" &&
    headers.get("x-content-type-options") === "nosniff";

  it("answers hostile input of every tool in words, with no bug and nothing of our inside", {
    timeout: 600_000,
  }, async () => {
    const values = [
      null,
      true,
      -1,
      1e308,
      [],
      {},
      "",
      "\u0000",
      "\ud800",
      "../../etc/passwd",
      "%2e%2e",
      "x".repeat(3_000),
    ];
    const needed = { task: "x", mode: "single", accepted: true, source: "ci", result: "success", run_id: "run_x" };
    const bodies = Object.entries<McpTool>(MCP_TOOLS).flatMap(([name, { input }]) => {
      const { properties = {}, required = [] } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
      const least = Object.entries(needed).filter(([field]) => required.includes(field));
      const subject = Object.hasOwn(properties, "decision_id") ? { run_id: "run_x" } : {};
      const fields = [...Object.keys(properties), "surprise", "constructor"];
      return fields.flatMap((field) =>
        values.map((value) => ({ name, arguments: { ...Object.fromEntries(least), ...subject, [field]: value } })),
      );
    });
    const authorization = `Bearer ${host.key}`;
    const waiting = [...bodies];
    const work = async (): Promise<void> => {
      for (let params = waiting.pop(); params !== undefined; params = waiting.pop()) {
        const answer = await post({ ...PING, method: "tools/call", params }, { authorization });
        const text = await answer.text();
        const told = `${JSON.stringify(params).slice(0, 200)} -> ${answer.status} ${text.slice(0, 300)}`;
        expect(answer.status, told).toBe(200);
        expect(text, told).not.toMatch(/INTERNAL|-32603|node_modules|workers\/|TypeError|D1_ERROR|sqlite/i);
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(bodies.length).toBeGreaterThan(700);
  });

  it("tells resources that are none apart from nothing else, wherever their address points", async () => {
    const paths = ["../runs", "%2e%2e%2fpolicy", "%00", "%E0%A4%A", "a".repeat(601), "dec_x?y", "dec_x#y", ""];
    const uris = [...paths.map((path) => `spawnpoint://decisions/${path}`), "spawnpoint://runs/a/steps/..%2f.."];
    for (const uri of [...uris, "file:///etc/passwd", "http://169.254.169.254/", "SPAWNPOINT://decisions/x", ""]) {
      const text = await (await post({ ...PING, method: "resources/read", params: { uri } })).text();
      expect([uri, text]).toEqual([uri, expect.stringMatching(/"code":-32602,"message":"Cannot find /)]);
    }
  });

  it("is not fooled by a name that was bound to this address", async () => {
    const { hostname, port } = new URL(host.url);
    const ask = (headers: Record<string, string>): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { host: hostname, port, path: "/mcp", method: "POST", headers: { ...HEADERS, ...headers } };
        const asked = request(options, (answer) => resolve(answer.resume().statusCode));
        asked.on("error", reject).end(JSON.stringify(PING));
      });
    const evil = `evil.example:${port}`;
    expect(await ask({ host: evil })).toBe(421);
    expect(await ask({ host: evil, origin: `http://${evil}` })).toBe(421);
    expect(await ask({ host: `localhost:${port}`, origin: host.url })).toBe(403);
    expect(await ask({ "x-forwarded-host": evil, origin: `http://${evil}` })).toBe(403);
    expect(await ask({ host: `localhost:${port}`, origin: `http://localhost:${port}` })).toBe(200);
  });

  it("lets requests without a key read where the deployment does, and nothing else", async () => {
    const nobody = await OPEN["old client over HTTP"]({ url: host.url, key: null });
    expect(toValue("spawnpoint_models", await nobody.call("spawnpoint_models", { limit: 1 })).models).toHaveLength(1);
    const refused = await nobody.call("smartspawn_run_create", { task: "x", mode: "single" });
    expect(errorOf(refused)).toMatchObject({ code: "UNAUTHORIZED" });
    expect(await nobody.toolNames()).not.toContain("spawnpoint_approve");
    await nobody.close();
  });
});

describe("POST /mcp where requests without a key may not read", () => {
  let closed: TestHost;
  beforeAll(async () => {
    closed = await startTestHost({ script: "serve" });
  }, START_MS);
  afterAll(() => closed?.remove());

  it("asks for a key, as the protocol's clients expect it", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    const head = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    for (const more of [{}, { authorization: "Bearer sp_wrong" }, { authorization: "Basic eDp5" }]) {
      const answer = await fetch(`${closed.url}/mcp`, { method: "POST", headers: { ...head, ...more }, body });
      expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="spawnpoint"']);
      expect(await answer.json()).toMatchObject({ error: { code: "UNAUTHORIZED" } });
    }
  });

  it.each(Object.entries(OPEN))("refuses the %s", async (_, open) => {
    await expect(open({ url: closed.url, key: null })).rejects.toThrow(/Authorization|Unauthorized|valid key|401/i);
  });
});
