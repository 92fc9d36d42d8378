import { describe, expect, it } from "vitest";
import { PARAMETERS } from "./parameters.ts";
import { defaultPolicy, mergePolicy, parsePolicy } from "./policy.ts";

const faultOf = (result: ReturnType<typeof parsePolicy>) => (result.ok ? null : result.fault);

describe("parsePolicy()", () => {
  it("reads the default policy back as it is", () => {
    const json: unknown = JSON.parse(JSON.stringify(defaultPolicy));
    expect(parsePolicy(json)).toEqual({ ok: true, value: defaultPolicy });
  });

  it.each([
    [{ ...defaultPolicy, preset: "gold" }, "preset", 'Cannot read preset "gold": expected frugal, balanced, quality'],
    [{ ...defaultPolicy, surprise: 1 }, "surprise", 'Cannot read unknown field "surprise"'],
    [
      { ...defaultPolicy, valueMicroUsd: 0.5 },
      "valueMicroUsd",
      "Cannot read valueMicroUsd 0.5: expected a whole number",
    ],
    [{ ...defaultPolicy, allow: ["gpt-5"] }, "allow[0]", 'Cannot read allow[0] "gpt-5": expected a model id'],
    [{ ...defaultPolicy, drivers: [] }, "drivers", "Cannot read drivers []: expected a list of 1 to 6 items"],
    [
      { ...defaultPolicy, floor: { enabled: true, hardMargin: 2, highRiskMargin: 0 } },
      "floor.hardMargin",
      "floor.hardMargin 2",
    ],
    [
      { ...defaultPolicy, driverPreference: { docs: { claude: 0.2 } } },
      "driverPreference.docs.claude",
      "from 0 to 0.1",
    ],
    [{ ...defaultPolicy, gate: { highRiskProbability: Number.NaN } }, "gate.highRiskProbability", "from 0 to 1"],
    [null, "policy", "Cannot read policy null: expected an object"],
    [[], "policy", "Cannot read policy []: expected an object"],
  ])("refuses %# and names field, value and what is wanted", (json, field, message) => {
    const fault = faultOf(parsePolicy(json));
    expect(fault).toMatchObject({ kind: "invalid_param", field });
    expect(fault).toHaveProperty("message", expect.stringContaining(message));
  });

  it("refuses a missing field and an own __proto__ member", () => {
    const { band: _, ...without } = defaultPolicy;
    expect(faultOf(parsePolicy(without))).toMatchObject({ kind: "missing_param", field: "band" });
    const planted: unknown = JSON.parse(`{"__proto__":{"preset":"quality"}}`);
    expect(faultOf(mergePolicy(defaultPolicy, planted))).toMatchObject({ kind: "invalid_param", field: "__proto__" });
  });

  it("quotes a long value shortened", () => {
    const fault = faultOf(parsePolicy({ ...defaultPolicy, preset: "x".repeat(5000) }));
    expect(fault?.kind === "invalid_param" && fault.message.length).toBeLessThan(200);
  });
});

describe("mergePolicy()", () => {
  it("lays fixed objects over field by field and replaces lists and maps", () => {
    const merged = mergePolicy(defaultPolicy, { floor: { enabled: false }, deny: ["x-ai/*"], driverPreference: {} });
    expect(merged).toEqual({
      ok: true,
      value: {
        ...defaultPolicy,
        floor: { ...defaultPolicy.floor, enabled: false },
        deny: ["x-ai/*"],
        driverPreference: {},
      },
    });
  });
});

describe("PARAMETERS", () => {
  it("has the bands, drivers and domains of the rule", () => {
    expect(PARAMETERS.bandCeilings.medium).toBe(5_000_000);
    expect(PARAMETERS.domains.docs).toBe("writing");
    expect(PARAMETERS.vendorDrivers.get("anthropic")?.[0]).toBe("claude");
    expect(PARAMETERS.driverProviders.get("api")).toEqual(["openrouter"]);
  });
});
