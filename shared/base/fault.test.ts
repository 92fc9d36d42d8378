import { expect, test } from "vitest";
import { toDetail } from "./fault.ts";

test("toDetail() says what failed and how, or the kind alone, and never a message", () => {
  expect(toDetail({ kind: "unavailable", what: "queue", detail: "closed" })).toBe("queue: closed");
  expect(toDetail({ kind: "unauthorized" })).toBe("unauthorized");
  expect(toDetail({ kind: "invalid_param", field: "task", message: "Cannot read the caller's text" })).toBe(
    "invalid_param",
  );
});
