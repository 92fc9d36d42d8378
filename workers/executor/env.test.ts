import { afterEach, expect, test, vi } from "vitest";
import { toHoldMs } from "./env.ts";

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
