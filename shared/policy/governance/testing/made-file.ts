import defaultJson from "../../../data/default-governance.json" with { type: "json" };
import { COMPLEXITY_TIERS, COST_TIERS, type RoutingFile } from "../routing-file.ts";
import { parseRoutingFile } from "../validate-routing.ts";

/** The shipped roles, validated. */
export function shippedFile(): RoutingFile {
  const parsed = parseRoutingFile(defaultJson);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault));
  return parsed.value;
}

export type Random = () => number;

/** A small repeatable generator in [0,1). */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export const pickOne = <T>(random: Random, list: readonly T[]): T => {
  const item = list[Math.floor(random() * list.length)];
  if (item === undefined) throw new Error("an empty list");
  return item;
};

/** A document of three roles whose tiers inherit at random, cycles included; valid or not. */
export function randomDocument(random: Random): unknown {
  const names = ["a", "b", "c"];
  const entry = () => ({
    primary: `model-${Math.floor(random() * 4)}`,
    fallbacks: ["model-4", "model-5", "model-6"].slice(0, Math.floor(random() * 4)),
    cost_tier: pickOne(random, COST_TIERS),
    latency_tier: "fast",
  });
  const target = () =>
    pickOne(random, [
      "default",
      `role:${pickOne(random, names)}`,
      `role:${pickOne(random, names)}@${pickOne(random, COMPLEXITY_TIERS)}`,
    ]);
  const role = (name: string) => ({
    ...entry(),
    ...(name === "a" ? { cost_tier: "high" } : {}),
    consumers: [`agent-${name}.agent.md`],
    reasoning_effort_hint: "low",
    by_tier: Object.fromEntries(
      COMPLEXITY_TIERS.map((tier) => [tier, random() < 0.4 ? entry() : { inherit_from: target() }]),
    ),
  });
  return {
    version: "1",
    orchestrator: "agent-a",
    pinned_agents: ["agent-a.agent.md"],
    roles: Object.fromEntries(names.map((name) => [name, role(name)])),
    agent_role_index: Object.fromEntries(names.map((name) => [`agent-${name}`, name])),
  };
}
