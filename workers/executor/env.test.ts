import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { type ExecutorEnv, toDeps, toHoldMs } from "./env.ts";

const never = (): never => {
  throw new Error("nobody is asked");
};

afterEach(() => vi.restoreAllMocks());

test("toHoldMs() reads how long a batch is held, null where nothing is set", () => {
  expect(toHoldMs({ BATCH_HOLD_MS: "100" })).toBe(100);
  expect(toHoldMs({})).toBeNull();
});

test.each(["soon", "0", "-5", "1.5", "", "1000000"])("toHoldMs() says once that it cannot read %j", (text) => {
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  expect([toHoldMs({ BATCH_HOLD_MS: text }), toHoldMs({ BATCH_HOLD_MS: text })]).toEqual([1, 1]);
  const lines = said.mock.calls.map(([line]) => JSON.parse(String(line)));
  expect(lines).toMatchObject([{ level: "warn", event: "setting_unreadable", what: "BATCH_HOLD_MS" }]);
});

test("toDeps() says once that it cannot read endpoints or keys, and repeats no word of the keys", () => {
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  // Nobody behind the door is asked.
  const ROUTER: ExecutorEnv["ROUTER"] = { expandPlan: async () => never(), carryOutDelivery: async () => never() };
  const unreadable = { ...env, ROUTER, PROVIDER_ENDPOINTS: "[canary", PROVIDER_KEYS: '["canary"]' };
  for (let batches = 0; batches < 3; batches += 1) toDeps(unreadable);
  const lines = said.mock.calls.map(([line]) => String(line));
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "error", event: "setting_unreadable", what: "PROVIDER_ENDPOINTS" },
    { level: "error", event: "setting_unreadable", what: "PROVIDER_KEYS" },
  ]);
  expect(lines.join()).not.toContain("canary");
});
