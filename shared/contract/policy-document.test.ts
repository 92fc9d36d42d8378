import { describe, expect, it } from "vitest";
import defaultPolicyJson from "../data/default-policy.json" with { type: "json" };
import { defaultPolicy } from "../policy/policy.ts";
import { parseWith } from "./parse.ts";
import { policyDocumentSchema, policySchema, toPolicy, toPolicyDocument } from "./policy-document.ts";

const document = toPolicyDocument(defaultPolicy);

describe("policySchema", () => {
  it("reads the shipped default as it is", () => {
    expect(policySchema.parse(defaultPolicyJson)).toEqual(defaultPolicyJson);
  });

  it("refuses what the document refuses, and a field that is missing", () => {
    const { band: _, ...without } = defaultPolicy;
    expect(policySchema.safeParse(without).success).toBe(false);
    expect(policySchema.safeParse({ ...defaultPolicy, drivers: [] }).success).toBe(false);
    expect(policySchema.safeParse({ ...defaultPolicy, valueMicroUsd: 0.5 }).success).toBe(false);
    expect(policySchema.safeParse({ ...defaultPolicy, surprise: 1 }).success).toBe(false);
  });
});

describe("policyDocumentSchema", () => {
  it("shows the default and reads it back", () => {
    const read = parseWith(policyDocumentSchema, document);
    expect(read.ok && toPolicy(read.value)).toEqual(defaultPolicy);
  });

  it.each([
    [{ ...document, preset: "gold" }, "preset"],
    [{ ...document, value_usd: -1 }, "value_usd"],
    [{ ...document, allow: ["gpt-5"] }, "allow"],
    [{ ...document, drivers: [] }, "drivers"],
    [{ ...document, floor: { ...document.floor, hard_margin: 2 } }, "floor.hard_margin"],
    [{ ...document, driver_preference: { docs: { claude: 0.2 } } }, "driver_preference.docs.claude"],
    [{ ...document, gate: { high_risk_probability: 1.5 } }, "gate.high_risk_probability"],
    [
      { ...document, usd_per_minute: { default: 0.02, by_task_type: { docs: 101 } } },
      "usd_per_minute.by_task_type.docs",
    ],
    [{ ...document, decision_ttl_s: 86_401 }, "decision_ttl_s"],
  ])("refuses %# and names the field", (body, field) => {
    const read = parseWith(policyDocumentSchema, body);
    expect(read).toMatchObject({ ok: false, fault: { field: expect.stringContaining(field) } });
  });
});
