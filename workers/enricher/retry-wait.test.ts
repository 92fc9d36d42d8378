import { expect, test } from "vitest";
import { isRetryStatus } from "./retry-wait.ts";

test("isRetryStatus() takes what passes by itself", () => {
  expect([200, 304, 400, 401, 404, 408, 410, 429, 500, 503].filter(isRetryStatus)).toEqual([408, 429, 500, 503]);
});
