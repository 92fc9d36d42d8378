import type { Classification } from "../task/classification.ts";
import type { Gate } from "./decision.ts";
import type { Policy } from "./policy.ts";

const percent = (p: number): string => `${Math.round(p * 100)} %`;

/**
 * Whether a person must approve, and why: the risk label is high, its calibrated probability reaches the policy's
 * threshold, or the risk head abstained (not knowing is no licence).
 */
export function toGate(classification: Classification, policy: Policy): Gate {
  const { label, probabilities } = classification.risk;
  const threshold = policy.gate.highRiskProbability;
  if (classification.abstained_heads.includes("risk"))
    return { requiresApproval: true, reason: "the classifier abstained on risk, so it counts as high" };
  if (label === "high")
    return { requiresApproval: true, reason: `risk is labelled high (about ${percent(probabilities.high)})` };
  if (probabilities.high >= threshold)
    return {
      requiresApproval: true,
      reason: `the chance of high risk is about ${percent(probabilities.high)}, at or over the policy's ${percent(threshold)}`,
    };
  return {
    requiresApproval: false,
    reason: `risk is ${label}; the chance of high risk is about ${percent(probabilities.high)}, under the policy's ${percent(threshold)}`,
  };
}

/** High risk for the floor is exactly what needs approval at the gate. */
export const isHighRisk = (classification: Classification, policy: Policy): boolean =>
  toGate(classification, policy).requiresApproval;
