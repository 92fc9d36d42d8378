import { describe, expect, it } from "vitest";
import { toInput, toRequest } from "../testing/made-input.ts";
import { exceptModels, toReachability } from "./reachability.ts";

const input = toInput([{ id: "anthropic/a" }, { id: "openai/b" }, { id: "x-ai/c" }]);
const { policy } = input;

describe("toReachability()", () => {
  it("lets through what the tenant can run", () => {
    const reach = toReachability(input);
    expect(["anthropic/a", "openai/b", "x-ai/c"].map(reach)).toEqual([null, null, null]);
    expect([null, "nobody/x"].map(reach)).toEqual(["not_in_catalogue", "not_in_catalogue"]);
  });

  it("names what stands in the way", () => {
    expect(toReachability({ ...input, policy: { ...policy, deny: ["openai/*"] } })("openai/b")).toBe("denied");
    expect(toReachability({ ...input, policy: { ...policy, allow: ["x-ai/c"] } })("openai/b")).toBe("denied");
    const request = toRequest({ constraints: { driver: "claude" } });
    expect(toReachability({ ...input, request })("openai/b")).toBe("no_driver");
    expect(toReachability({ ...input, policy: { ...policy, providers: ["anthropic"] } })("openai/b")).toBe(
      "no_provider",
    );
    const excluded = policy.providers.map((provider) => ({ provider, reason: "open circuit" }));
    expect(toReachability({ ...input, providerState: { excluded, penalties: [] } })("openai/b")).toBe("provider_state");
  });

  it("is not moved by what a request asks of a model", () => {
    const request = toRequest({ band: "low", constraints: { exclude: ["openai/b"] } });
    expect(toReachability({ ...input, request })("openai/b")).toBeNull();
  });
});

describe("exceptModels()", () => {
  it("adds those that failed", () => {
    const reach = exceptModels(toReachability(input), ["openai/b"]);
    expect(["openai/b", "x-ai/c", null].map(reach)).toEqual(["model_unavailable", null, "not_in_catalogue"]);
  });
});
