import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { descendantsNamed } from "../../bench/process-cpu.ts";
import { findOwner } from "../../scripts/host/host-lock.ts";
import { PATIENCE } from "./patience.ts";
import { startRunHost } from "./start-run-host.ts";
import type { TestHost } from "./start-test-host.ts";

let host: TestHost;
afterAll(() => host?.remove());

const isUp = async (): Promise<boolean> => {
  const answer = await fetch(`${host.url}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
  await answer?.body?.cancel();
  return answer?.ok === true;
};
const findRuntimes = (): readonly number[] => descendantsNamed(process.pid, "workerd");
/** A process that nobody has taken the status of yet has ended all the same. */
const isAlive = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
  } catch {
    return false;
  }
};

/** The host tells its guard of new children once a second (scripts/host/guard-children.ts). */
const TELL_MS = 1_000;

/** After that second the timer is due, and a host that answers twice has come by its timers in between. */
async function guardIsTold({ stateDir }: TestHost): Promise<void> {
  await delay(TELL_MS + 100);
  for (let answers = 0; answers < 2; ) if ((await findOwner(stateDir)) !== undefined) answers += 1;
}

// Processes are found by the accounting of Linux. That its runs go on is for `npm run chaos -- --kill workerd`.
test.runIf(process.platform === "linux")(
  "a runtime that dies alone comes back, and still ends with its host",
  async () => {
    host = await startRunHost({ providerUrl: "http://127.0.0.1:9" });
    const [first] = findRuntimes();
    if (first === undefined) throw new Error("no runtime");
    process.kill(first, "SIGKILL");
    await expect.poll(() => findRuntimes().filter((pid) => pid !== first).length, PATIENCE).toBe(1);
    await expect.poll(isUp, PATIENCE).toBe(true);
    const [second] = findRuntimes();
    await guardIsTold(host);
    await host.stop("SIGKILL");
    await expect.poll(() => isAlive(second ?? 0), PATIENCE).toBe(false);
    expect(await isUp()).toBe(false);
  },
  300_000,
);
