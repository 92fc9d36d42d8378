import { expect, test } from "vitest";
import { toPartRoles } from "./part-roles.ts";

const PARTS = [
  { id: "0", persona: "api-designer" },
  { id: "1", persona: "technical-writer" },
];

test("toPartRoles() gives each part its own persona, and all of them what else was asked for", () => {
  const roles = toPartRoles(PARTS, { stack: ["typescript"] });
  expect(Object.keys(roles)).toEqual(["0", "1"]);
  const [first = "", second = ""] = Object.values(roles);
  expect(first).toMatch(/^# Role: /);
  expect(first.split("\n")[0]).not.toBe(second.split("\n")[0]);
  for (const text of [first, second]) expect(text).toContain("# Stack\n");
});

test("toPartRoles() leaves the parts to a persona that was asked for", () => {
  expect(toPartRoles(PARTS, { persona: "debugger" })).toEqual({});
  // Nobody is named by nothing.
  expect(Object.keys(toPartRoles(PARTS, { persona: "" }))).toHaveLength(2);
  expect(Object.keys(toPartRoles(PARTS, { persona: null }))).toHaveLength(2);
});
