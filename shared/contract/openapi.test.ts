import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { DOORS } from "./doors.ts";
import { toOpenApi } from "./openapi.ts";

const committed = JSON.parse(readFileSync(new URL("../data/openapi.json", import.meta.url), "utf8"));

test("toOpenApi() gives the committed document", () => {
  expect(JSON.parse(JSON.stringify(toOpenApi(Object.values(DOORS), packageJson.version)))).toEqual(committed);
});

test("every reference of the document resolves", () => {
  const names = [...JSON.stringify(committed).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map((match) => match[1]);
  expect(names.length).toBeGreaterThan(0);
  for (const name of names) expect(committed.components.schemas).toHaveProperty(name ?? "");
});

test("every door names its auth rule and has a method and path of its own", () => {
  const doors = Object.values(DOORS);
  expect(new Set(doors.map((door) => `${door.method} ${door.path}`)).size).toBe(doors.length);
  for (const door of doors)
    expect(["public", "signature", "read", "run", "feedback", "approve", "admin"]).toContain(door.auth);
});

test("PUT /api/policy answers a policy, or with dry_run what would change", () => {
  const { schema } = committed.paths["/api/policy"].put.responses["200"].content["application/json"];
  const [policy, preview] = schema.properties.data.anyOf;
  expect(policy).toEqual({ $ref: "#/components/schemas/Policy" });
  expect(preview.required).toEqual(["dry_run", "samples", "changed_count", "changed"]);
});
