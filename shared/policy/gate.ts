import { formatPercent, formatPercents } from "../base/format.ts";
import type { Classification } from "../task/classification.ts";
import type { Gate } from "./decision.ts";
import type { Policy } from "./policy.ts";

/**
 * Whether a person must approve, and why: the risk label is high, its calibrated probability reaches the policy's
 * threshold, or the risk head abstained (not knowing is no licence).
 */
export function toGate(classification: Classification, policy: Policy): Gate {
  const { label, probabilities } = classification.risk;
  const threshold = policy.gate.highRiskProbability;
  const [chance, limit] = formatPercents(probabilities.high, threshold);
  if (classification.abstained_heads.includes("risk"))
    return { requiresApproval: true, reason: "the classifier abstained on risk, so it counts as high" };
  if (label === "high")
    return { requiresApproval: true, reason: `risk is labelled high (about ${formatPercent(probabilities.high)})` };
  if (probabilities.high >= threshold)
    return {
      requiresApproval: true,
      reason: `the chance of high risk is about ${chance}, at or over the policy's ${limit}`,
    };
  return {
    requiresApproval: false,
    reason: `risk is ${label}; the chance of high risk is about ${chance}, under the policy's ${limit}`,
  };
}

/** Risk as the floor sees it: label or P(high). An abstention is gated, but it is no evidence of risk. */
export const isHighRisk = ({ risk }: Classification, policy: Policy): boolean =>
  risk.label === "high" || risk.probabilities.high >= policy.gate.highRiskProbability;
