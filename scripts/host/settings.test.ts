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
    });
  });

  it("names the variable, its value and what is wanted when a number cannot be read", () => {
    expect(() => readHostSettings({ PORT: "80a" })).toThrow('Cannot read PORT "80a": expected a whole number');
    expect(() => readHostSettings({ PORT: "70000" })).toThrow("from 0 to 65535");
    expect(() => readHostSettings({ RATE_LIMIT_PER_MINUTE: "0" })).toThrow("RATE_LIMIT_PER_MINUTE");
    expect(readHostSettings({ RATE_LIMIT_PER_MINUTE: "off" }).rateLimitPerMinute).toBe(0);
    expect(() => readHostSettings({ HOST: "a b" })).toThrow('HOST "a b"');
  });
});

describe("isLoopbackHost()", () => {
  it("tells this machine from the network", () => {
    expect(["127.0.0.1", "127.0.0.2", "::1", "localhost"].map(isLoopbackHost)).toEqual([true, true, true, true]);
    expect(["0.0.0.0", "::", "10.0.0.1", "127.example.com"].map(isLoopbackHost)).toEqual([false, false, false, false]);
  });
});
