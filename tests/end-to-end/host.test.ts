import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { START_MS } from "./patience.ts";
import { startTestHost, type TestHost } from "./start-test-host.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const hosts: TestHost[] = [];
afterAll(async () => {
  for (const host of hosts) await host.remove();
});

async function start(...options: Parameters<typeof startTestHost>): Promise<TestHost> {
  const host = await startTestHost(...options);
  hosts.push(host);
  return host;
}

/** Runs `npm run key` without npm and resolves with what it printed. */
async function runKey(stateDir: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, STATE_DIR: stateDir };
  const child = spawn(process.execPath, [join(ROOT, "scripts", "key.ts"), ...args], { env });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  await new Promise((resolve) => child.on("close", resolve));
  return output;
}

const statusWith = async (host: TestHost, key: string | null): Promise<number> => {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${host.url}/api/status`, { headers });
  await response.body?.cancel();
  return response.status;
};

describe("npm start", { timeout: START_MS }, () => {
  it("is ready with a catalogue, a key and three examples, and answers healthz", async () => {
    const host = await start({ env: { PORT: "0" } });
    expect(host.output()).toContain(`Spawnpoint is ready at ${host.url}`);
    expect(host.output().match(/curl -s/g)).toHaveLength(3);
    expect(host.key).toMatch(/^sp_\w{38}$/);
    const health = await fetch(`${host.url}/healthz`);
    expect(health.status).toBe(200);
    const status = await (await fetch(`${host.url}/api/status`)).json();
    expect(status).toMatchObject({ data: { catalog: { models: expect.any(Number) } } });
    // As smart-spawn's plugin asks: without a key, on its own paths.
    const picked = await (await fetch(`${host.url}/pick?task=coding&budget=medium`)).json();
    expect(picked).toMatchObject({ data: { id: expect.any(String), score: expect.any(Number) } });
    // The simulator's own debugging routes are not on the public port.
    expect((await fetch(`${host.url}/cdn-cgi/handler/scheduled`)).status).toBe(404);
    expect(await host.stop()).toBe(0);
  });

  it("keeps keys through kill -9, frees the port at once and starts again on the same state", async () => {
    const first = await start();
    const made = (await runKey(first.stateDir, "create", "--scope", "read", "--name", "kept")).split("\n")[0] ?? "";
    expect(await statusWith(first, made)).toBe(200);
    await first.stop("SIGKILL");
    const port = new URL(first.url).port;
    const second = await start({ stateDir: first.stateDir, env: { PORT: port } });
    expect(second.key).toBe(first.key);
    expect(await statusWith(second, made)).toBe(200);
  });

  it("refuses a second host on the same state and a port that is taken, and says what to do", async () => {
    const host = await start();
    await expect(startTestHost({ stateDir: host.stateDir })).rejects.toThrow("set STATE_DIR to another folder");
    const { port } = new URL(host.url);
    await expect(startTestHost({ env: { PORT: port } })).rejects.toThrow("set PORT to another port");
  });
});

describe("npm run serve", { timeout: START_MS }, () => {
  it("has no development key and answers nobody without a key", async () => {
    const host = await start({ script: "serve" });
    expect(host.key).toBeNull();
    expect(await statusWith(host, null)).toBe(401);
    const made = await runKey(host.stateDir, "create", "--scope", "read");
    const key = made.split("\n")[0] ?? "";
    const id = /key_\w+/.exec(made)?.[0] ?? "";
    expect(await statusWith(host, key)).toBe(200);
    expect(await runKey(host.stateDir, "revoke", id)).toContain(`Revoked ${id}`);
    expect(await statusWith(host, key)).toBe(401);
  });

  it("turns anonymous reading off on an address that others can reach, also under npm start", async () => {
    const host = await start({ env: { HOST: "0.0.0.0" } });
    expect(host.key).toBeNull();
    expect(await statusWith({ ...host, url: host.url.replace("0.0.0.0", "127.0.0.1") }, null)).toBe(401);
  });
});
