import { expect, test } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW = Date.UTC(2026, 10, 21, 12);

test.each([
  [null, null],
  ["7", 7_000],
  ["1.5", 1_500],
  [" 0 ", 0],
  // A point in time, as some servers send it by mistake, is no wait.
  ["1795276800", null],
  ["Sat, 21 Nov 2026 12:00:30 GMT", 30_000],
  ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
  ["soon", null],
  ["-5", null],
  ["2026-11-21", null],
  ["1e9", null],
  ["", null],
])("retryAfterMs() reads %j", (header, expected) => {
  expect(retryAfterMs(header, NOW)).toBe(expected);
});
