import { afterAll, expect, test } from "vitest";
import { descendantsNamed } from "../../bench/process-cpu.ts";
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
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

// Processes are found by the accounting of Linux. That its runs go on is for `npm run chaos -- --kill workerd`.
test.runIf(process.platform === "linux")(
  "a runtime that dies alone comes back, and still ends with its host",
  async () => {
    host = await startRunHost({ providerUrl: "http://127.0.0.1:9" });
    const [first] = findRuntimes();
    if (first === undefined) throw new Error("no runtime");
    process.kill(first, "SIGKILL");
    await expect.poll(() => findRuntimes().filter((pid) => pid !== first).length, { timeout: 30_000 }).toBe(1);
    await expect.poll(isUp, { timeout: 30_000, interval: 200 }).toBe(true);
    const [second] = findRuntimes();
    // The guard is told of it within a second.
    await new Promise((go) => setTimeout(go, 1_500));
    await host.stop("SIGKILL");
    await expect.poll(() => isAlive(second ?? 0), { timeout: 10_000, interval: 100 }).toBe(false);
    expect(await isUp()).toBe(false);
  },
);
