import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const BRIDGE = join(import.meta.dirname, "spawnpoint-mcp.mjs");
const KEY = "sp_ThisIsTheKeyThatNobodyMayEverSee";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void;

async function serve(reply: Reply): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => (body += text));
    request.on("end", () => reply(request, response, body));
  });
  servers.push(server);
  await new Promise<void>((go) => server.listen(0, "127.0.0.1", go));
  // A server that listens on a port has an address of this kind.
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

interface Ended {
  readonly status: number | null;
  readonly lines: readonly { readonly id?: unknown; readonly error?: { readonly message: string } }[];
  readonly out: string;
  readonly err: string;
}

/** Starts the bridge, gives it the lines, closes its input and waits for its end. */
function run(env: Record<string, string>, ...lines: readonly unknown[]): Promise<Ended> {
  const child = spawn(process.execPath, [BRIDGE], { env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.on("error", () => undefined);
  child.stdin.end(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));
  return new Promise((resolve) => {
    child.on("close", (status) => {
      const said = out.split("\n").filter((line) => line !== "");
      resolve({ status, lines: said.map((line) => JSON.parse(line)), out, err });
    });
  });
}

const ping = (id: unknown) => ({ jsonrpc: "2.0", id, method: "ping" });
const CANCEL = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 3 } };
const answerTo = (body: string) => JSON.stringify({ jsonrpc: "2.0", id: JSON.parse(body).id, result: {} });
const sendJson = (response: ServerResponse, body: string, status = 200) =>
  response.writeHead(status, { "content-type": "application/json" }).end(body);

describe("spawnpoint-mcp", () => {
  it("passes requests with key and headers, and answers each by its id", async () => {
    const seen: IncomingMessage["headers"][] = [];
    const url = await serve((request, response, body) => {
      seen.push(request.headers);
      sendJson(response, answerTo(body));
    });
    const modern = {
      ...{ jsonrpc: "2.0", id: "b", method: "resources/read" },
      params: { uri: "spawnpoint://é", _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } },
    };
    const ended = await run({ SPAWNPOINT_URL: `${url}/`, SPAWNPOINT_API_KEY: KEY }, ping(1), modern);
    expect(ended.status).toBe(0);
    expect(ended.lines.map(({ id }) => id).sort()).toEqual([1, "b"]);
    expect(seen.every((headers) => headers.authorization === `Bearer ${KEY}`)).toBe(true);
    const named = seen.find((headers) => headers["mcp-method"] === "resources/read");
    const encoded = Buffer.from("spawnpoint://é").toString("base64");
    expect(named).toMatchObject({ "mcp-protocol-version": "2026-07-28", "mcp-name": `=?base64?${encoded}?=` });
  });

  it("keeps the version that the server agreed to, for what follows", async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response, body) => {
      seen.push(request.headers["mcp-protocol-version"]);
      const { id, method } = JSON.parse(body);
      if (method === "initialize") {
        sendJson(response, JSON.stringify({ jsonrpc: "2.0", id, result: { protocolVersion: "2025-06-18" } }));
      } else response.writeHead(202).end();
    });
    const child = spawn(process.execPath, [BRIDGE], { env: { SPAWNPOINT_URL: url } });
    child.stdin.write(`${JSON.stringify({ ...ping(1), method: "initialize" })}\n`);
    await new Promise((go) => child.stdout.once("data", go));
    child.stdin.end(`${JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" })}\n`);
    await new Promise((go) => child.once("close", go));
    expect(seen).toEqual([undefined, "2025-06-18"]);
  });

  it("reads an event stream that comes byte by byte, with progress before the answer", async () => {
    const note = JSON.stringify({
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { message: "größer 👩‍👩‍👧" },
    });
    const url = await serve((_request, response, body) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const frames = `: hello\r\n\r\nevent: message\r\ndata: ${note}\r\n\r\ndata: ${answerTo(body)}\n\n`;
      for (const byte of Buffer.from(frames)) response.write(Buffer.from([byte]));
      response.end();
    });
    const { lines, out } = await run({ SPAWNPOINT_URL: url }, ping(7));
    expect(lines).toHaveLength(2);
    expect(out).toContain("größer 👩‍👩‍👧");
    expect(lines[1]).toMatchObject({ id: 7, result: {} });
  });

  it("leaves a request that its host cancels, and answers it no more", async () => {
    let tellArrived = (): void => undefined;
    let tellLeft = (): void => undefined;
    const arrived = new Promise<void>((go) => (tellArrived = go));
    const left = new Promise<void>((go) => (tellLeft = go));
    const url = await serve((_request, response) => {
      response.on("close", tellLeft);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": waiting\n\n", () => tellArrived());
    });
    const child = spawn(process.execPath, [BRIDGE], { env: { SPAWNPOINT_URL: url } });
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    const ended = new Promise((go) => child.once("close", go));
    child.stdin.write(`${JSON.stringify(ping(3))}\n`);
    await arrived;
    child.stdin.write(`${JSON.stringify(CANCEL)}\n`);
    // This server never ends an answer, and the bridge still runs: what closes the connection is the cancelling alone.
    await left;
    expect(child.exitCode).toBeNull();
    child.stdin.end();
    expect([await ended, out]).toEqual([0, ""]);
  });

  it.each([
    "",
    "/",
    "/api",
    "/api/",
    "/mcp",
    "/under",
    "/under/api",
  ])("finds the door from an address that ends in %j", async (path) => {
    const asked: (string | undefined)[] = [];
    const url = await serve((request, response, body) => {
      asked.push(request.url);
      sendJson(response, answerTo(body));
    });
    const { lines } = await run({ SPAWNPOINT_URL: `${url}${path}` }, ping(1));
    expect([lines.map(({ id }) => id), asked]).toEqual([[1], [path.startsWith("/under") ? "/under/mcp" : "/mcp"]]);
  });

  it("tells a refusal, a page, a broken stream and a dead server as errors to the request", async () => {
    const answers: Readonly<Record<string, Reply>> = {
      refused: (_request, response) =>
        sendJson(response, JSON.stringify({ error: { code: "UNAUTHORIZED", message: "A valid key is needed" } }), 401),
      page: (_request, response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>no</h1>"),
      broken: (_request, response) => response.writeHead(200, { "content-type": "text/event-stream" }).end(": x\n\n"),
      elsewhere: (_request, response) => response.writeHead(307, { location: "https://evil.example/mcp" }).end(),
    };
    for (const [name, reply] of Object.entries(answers)) {
      const url = await serve(reply);
      const { lines, out, err } = await run({ SPAWNPOINT_URL: url, SPAWNPOINT_API_KEY: KEY }, ping(name));
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatchObject({ id: name, error: { message: expect.any(String) } });
      expect(out + err).not.toContain(KEY);
    }
    const { lines, err } = await run({ SPAWNPOINT_URL: "http://127.0.0.1:9", SPAWNPOINT_API_KEY: KEY }, ping(1));
    expect(lines[0]?.error?.message).toContain("Cannot reach http://127.0.0.1:9/mcp");
    expect(err).not.toContain(KEY);
  });

  it("answers lines that are no message, and goes on", async () => {
    const url = await serve((_request, response, body) => sendJson(response, answerTo(body)));
    const { lines } = await run({ SPAWNPOINT_URL: url }, "not json", "[]", "", ping(1));
    expect(lines.filter(({ id }) => id === null)).toHaveLength(2);
    expect(lines.some(({ id }) => id === 1)).toBe(true);
  });

  it("takes lines apart at line feeds alone, in whatever pieces they come, and sends them as they are", async () => {
    const bodies: string[] = [];
    const url = await serve((_request, response, body) => {
      bodies.push(body);
      sendJson(response, answerTo(body));
    });
    const line =
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"text":"a\u2028b\u2029c\u0085 👩‍👩‍👧","n":9007199254740993.10}}';
    const child = spawn(process.execPath, [BRIDGE], { env: { SPAWNPOINT_URL: url } });
    for (const byte of Buffer.from(`${line}\r\n${line}`)) child.stdin.write(Buffer.from([byte]));
    child.stdin.end();
    child.stdout.resume();
    await new Promise((go) => child.once("close", go));
    expect(bodies.map((body) => body.trim())).toEqual([line, line]);
  });

  it("answers everything to a host that reads late, and ends then", async () => {
    let answered = 0;
    const url = await serve((_request, response, body) => {
      response.on("finish", () => (answered += 1));
      sendJson(response, answerTo(body));
    });
    const child = spawn(process.execPath, [BRIDGE], { env: { SPAWNPOINT_URL: url } });
    const count = 400;
    const note = "x".repeat(2_000);
    child.stdin.end(Array.from({ length: count }, (_, i) => `${JSON.stringify(ping(`${i} ${note}`))}\n`).join(""));
    // What the pipe cannot hold waits in the bridge.
    await expect.poll(() => answered, { timeout: 50_000 }).toBe(count);
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    const status = await new Promise((go) => child.once("close", go));
    expect([status, out.split("\n").length - 1]).toEqual([0, count]);
  });

  it("repeats no key that a server repeats, and tells an answer that is none from a server that is away", async () => {
    const echoing = await serve(({ headers }, response) =>
      sendJson(response, JSON.stringify({ error: { message: `not ${headers.authorization}` } }), 403),
    );
    const refused = await run({ SPAWNPOINT_URL: echoing, SPAWNPOINT_API_KEY: KEY }, ping(1));
    expect(refused.lines[0]?.error?.message).toBe("not Bearer [key]");
    expect(refused.out + refused.err).not.toContain(KEY);
    for (const body of ["null", "5", "{", "<html>"]) {
      const url = await serve((_request, response) => sendJson(response, body));
      const { lines } = await run({ SPAWNPOINT_URL: url }, ping(1));
      expect(lines[0]?.error?.message).toBe(`Cannot read the answer of ${url}/mcp: expected JSON-RPC`);
    }
  });

  it("takes no id that is none, however deep", async () => {
    const url = await serve((_request, response, body) => sendJson(response, answerTo(body)));
    const deep = `{"jsonrpc":"2.0","id":${"[".repeat(20_000)}${"]".repeat(20_000)},"method":"ping"}`;
    const { status, lines } = await run({ SPAWNPOINT_URL: url }, deep, { ...ping(1), id: {} }, ping(2));
    expect(status).toBe(0);
    expect(lines.map(({ id }) => id)).toEqual([null, null, 2]);
  });

  it("goes on for a host that closed the other stream of its words", async () => {
    const child = spawn(process.execPath, [BRIDGE], { env: { SPAWNPOINT_URL: "http://127.0.0.1:9" } });
    child.stderr.destroy();
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stdin.write(`${JSON.stringify(ping(1))}\n`);
    await expect.poll(() => out, { timeout: 50_000 }).toContain('"id":1');
    child.stdin.end(`${JSON.stringify(ping(2))}\n`);
    expect(await new Promise((go) => child.once("close", go))).toBe(0);
    expect(out).toContain('"id":2');
  });

  it.each([
    ["no address", { SPAWNPOINT_URL: "nowhere" }],
    ["another protocol", { SPAWNPOINT_URL: "file:///etc" }],
    ["a password in the address", { SPAWNPOINT_URL: `https://x:${KEY}@spawnpoint.example` }],
    ["a key over plain http", { SPAWNPOINT_URL: "http://spawnpoint.example", SPAWNPOINT_API_KEY: KEY }],
    ["a key that is no header", { SPAWNPOINT_API_KEY: `${KEY}\nx` }],
  ])("stops with a word on stderr for %s, without the key", async (_, env) => {
    const { status, out, err } = await run(env, ping(1));
    expect([status, out]).toEqual([2, ""]);
    expect(err).toMatch(/^spawnpoint-mcp: Cannot /);
    expect(err).not.toContain(KEY);
  });
});
