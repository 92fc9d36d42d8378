import { describe, expect, it } from "vitest";
import { toGate } from "./gate.ts";
import { defaultPolicy } from "./policy.ts";
import { toTask } from "./testing/made-input.ts";

describe("toGate()", () => {
  it.each([
    ["the label is high", toTask({ risk: [0.3, 0.3, 0.4] }), true, "labelled high"],
    ["P(high) reaches the threshold", toTask({ risk: [0.6, 0.05, 0.35] }), true, "at or over the policy's 35 %"],
    [
      "the model's own P(high) reaches the threshold",
      { ...toTask({ risk: [0.8, 0.1, 0.1] }), high_risk_probability: 0.4 },
      true,
      "about 40 %, at or over",
    ],
    ["the risk head abstained", toTask({ abstained: ["risk"] }), true, "abstained on risk"],
    ["risk is plainly low", toTask({}), false, "risk is low"],
    ["another head abstained", toTask({ abstained: ["complexity"] }), false, "risk is low"],
    [
      "P(high) is just under the threshold",
      toTask({ risk: [0.6, 0.0502, 0.3498] }),
      false,
      "34.98 %, under the policy's 35",
    ],
  ])("answers as it should when %s", (_, classification, requiresApproval, reason) => {
    const gate = toGate(classification, { ...defaultPolicy, gate: { highRiskProbability: 0.35 } });
    expect(gate.requiresApproval).toBe(requiresApproval);
    expect(gate.reason).toContain(reason);
  });
});
