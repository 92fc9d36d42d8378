import { describe, expect, it } from "vitest";
import { PARAMETERS } from "./parameters.ts";

describe("PARAMETERS", () => {
  it("has the bands, drivers and domains of the rule", () => {
    expect(PARAMETERS.bandCeilings.medium).toBe(5_000_000);
    expect(PARAMETERS.domains.docs).toBe("writing");
    expect(PARAMETERS.vendorDrivers.get("anthropic")?.[0]).toBe("claude");
    expect(PARAMETERS.driverProviders.get("api")).toEqual(["openrouter"]);
  });
});
