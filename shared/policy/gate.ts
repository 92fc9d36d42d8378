import { formatPercent, formatPercents } from "../base/format.ts";
import type { Classification } from "../task/classification.ts";
import type { Gate } from "./decision.ts";
import { PARAMETERS } from "./parameters.ts";
import type { Policy } from "./policy.ts";

/**
 * Whether a person must approve, and why: the risk label is high, its calibrated probability reaches the policy's
 * threshold, or the risk head abstained (not knowing is no licence).
 */
export function toGate(classification: Classification, policy: Policy): Gate {
  const { label, probabilities } = classification.risk;
  const probability = toHighRiskProbability(classification);
  const threshold = policy.gate.highRiskProbability;
  const [chance, limit] = formatPercents(probability, threshold);
  if (classification.abstained_heads.includes("risk"))
    return { requiresApproval: true, reason: "the classifier abstained on risk, so it counts as high" };
  if (label === "high")
    return { requiresApproval: true, reason: `risk is labelled high (about ${formatPercent(probabilities.high)})` };
  if (probability >= threshold)
    return {
      requiresApproval: true,
      reason: `the chance of high risk is about ${chance}, at or over the policy's ${limit}`,
    };
  return {
    requiresApproval: false,
    reason: `risk is ${label}; the chance of high risk is about ${chance}, under the policy's ${limit}`,
  };
}

/** P(high risk): the model's own calibration of it where there is one, else the head's softmax. */
const toHighRiskProbability = ({ risk, high_risk_probability }: Classification): number =>
  high_risk_probability ?? risk.probabilities.high;

/**
 * Risk as the floor sees it: label or P(high). An abstention is gated, but it is no evidence of risk; nor is a
 * probability that only a cautious gate holds back.
 */
export const isHighRisk = (classification: Classification): boolean =>
  (classification.risk.label === "high" && !classification.abstained_heads.includes("risk")) ||
  toHighRiskProbability(classification) >= PARAMETERS.floor.highRiskProbability;
