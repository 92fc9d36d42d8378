import { expect, test } from "vitest";
import { backoffMs, isRetryStatus, retryAfterMs } from "./retry-wait.ts";

const NOW = Date.UTC(2026, 10, 21, 12);

test.each([
  [null, null],
  ["7", 7_000],
  [" 0 ", 0],
  ["Sat, 21 Nov 2026 12:00:30 GMT", 30_000],
  ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
  ["soon", null],
  ["", null],
])("retryAfterMs() reads %j", (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});

test("backoffMs() doubles, and leaves half to chance", () => {
  expect([0, 1, 2].map((attempt) => backoffMs(attempt, 0))).toEqual([500, 1_000, 2_000]);
  expect([0, 1, 2].map((attempt) => backoffMs(attempt, 1))).toEqual([1_000, 2_000, 4_000]);
});

test("isRetryStatus() takes what passes by itself", () => {
  expect([200, 304, 400, 401, 404, 408, 410, 429, 500, 503].filter(isRetryStatus)).toEqual([408, 429, 500, 503]);
});
