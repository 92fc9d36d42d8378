import { describe, expect, it } from "vitest";
import { decide } from "./decide.ts";
import type { DecideInput, DecisionCore } from "./decision.ts";
import { toInput, toRequest } from "./testing/made-input.ts";

// Thetas and costs of three measured hull models and a near tie of the first.
const ROWS = [
  { id: "deepseek/cheap", theta: 0.19, sd: 0, usd: 0.028 },
  { id: "openai/mini", theta: 0.18, sd: 0, usd: 0.035 },
  { id: "google/strong", theta: 0.72, sd: 0, usd: 0.46 },
  { id: "anthropic/top", theta: 0.73, sd: 0, usd: 0.721 },
];

function decideWith(over: Partial<DecideInput>): DecisionCore {
  const decided = decide(toInput(ROWS, {}, over));
  if (!decided.ok) throw new Error("no candidates");
  return decided.value;
}

const judge = { kind: "judge", j: 0.7, jLower: 0.55, microUsdPerVerdict: 20_000 } as const;

describe("decide(): mode", () => {
  it("is single without a verifier of known quality", () => {
    const { mode, modeComparison, chain, pick } = decideWith({});
    expect(mode).toBe("single");
    expect(modeComparison.cascadeUtilityUsd).toBeNull();
    expect(chain).toMatchObject([{ ...pick, expectedInTurn: pick.expected }]);
  });

  it("is a cascade from a near tie to the hull when a measured judge makes it worth more", () => {
    const { mode, chain, modeComparison, pick, expected } = decideWith({ verifier: judge });
    expect(mode).toBe("cascade");
    expect(chain.length).toBeGreaterThan(1);
    expect(chain[0]).toMatchObject({ ...pick, expectedInTurn: pick.expected });
    expect(modeComparison.cascadeUtilityUsd).toBeGreaterThan(modeComparison.singleUtilityUsd);
    expect(expected.utilityUsd).toBe(modeComparison.cascadeUtilityUsd);
    expect(expected.success).toBeGreaterThan(pick.expected.success);
  });

  it("stays single when the judge's lower bound is too low, and says so", () => {
    const { mode, modeComparison } = decideWith({ verifier: { ...judge, jLower: 0.4 } });
    expect([mode, modeComparison.reason]).toEqual(["single", "the verifier's measured lower bound 0.40 is under 0.5"]);
  });

  it("rests on an external check that the request declares", () => {
    expect(decideWith({ request: toRequest({ verifier: "external" }) }).mode).toBe("cascade");
  });

  it("lets an explicit mode win over the rule", () => {
    const single = decideWith({ request: toRequest({ mode: "single", verifier: "external" }) });
    expect([single.mode, single.chain.length]).toEqual(["single", 1]);
    expect(decideWith({ request: toRequest({ mode: "swarm" }) }).mode).toBe("swarm");
    const cascade = decideWith({ request: toRequest({ mode: "cascade" }) });
    expect(cascade.mode).toBe("cascade");
    expect(cascade.chain.length).toBeGreaterThan(1);
    expect(cascade.modeComparison.reason).toContain("uncalibrated");
  });

  it("says that one model is no cascade, even where a cascade was asked for", () => {
    const decided = decide(toInput(ROWS.slice(0, 1), {}, { request: toRequest({ mode: "cascade" }) }));
    if (!decided.ok) throw new Error("no candidates");
    expect([decided.value.mode, decided.value.chain.length]).toEqual(["single", 1]);
    expect(decided.value.modeComparison.reason).toBe("a cascade was asked for, but only one model is left");
    expect(decided.value.rationale).toContain("a cascade was asked for, but only one model is left");
  });

  it("shows a chain's first try among the alternatives", () => {
    const { pick, alternatives } = decideWith({ verifier: judge });
    expect(alternatives.map(({ model }) => model)).toContain(pick.model);
  });
});

describe("decide(): expectations in turn", () => {
  it("are the pick's own for the first attempt and lower for each that follows failures", () => {
    for (const core of [decideWith({}), decideWith({ verifier: judge })]) {
      const [first, ...later] = [...core.chain, ...core.escalation];
      expect(first?.expectedInTurn).toEqual(core.pick.expected);
      expect(later.length).toBeGreaterThan(0);
      for (const { expected, expectedInTurn } of later) {
        expect(expectedInTurn.success).toBeLessThan(expected.success);
        // The work that is left is harder, so it costs more.
        expect(expectedInTurn.costMicroUsd).toBeGreaterThan(expected.costMicroUsd);
      }
    }
  });

  it("names the gain of a cascade in plain digits", () => {
    const rich = toRequest({ valueMicroUsd: 100_000_000_000, verifier: "external" });
    expect(decideWith({ request: rich }).modeComparison.reason).toMatch(/about \$\d+ more/);
  });
});

describe("decide(): escalation", () => {
  it("names other models, the most valuable after the failures first, none of them tried", () => {
    const core = decideWith({});
    const ids = core.escalation.map(({ model }) => model);
    expect(ids.length).toBeGreaterThan(0);
    expect(ids).not.toContain(core.pick.model);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is empty when no further attempt is worth its cost", () => {
    expect(decideWith({ request: toRequest({ valueMicroUsd: 1000 }) }).escalation).toEqual([]);
  });
});
