import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquireHostLock, findOwner, type Owner, sendToOwner } from "./host-lock.ts";
import { UsageError } from "./usage-error.ts";

let stateDir = "";
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "spawnpoint-lock-"));
});
afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

const ownerFile = (): string => join(stateDir, "host.json");

describe("acquireHostLock()", () => {
  it("refuses a second owner while the first is alive, and lets it in afterwards", async () => {
    const first = await acquireHostLock(stateDir, "host");
    await expect(acquireHostLock(stateDir, "host")).rejects.toThrow(`process ${process.pid} is using it`);
    first.release();
    const second = await acquireHostLock(stateDir, "host");
    second.release();
  });

  it("takes over from an owner that does not answer, even when its process number is in use", async () => {
    const dead: Owner = { role: "host", pid: process.pid, port: 1, token: "gone" };
    writeFileSync(ownerFile(), JSON.stringify(dead));
    const lock = await acquireHostLock(stateDir, "host");
    expect((await findOwner(stateDir))?.token).not.toBe("gone");
    lock.release();
  });

  it("waits for a command to end", async () => {
    const command = await acquireHostLock(stateDir, "command");
    const host = acquireHostLock(stateDir, "host");
    command.release();
    (await host).release();
  });

  it("lets one of several in when they meet at a stale file", async () => {
    writeFileSync(ownerFile(), JSON.stringify({ role: "host", pid: 1, port: 1, token: "gone" }));
    const tries = await Promise.allSettled([1, 2, 3].map(() => acquireHostLock(stateDir, "host")));
    const owners = tries.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(owners).toHaveLength(1);
    for (const owner of owners) owner.release();
  });

  it.each([
    ["is cut off", '{"role":"host","pi'],
    ["is empty", ""],
    ["is not ours", '{"a":1}'],
    ["names no port", '{"role":"host","pid":1,"port":"x","token":"t"}'],
  ])("discards a file that %s", async (_, text) => {
    writeFileSync(ownerFile(), text);
    expect(await findOwner(stateDir)).toBeUndefined();
    const lock = await acquireHostLock(stateDir, "host");
    expect((await findOwner(stateDir))?.pid).toBe(process.pid);
    lock.release();
  });

  it("says so when the file is there but cannot be read", async () => {
    mkdirSync(ownerFile());
    await expect(acquireHostLock(stateDir, "host")).rejects.toThrow(UsageError);
    await expect(acquireHostLock(stateDir, "host")).rejects.toThrow("Cannot read");
  });

  it("keeps the owner's secret from other users", async () => {
    const lock = await acquireHostLock(stateDir, "host");
    expect(statSync(ownerFile()).mode & 0o777).toBe(0o600);
    lock.release();
  });
});

describe("sendToOwner()", () => {
  it("brings the owner's answer, and its refusal as an error", async () => {
    const lock = await acquireHostLock(stateDir, "host");
    const owner: Owner = JSON.parse(readFileSync(ownerFile(), "utf8"));
    await expect(sendToOwner(owner, { a: 1 })).rejects.toThrow("still starting");
    lock.onMessage(async (message) => ({ echo: message }));
    expect(await sendToOwner(owner, { a: 1 })).toEqual({ echo: { a: 1 } });
    lock.onMessage(async () => {
      throw new Error("no such key");
    });
    await expect(sendToOwner(owner, {})).rejects.toThrow("no such key");
    await expect(sendToOwner({ ...owner, token: "wrong" }, {})).rejects.toThrow("no");
    lock.release();
  });
});
