import { describe, expect, it } from "vitest";
import type { Json } from "../../base/canonical-json.ts";
import { checkContract } from "./check-contract.ts";
import { applyPatch } from "./json-patch.ts";
import { PAYLOAD_TARGETS } from "./payload-fields.ts";

const mode = {
  enum: ["auto", "deterministic"],
  description: "deterministic where it is left out; auto names no model",
};
const model = { type: "string", description: "wanted unless runtime_model_mode is auto" };
const targets = Object.entries(PAYLOAD_TARGETS).map(([name, { required }]) => {
  const fields = Object.fromEntries(Object.keys(required).map((key) => [key, {}]));
  const properties = { ...fields, runtime_model_mode: { $ref: "#/$defs/mode" }, model: { $ref: "#/$defs/model" } };
  return [name, { required: Object.keys(required), properties }] as const;
});
const SCHEMA: Json = {
  $defs: { mode, model },
  properties: { agents: { properties: Object.fromEntries(targets) } },
};
const AT = "/properties/agents/properties/Planner";

function codesAfter(op: string, path: string, value: Json = null) {
  const patched = applyPatch(SCHEMA, [{ op, path, value }]);
  if (!patched.ok) throw new Error(path);
  return checkContract(patched.value);
}

describe("checkContract()", () => {
  it("finds nothing in a schema that says what is enforced, references followed", () => {
    expect(checkContract(SCHEMA)).toEqual([]);
    expect(codesAfter("add", `${AT}/required/0`, "model")).toEqual([]);
  });

  it.each<[string, string, string, Json?]>([
    ["schema_target_missing", "remove", AT],
    ["schema_target_unknown", "add", "/properties/agents/properties/Ghost", {}],
    ["schema_target_invalid", "replace", AT, {}],
    ["schema_required_differs", "replace", `${AT}/required`, []],
    ["schema_required_differs", "add", `${AT}/required/0`, "colour"],
    ["schema_mode_missing", "remove", `${AT}/properties/runtime_model_mode`],
    ["schema_mode_differs", "replace", `${AT}/properties/runtime_model_mode`, { ...mode, enum: ["auto"] }],
    ["schema_mode_undescribed", "replace", `${AT}/properties/runtime_model_mode`, { ...mode, description: "auto" }],
    ["schema_model_missing", "remove", `${AT}/properties/model`],
    ["schema_model_undescribed", "replace", `${AT}/properties/model`, { description: "a model" }],
  ])("says %s after %s %s", (code, op, path, value) => {
    expect(codesAfter(op, path, value).map((one) => one.code)).toEqual([code]);
  });

  it("ends on a schema that points at itself, and on none", () => {
    expect(codesAfter("replace", "/$defs/mode", { $ref: "#/$defs/mode" }).length).toBeGreaterThan(0);
    for (const none of [null, [], "x", { properties: {} }])
      expect(checkContract(none)).toEqual([
        { subject: "/properties/agents/properties", code: "schema_targets_missing" },
      ]);
  });
});
