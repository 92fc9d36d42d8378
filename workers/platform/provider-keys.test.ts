import { expect, test } from "vitest";
import { parseProviderKeys } from "./provider-keys.ts";
import { faultOf, unwrap } from "./testing/unwrap.ts";

test.each(["", "  ", "{}", '{"openai": ""}'])("parseProviderKeys() finds no key in %j", (text) => {
  expect(unwrap(parseProviderKeys(text)).size).toBe(0);
});

test("parseProviderKeys() gives each endpoint its key", () => {
  const keys = unwrap(parseProviderKeys('{"openai": "key-1", "local": "key-2", "google": ""}'));
  expect([...keys]).toEqual([
    ["openai", "key-1"],
    ["local", "key-2"],
  ]);
});

test.each([
  "canary",
  "[]",
  '["canary"]',
  "null",
  "7",
  '"canary"',
  '{"openai": 7}',
  '{"openai": {"key": "canary"}}',
])("parseProviderKeys() refuses %s, and repeats no word of it", (text) => {
  const fault = faultOf(parseProviderKeys(text));
  expect(fault).toMatchObject({ kind: "malformed_data", what: "PROVIDER_KEYS" });
  expect(JSON.stringify(fault)).not.toContain("canary");
});
