import { describe, expect, it } from "vitest";
import { isLoopbackHost, readHostSettings } from "./settings.ts";

describe("readHostSettings()", () => {
  it("takes the documented defaults when nothing is set", () => {
    expect(readHostSettings({})).toMatchObject({
      host: "127.0.0.1",
      port: 8787,
      isLoopback: true,
      modelSource: "bundled",
      rateLimitPerMinute: 200,
      crons: ["enricher", "executor"],
    });
  });

  it("runs by the clock what CRONS names, or nothing", () => {
    const of = (CRONS: string) => readHostSettings({ CRONS }).crons;
    expect([of(""), of("executor"), of("enricher"), of("off")]).toEqual([
      ["enricher", "executor"],
      ["executor"],
      ["enricher"],
      [],
    ]);
    expect(() => of("router")).toThrow('Cannot read CRONS "router": expected enricher, executor or off');
  });

  it("names the variable, its value and what is wanted when a number cannot be read", () => {
    expect(() => readHostSettings({ PORT: "80a" })).toThrow('Cannot read PORT "80a": expected a whole number');
    expect(() => readHostSettings({ PORT: "70000" })).toThrow("from 0 to 65535");
    expect(() => readHostSettings({ RATE_LIMIT_PER_MINUTE: "0" })).toThrow("RATE_LIMIT_PER_MINUTE");
    expect(readHostSettings({ RATE_LIMIT_PER_MINUTE: "off" }).rateLimitPerMinute).toBe(0);
    expect(() => readHostSettings({ HOST: "a b" })).toThrow('HOST "a b"');
  });

  it("refuses settings of runs that no worker could read, and repeats no secret", () => {
    expect(() => readHostSettings({ MASTER_SECRET: "canary" })).toThrow(/^Cannot use MASTER_SECRET: .*32 characters/);
    expect(() => readHostSettings({ PROVIDER_KEYS: "canary" })).toThrow(/^Cannot read PROVIDER_KEYS: (?!.*canary)/);
    expect(() => readHostSettings({ PROVIDER_ENDPOINTS: '[{"name":"x"}]' })).toThrow("base_url must be a whole URL");
    const keys = { PROVIDER_KEYS: '{"openrouter":"k"}', MASTER_SECRET: "x".repeat(32) };
    expect(readHostSettings(keys).runs).toEqual(keys);
  });

  it("refuses a MODEL_SOURCE that names no place", () => {
    expect(() => readHostSettings({ MODEL_SOURCE: "v6" })).toThrow(
      'MODEL_SOURCE "v6": expected bundled or r2:<prefix>',
    );
    expect(readHostSettings({ MODEL_SOURCE: "r2:v6" }).modelSource).toBe("r2:v6");
  });
});

describe("isLoopbackHost()", () => {
  it("tells this machine from the network", () => {
    expect(["127.0.0.1", "127.0.0.2", "::1", "localhost"].map(isLoopbackHost)).toEqual([true, true, true, true]);
    expect(["0.0.0.0", "::", "10.0.0.1", "127.example.com"].map(isLoopbackHost)).toEqual([false, false, false, false]);
  });
});
