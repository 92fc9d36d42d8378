import type { Gate } from "../decision.ts";
import type { RiskReview } from "./review-tier.ts";

/**
 * The risks of a classified task as a plan would name them: one HIGH risk where the decision's gate holds it back (high
 * label, high calibrated chance, or an abstention), open until somebody approves. No gate, no risk to review.
 */
export const toRiskReview = (gate: Gate, approvalId: string | null): readonly RiskReview[] =>
  gate.requiresApproval
    ? [
        {
          category: "classified_risk",
          applicability: "applicable",
          impact: "HIGH",
          disposition: approvalId === null ? "open" : "resolved",
        },
      ]
    : [];
